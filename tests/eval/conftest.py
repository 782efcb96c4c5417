"""Gold questions over the small corpus, and the command line over its index."""

from __future__ import annotations

import json

import pytest

from rag.settings import get_settings

QUESTIONS = [
    {"question": "Wat is project Lantaarn?", "documents": ["project-lantaarn"], "key_points": ["factuurfraude"], "kind": "definition"},
    {"question": "Hoeveel valse rekeningen zijn geblokkeerd?", "documents": ["project-lantaarn"], "key_points": ["214"], "kind": "factual"},
    {"question": "Hoe vaak vergadert havenoverleg Vuurtoren?", "documents": ["havenoverleg-vuurtoren"], "key_points": ["elke zes weken"]},
    {"question": "Hoe bak ik een appeltaart?", "expected_status": "out_of_scope", "kind": "out_of_scope"},
]


@pytest.fixture
def gold(tmp_path):
    """A gold file of four questions on the small corpus."""
    path = tmp_path / "gold.jsonl"
    lines = [json.dumps({"id": f"q{n}", **row}) for n, row in enumerate(QUESTIONS, 1)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def small_index(searcher, corpus, index_dir, monkeypatch):
    """The settings point at an index of the small corpus, in this process and in those that it starts."""
    monkeypatch.setenv("PPS_INDEX_DIR", str(index_dir))
    monkeypatch.setenv("PPS_CORPUS", str(corpus))
    get_settings.cache_clear()
    return index_dir
