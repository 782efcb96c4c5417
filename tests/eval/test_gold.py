import json
from pathlib import Path

import pytest

from rag.knowledge.readers import corpus_files, read_document

ROOT = Path(__file__).resolve().parent.parent.parent
ROWS = [json.loads(line) for line in (ROOT / "eval" / "gold" / "dev.jsonl").read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def texts():
    documents = (read_document(path) for path in corpus_files([ROOT / "corpus"]))
    return {d.meta.id: f"{d.meta.titel} {' '.join(b.text for b in d.blocks)}".lower() for d in documents}


@pytest.mark.parametrize("row", ROWS, ids=lambda r: r["question"][:40])
def test_documents_exist_and_hold_the_key_points(row, texts):
    assert set(row["documents"]) <= set(texts)
    together = " ".join(texts[i] for i in row["documents"])
    assert all(k.lower() in together for k in row["key_points"])
    assert bool(row["documents"]) == bool(row["key_points"])
