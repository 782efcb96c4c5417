"""Questions are kept only as the organisation sets, until their term, on SQLite and PostgreSQL."""

import csv
import io
import json
import time
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from rag.cli import main
from rag.store.audit import Actor
from rag.store.behind import Behind
from rag.store.erase import erase, export
from rag.store.questions import QuestionStore
from rag.store.tables import Base, QuestionRow
from rag.types import Answer, Citation, Passage

ADMIN = Actor("beheerder", "opdrachtregel")
PASSAGE = Passage("lantaarn.1", "lantaarn", "Lantaarn", ("Lantaarn",), "Tekst.", 0, 6)
CITED = (Citation(1, PASSAGE, "Tekst."), Citation(2, PASSAGE, "Tekst."))


def answer(question="Wat is project Lantaarn?", status="answered", **changes):
    return Answer(question, status, citations=CITED, corpus_version="ab12", timings_ms={"total": 41.234}, **changes)


@pytest.fixture
def keep(any_database):
    """Keeps answers as `mode` says, and gives the store."""
    made = []

    def run(mode, *answers, subject="", days=30):
        store, behind = QuestionStore(any_database, mode, days), Behind(any_database)
        made.append(behind)
        record = store.recorder(behind)
        for given in answers:
            assert record
            record(given, subject)
        assert behind.flush()
        return store

    yield run
    for behind in made:
        behind.close()


def rows(database):
    with database.session() as session:
        return [dict(row) for row in session.execute(sa.select(Base.metadata.tables["questions"])).mappings()]


def test_without_text_how_it_ended_is_kept_and_nothing_that_was_asked(keep, any_database):
    store = keep("zonder_tekst", answer("Wat is project Geheim?"), answer("x", model="gpt-nl@http://10.0.0.1"))
    first, second = sorted(rows(any_database), key=lambda row: row["composer"])
    assert (first["status"], first["composer"], first["document_ids"]) == ("answered", "extractief", ["lantaarn"])
    assert first["timings_ms"] == {"total": 41.2} and first["corpus_version"] == "ab12" and second["composer"] == "taalmodel"
    assert abs(first["moment"].replace(tzinfo=UTC) - datetime.now(UTC)) < timedelta(minutes=1)
    assert "Geheim" not in str(rows(any_database)) and "10.0.0.1" not in str(rows(any_database))
    assert [kept.question for kept in store.listed()] == ["", ""]


def test_with_text_the_question_is_kept_as_the_guard_masks_it(keep):
    store = keep("met_tekst", answer("Wie mailt jan@voorbeeld.nl over Lantaarn?"))
    assert [kept.question for kept in store.listed()] == ["Wie mailt [e-mailadres] over Lantaarn?"]


@pytest.mark.parametrize("status", ["refused_personal_data", "refused_unsafe"])
def test_the_text_of_what_was_refused_is_never_kept(keep, any_database, status):
    keep("met_tekst", answer("Wat weet u van [bsn] en Pietje?", status))
    assert "Pietje" not in str(rows(any_database)) and rows(any_database)[0]["status"] == status


def test_switched_off_nothing_is_kept_nor_made(path, database):
    assert QuestionStore(database, "uit", 30).recorder(Behind(database)) is None
    assert not path.exists()


def test_a_question_cannot_be_joined_to_a_verdict_by_the_id_of_its_answer(keep, any_database):
    given = answer()
    keep("met_tekst", given, subject="jan")
    assert given.id not in str(rows(any_database))


def test_it_is_erased_on_its_term(keep, any_database):
    store = keep("met_tekst", answer("Oud?"), answer("Nieuw?"))
    with any_database.session() as session:
        past = datetime.now(UTC) - timedelta(days=30, seconds=5)
        session.execute(sa.update(QuestionRow).where(QuestionRow.question == "Oud?").values(moment=past))
    assert [kept.question for kept in store.listed()] == ["Nieuw?"], "what is past its term is not shown"
    assert store.erase_expired() == 1 and [row["question"] for row in rows(any_database)] == ["Nieuw?"]
    assert store.erase_expired(datetime.now(UTC) + timedelta(days=31)) == 1 and rows(any_database) == []


