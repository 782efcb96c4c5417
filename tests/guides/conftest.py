"""The shipped corpus as an index without real vectors, and a small flow over the small corpus of tests/conftest.py."""

from __future__ import annotations

from pathlib import Path

import pytest

from rag.guides.load import read_flow
from rag.knowledge.store import PassageStore
from rag.knowledge.sync import sync
from rag.search.vectors import connect
from tests.fakes import HashEmbedder

ROOT = Path(__file__).resolve().parent.parent.parent

FLOW = """
naam: proef
titel: Proefhulp
uitleg: Een kleine hulp.
paginas:
- kop: Eerste stap
  vragen:
  - id: keus
    vraag: Wat kiest u?
    hulp: Een van beide.
    opties: &schaal
    - {id: laag, tekst: Laag, waarde: 0}
    - {id: hoog, tekst: Hoog, waarde: 4}
  - {id: doel, vraag: Waar wilt u heen?, opties: *schaal}
- kop: Tweede stap
  vragen:
  - id: plaats
    vraag: Welke plaatsen?
    soort: meer
    minstens: 2
    opties:
    - {id: rivier, tekst: Rivier}
    - {id: haven, tekst: Haven}
    - {id: zee, tekst: Zee}
memo_titel: Proefmemo
memo_inleiding: Dit is een proef.
profiel:
- {id: as, kop: De as, nu: keus, gewenst: doel}
delen:
- kop: Altijd
  antwoorden: [keus]
  opmerkingen:
  - {als: {keus: [laag]}, tekst: U zit laag.}
  bronnen:
  - {kop: Wie, document: project-lantaarn, zinnen: ["Aan project Lantaarn doen vier"]}
  - {als: {keus: [hoog]}, document: havenoverleg-vuurtoren, zinnen: ["Havenoverleg Vuurtoren vergadert"]}
- kop: Een bank
  als_een: {keus: [hoog], doel: [hoog]}
  bronnen:
  - {document: project-lantaarn, zinnen: ["Bank Noord"]}
- kop: Verschil
  kloof: as
  bronnen:
  - {document: project-lantaarn, zinnen: ["Het convenant van project Lantaarn"]}
- kop: Per plaats
  per: plaats
  cellen:
    rivier:
    - {document: project-lantaarn, zinnen: ["Project Lantaarn is een samenwerking", "Volgens de politie zijn"]}
    haven:
    - {kop: Vuurtoren, document: havenoverleg-vuurtoren, zinnen: ["Havenoverleg Vuurtoren is een overleg"]}
"""


@pytest.fixture
def flow_text() -> str:
    """A flow that uses every kind of part."""
    return FLOW


@pytest.fixture
def write_flow(tmp_path):
    """Writes a flow file in the folder `stromen` and returns its path."""

    def write(text: str = FLOW, name: str = "proef.yml") -> Path:
        path = tmp_path / "stromen" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    return write


@pytest.fixture
def flow(write_flow):
    return read_flow(write_flow())


@pytest.fixture
def store(run_sync, index_dir) -> PassageStore:
    """The small corpus, without real vectors."""
    run_sync()
    return PassageStore(index_dir)


@pytest.fixture(scope="session")
def shipped(tmp_path_factory) -> PassageStore:
    """The shipped corpus, without real vectors."""
    folder = tmp_path_factory.mktemp("shipped")
    sync([ROOT / "corpus"], folder, HashEmbedder(), lambda: connect(folder / "chroma"))
    return PassageStore(folder)
