"""Drafts, expired documents, overdue ones, and citations that survive a change of their document."""

from datetime import date

from rag.advisor import Advisor
from rag.knowledge.stats import stats
from rag.notices import overdue
from rag.web.source_page import source_page
from tests.conftest import LANTAARN, write_document
from tests.knowledge.test_check import add

SECRET = "# Havenwacht\n\nDe Havenwacht is een proef van de gemeente met drones boven containers. [@bron-a]"


def asked(searcher, settings, question="Wat is de Havenwacht?"):
    return Advisor(searcher, None, settings).ask(question)


def test_drafts_and_expired_documents_are_not_used_but_stay_open(run_sync, corpus, searcher, settings):
    for front, told in (
        ({"status": "concept"}, "is een concept"),
        ({"status": "vervallen"}, "is vervallen"),
        ({"geldig_tot": "2024-01-31"}, "geldig tot en met 31 januari 2024"),
    ):
        add(corpus, "havenwacht", SECRET, **front)
        run_sync(searcher.embedder)
        assert all(h.passage.document_id != "havenwacht" for h in searcher.search("drones Havenwacht", k=50))
        assert "drones" not in asked(searcher, settings).text
        assert told in source_page(searcher.store, "havenwacht", None)
    add(corpus, "havenwacht", SECRET, geldig_tot="2999-01-01")
    run_sync(searcher.embedder)
    answer = asked(searcher, settings)
    assert answer.status == "answered" and "drones" in answer.text and answer.notice == ""


def test_an_answer_says_that_its_document_is_due_for_a_check(run_sync, corpus, searcher, settings):
    add(corpus, "havenwacht", SECRET, controleren_voor="2026-01-01")
    run_sync(searcher.embedder)
    assert "“Havenwacht” (laatst gecontroleerd op 24 november 2026)" in asked(searcher, settings).notice
    assert [r.id for r in stats(searcher.store).rows if r.overdue] == ["havenwacht"]
    english = asked(searcher, settings, "What is the Havenwacht?")
    assert not english.citations or "due for a check" in english.notice


def test_no_notice_without_citations():
    from rag.context import Context

    assert overdue(Context("x"), date(2030, 1, 1)) == []


def test_a_passage_keeps_its_id_when_another_part_changes(run_sync, corpus, searcher):
    before = {p.id for p in searcher.store.passages_of("havenoverleg-vuurtoren")}
    long = LANTAARN + "\n## Een nieuw deel\n\n" + "Een nieuwe zin over project Lantaarn en de banken. [@bron-a] " * 20
    write_document(corpus, "project-lantaarn", long, titel="Project Lantaarn", domein="financieel-economisch", rol="om, privaat")
    old = {p.id for p in searcher.store.passages_of("project-lantaarn")}
    run_sync(searcher.embedder)
    assert old <= {p.id for p in searcher.store.passages_of("project-lantaarn")}
    assert before == {p.id for p in searcher.store.passages_of("havenoverleg-vuurtoren")}


def test_a_link_to_a_changed_passage_shows_the_old_text(run_sync, corpus, searcher):
    hit = searcher.search("project Lantaarn rekeningen", 1)[0].passage
    tail = hit.id.rsplit(".", 1)[-1]
    write_document(corpus, "project-lantaarn", LANTAARN.replace("214", "999"), titel="Project Lantaarn")
    run_sync(searcher.embedder)
    page = source_page(searcher.store, "project-lantaarn", tail)
    assert "214 valse rekeningen" in page and "999 valse rekeningen" in page and "gewijzigd of verwijderd" in page
    assert page.count('id="passage"') == 1
    run_sync(searcher.embedder, rebuild=True)
    assert "214 valse rekeningen" in source_page(searcher.store, "project-lantaarn", tail), "a rebuild keeps the archive"


def test_a_link_to_a_removed_document_shows_the_old_text(run_sync, corpus, searcher):
    hit = searcher.search("project Lantaarn rekeningen", 1)[0].passage
    (corpus / "project-lantaarn.md").unlink()
    run_sync(searcher.embedder)
    tail = hit.id.rsplit(".", 1)[-1]
    page = source_page(searcher.store, "project-lantaarn", tail)
    assert "214 valse rekeningen" in page and "niet meer in de bronnen" in page
    assert source_page(searcher.store, "project-lantaarn", "onbekend") is None
    assert searcher.store.forget("project-lantaarn") == 1
    assert source_page(searcher.store, "project-lantaarn", tail) is None


def test_a_dry_run_tells_and_changes_nothing(run_sync, corpus, index_dir):
    from rag.knowledge.store import PassageStore
    from rag.knowledge.sync import compare

    run_sync()
    before = PassageStore(index_dir).meta()
    write_document(corpus, "nieuw", "# N\n\nEen zin. [@bron-a]")
    write_document(corpus, "project-lantaarn", LANTAARN.replace("214", "1"), titel="Project Lantaarn")
    (corpus / "havenoverleg-vuurtoren.md").unlink()
    report = compare([corpus], index_dir, 200)
    assert (report.created, report.updated, report.deleted) == (["nieuw"], ["project-lantaarn"], ["havenoverleg-vuurtoren"])
    assert PassageStore(index_dir).meta() == before and PassageStore(index_dir).count("documents") == 2