def test_what_the_organisation_stops_to_keep_goes(keep, any_database):
    keep("met_tekst", answer(), subject="jan")
    QuestionStore(any_database, "zonder_tekst", 30).erase_expired()
    assert [row["question"] for row in rows(any_database)] == [""]
    QuestionStore(any_database, "uit", 30).erase_expired()
    assert rows(any_database) == []


def test_counts_by_status_and_week(keep, any_database):
    store = keep("zonder_tekst", answer(), answer(), answer(status="not_in_corpus"), days=60)
    with any_database.session() as session:
        one = session.scalars(sa.select(QuestionRow.id).where(QuestionRow.status == "answered").limit(1)).one()
        session.execute(sa.update(QuestionRow).where(QuestionRow.id == one).values(moment=datetime.now(UTC) - timedelta(days=21)))
    (week, counts), (before, earlier) = store.counts()
    assert counts == {"answered": 1, "not_in_corpus": 1} and earlier == {"answered": 1}
    monday = datetime.now(UTC).date() - timedelta(days=datetime.now(UTC).weekday())
    assert week == monday.isoformat() and before == (monday - timedelta(days=21)).isoformat()
    assert list(QuestionStore(any_database, "zonder_tekst", 7).counts()) == [(week, counts)]


def test_export_and_erase_of_one_user(keep, any_database):
    keep("met_tekst", answer("Vraag van Jan?"), subject="jan-0417")
    keep("met_tekst", answer("Vraag van niemand?"))
    found = export(any_database, "jan-0417", ADMIN)["questions"]
    assert [q["question"] for q in found] == ["Vraag van Jan?"] and found[0]["document_ids"] == ["lantaarn"]
    json.dumps(found)
    assert erase(any_database, "jan-0417", ADMIN)[1] == 1
    assert [row["question"] for row in rows(any_database)] == ["Vraag van niemand?"]
    assert export(any_database, "jan-0417", ADMIN)["questions"] == []


def test_recording_takes_the_answer_hardly_any_time(any_database):
    behind = Behind(any_database)
    record = QuestionStore(any_database, "met_tekst", 30).recorder(behind)
    record(answer(), "")
    behind.flush()
    started = time.perf_counter()
    for _ in range(100):
        record(answer(), "")
    each = (time.perf_counter() - started) / 100
    behind.close()
    assert each < 0.01, f"{each * 1000:.1f} ms"


@pytest.fixture
def here(monkeypatch, any_url):
    monkeypatch.setenv("PPS_DATABASE_URL", any_url)
    monkeypatch.setenv("PPS_QUESTIONS", "met_tekst")


def test_the_commands_count_export_and_clear(here, keep, any_database, capsys, tmp_path):
    keep("met_tekst", answer("=HYPERLINK(1)"), answer("Wat, en hoe?", "not_in_corpus"), subject="jan-0417")
    assert main(["questions", "counts"]) == 0
    assert "Week van" in (told := capsys.readouterr().out) and "(not_in_corpus)" in told
    assert main(["questions", "counts", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["weeks"][0]["counts"] == {"answered": 1, "not_in_corpus": 1}
    file = tmp_path / "vragen.csv"
    assert main(["questions", "export", "--out", str(file)]) == 0
    written = file.read_text(encoding="utf-8")
    read = list(csv.DictReader(io.StringIO(written)))
    assert {row["question"] for row in read} == {"'=HYPERLINK(1)", "Wat, en hoe?"}, "no spreadsheet takes it for a formula"
    assert read[0]["total_ms"] == "41.2" and read[0]["document_ids"] == "lantaarn" and "jan-0417" not in written
    assert main(["questions", "export"]) == 0 and "Wat, en hoe?" in capsys.readouterr().out
    assert main(["questions", "clear", "--json"]) == 0 and json.loads(capsys.readouterr().out) == {"cleared": 2}
    assert main(["questions", "counts"]) == 0 and "geen vragen bewaard" in capsys.readouterr().out
    assert main(["audit"]) == 0
    assert "bewaarde vragen opgehaald" in (trail := capsys.readouterr().out) and "bewaarde vragen gewist" in trail


def test_the_tables_of_the_code_are_those_of_the_migrations(any_database):
    with any_database.session() as session:
        columns = {c["name"] for c in sa.inspect(session.connection()).get_columns("questions")}
    assert columns == set(Base.metadata.tables["questions"].columns.keys())
