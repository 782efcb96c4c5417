"""Fakes and small corpora, in one place. Every test runs in its own folder, without the user's settings."""

from __future__ import annotations

import os
from pathlib import Path

import anyio._backends._asyncio  # noqa: F401 - anyio is a pytest plugin: a thread that imports it first races pytest's rewriting of it
import anyio.to_thread  # noqa: F401
import pytest

import rag  # noqa: F401 - sets the environment before chromadb is imported
from rag.knowledge.sync import Report, sync
from rag.search.embedder import UniversalSentenceEncoder
from rag.search.searcher import Searcher
from rag.search.vectors import connect
from rag.settings import Settings, get_settings
from tests.fakes import HashEmbedder

DOCUMENT = """---
id: {id}
titel: "{titel}"
soort: {soort}
domein: [{domein}]
rol: [{rol}]
fase: [inrichten]
taal: nl
laatst_gecontroleerd: 2026-11-24
bronnen:
  - id: bron-a
    titel: "Eerste bron"
    uitgever: "Uitgever A"
    datum: "2024-04-03"
    url: "https://example.org/a"
  - id: bron-b
    titel: "Tweede bron"
    uitgever: "Uitgever B"
    datum: "2023-10-03"
    url: "https://example.org/b"
---

{body}
"""

LANTAARN = """# Project Lantaarn

Project Lantaarn is een samenwerking van het OM, de politie en drie banken tegen factuurfraude. [@bron-a] Het convenant van project
Lantaarn is op 3 oktober 2023 getekend. [@bron-b]

## Wie meedoen aan project Lantaarn

Aan project Lantaarn doen vier private partijen mee:

- Bank Noord [@bron-a]
- Bank Zuid [@bron-a]
- Bank West [@bron-a]
- de branchevereniging van boekhouders [@bron-b]

## Wat project Lantaarn heeft opgeleverd

Volgens de politie zijn door project Lantaarn 214 valse rekeningen geblokkeerd. [@bron-b] De evaluatie van project Lantaarn noemt korte
lijnen als belangrijkste succesfactor. [@bron-b]
"""

VUURTOREN = """# Havenoverleg Vuurtoren

Havenoverleg Vuurtoren is een overleg van gemeente, douane en terminals over drugssmokkel. [@bron-a] Havenoverleg Vuurtoren vergadert elke
zes weken. [@bron-b]

## Juridische grondslag van havenoverleg Vuurtoren

De partijen in havenoverleg Vuurtoren delen geen persoonsgegevens. [@bron-b] De gemeente regelt de veiligheid op het terrein via de
vergunning. [@bron-a]
"""


@pytest.fixture(autouse=True)
def isolated(monkeypatch, tmp_path):
    """No setting of the developer's machine reaches a test."""
    for name in [n for n in os.environ if n.startswith("PPS_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    get_settings.cache_clear()
    yield
    get_settings.cache_clear()


def write_document(folder: Path, name: str, body: str, **fields) -> Path:
    """A valid document; `fields` override id, titel, soort, domein and rol."""
    values = {"id": name, "titel": name.replace("-", " ").capitalize(), "soort": "praktijk", "domein": "cybercrime", "rol": "om"}
    path = folder / f"{name}.md"
    path.write_text(DOCUMENT.format(**{**values, **fields}, body=body), encoding="utf-8")
    return path


@pytest.fixture
def corpus(tmp_path) -> Path:
    folder = tmp_path / "corpus"
    folder.mkdir()
    write_document(folder, "project-lantaarn", LANTAARN, titel="Project Lantaarn", domein="financieel-economisch", rol="om, privaat")
    write_document(folder, "havenoverleg-vuurtoren", VUURTOREN, titel="Havenoverleg Vuurtoren", domein="ondermijning", rol="gemeente")
    return folder


@pytest.fixture
def index_dir(tmp_path) -> Path:
    return tmp_path / "index"


@pytest.fixture
def run_sync(corpus, index_dir):
    """Runs an index run over `corpus` with a fake embedder; keyword arguments go to `sync`."""

    def run(embedder=None, folders=None, **options) -> Report:
        chroma = index_dir / "chroma"
        return sync(folders or [corpus], index_dir, embedder or HashEmbedder(), lambda: connect(chroma), **options)

    return run


@pytest.fixture(scope="session")
def encoder() -> UniversalSentenceEncoder:
    return UniversalSentenceEncoder()


@pytest.fixture
def settings(corpus, index_dir) -> Settings:
    return Settings(corpus=[corpus], index_dir=index_dir, _env_file=None)


@pytest.fixture
def searcher(run_sync, index_dir, encoder) -> Searcher:
    """A searcher over the small corpus with the real encoder."""
    run_sync(encoder)
    return Searcher(index_dir, connect(index_dir / "chroma"), encoder)


@pytest.fixture
def advisor(searcher, settings):
    from rag.advisor import Advisor

    return Advisor(searcher, None, settings)
