"""Every finding of the check, and that a good corpus has none."""

from datetime import date
from pathlib import Path

import pytest

from rag.knowledge.check import check
from rag.knowledge.duplicates import near_duplicates
from tests.conftest import write_document

TODAY = date(2026, 11, 24)
SHIPPED = Path(__file__).resolve().parents[2] / "corpus"


def add(folder, name, text, **front):
    path = write_document(folder, name, text)
    if front:
        lines = "".join(f"{k}: {v}\n" for k, v in front.items())
        path.write_text(path.read_text(encoding="utf-8").replace("taal: nl\n", "taal: nl\n" + lines), encoding="utf-8")
    return path


def kinds(corpus):
    return [(f.level, f.kind) for f in check([corpus], today=TODAY).findings if f.where.startswith(("x", "nieuw"))]


def test_the_shipped_corpus_is_clean():
    assert check([SHIPPED], today=TODAY).findings == []


def test_a_good_document_gives_nothing(corpus):
    add(corpus, "nieuw", "# N\n\nEen zin. [@bron-a] Nog een zin. [@bron-b]")
    assert kinds(corpus) == []


@pytest.mark.parametrize(
    ("body", "front", "expected"),
    [
        ("Een [link](/bron/bestaat-niet). [@bron-a] Zin. [@bron-b]", {}, [("fout", "link")]),
        ("Een [link](ander.md#x). [@bron-a] Zin. [@bron-b]", {}, [("fout", "link")]),
        ("Een [link](project-lantaarn.md) en [web](https://example.org/x). [@bron-a] Zin. [@bron-b]", {}, []),
        ("Een zin. [@bron-a]", {}, [("let op", "bron")]),
        ("Een zin. [@bron-a] Nog een. [@bron-b]\n\nEen zin zonder bron.", {}, [("fout", "bron")]),
        ("Zin. [@bron-a] Zin. [@bron-b]", {"geldig_tot": "2026-11-23"}, [("let op", "datum")]),
        ("Zin. [@bron-a] Zin. [@bron-b]", {"geldig_tot": "2026-11-24"}, []),
        ("Zin. [@bron-a] Zin. [@bron-b]", {"controleren_voor": "2026-11-01"}, [("let op", "datum")]),
        ("Zin. [@bron-a] Zin. [@bron-b]", {"controleren_voor": "2026-11-01", "status": "vervallen"}, []),
    ],
)
def test_findings(corpus, body, front, expected):
    add(corpus, "nieuw", f"# N\n\n{body}", **front)
    assert kinds(corpus) == expected


def test_wrong_front_matter_and_unreadable_files_are_named(corpus):
    add(corpus, "nieuw", "# N\n\nZin. [@bron-a]", status="af")
    (corpus / "leeg.md").write_text("")
    result = check([corpus], today=TODAY)
    assert not result.ok and {f.where for f in result.findings} == {"nieuw.md", "leeg.md"}
    assert any("status" in f.message for f in result.findings)


def test_near_duplicates_across_documents_are_found(corpus):
    words = [f"woord{n}" for n in range(60)]
    add(corpus, "x-een", "# A\n\n" + " ".join(words) + ". [@bron-a] Zin. [@bron-b]")
    add(corpus, "x-twee", "# B\n\n" + " ".join([*words[:50], *(f"anders{n}" for n in range(10))]) + ". [@bron-a] Zin. [@bron-b]")
    (finding,) = check([corpus], today=TODAY).findings
    assert finding.kind == "dubbel" and "x-een" in finding.where and "x-twee" in finding.message


def test_the_same_text_twice_in_one_document_is_no_finding():
    assert near_duplicates([]) == []
