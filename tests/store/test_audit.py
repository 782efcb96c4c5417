"""The trail of acts: with the act or not at all, without text of readers, and gone after its term."""

import sqlite3
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from rag.errors import PpsError
from rag.store.audit import Act, Actor, AuditTrail, write
from rag.store.ended import EndedSessions
from rag.store.feedback import Feedback
from rag.store.tables import Base

EDITOR = Actor("jan", "oidc")
SAID = Feedback(
    "b" * 32, 1, "klopt", remark="opmerking over kaasbroodjes", question="Wat is een kaasbroodje?", text="Een kaasbroodje is warm."
)


@pytest.fixture
def trail(database) -> AuditTrail:
    return AuditTrail(database, 30)


def told(trail):
    return [(a.actor.subject, a.actor.source, a.act, a.object, a.detail) for a in trail.listed()]


def test_acts_on_feedback_are_written_with_who_and_what_and_no_text(store, trail, path):
    item = store.record(SAID)
    assert store.set_state(item, "aangenomen", EDITOR)
    assert store.set_gold(item, {"question": "Wat is een kaasbroodje?"}, EDITOR)
    assert store.set_gold(item, None, EDITOR)
    assert store.delete([item, "0" * 32], EDITOR) == 1
    assert told(trail) == [
        ("jan", "oidc", "terugkoppeling.gewist", item, ""),
        ("jan", "oidc", "goudvraag.verwijderd", item, ""),
        ("jan", "oidc", "goudvraag.bewaard", item, ""),
        ("jan", "oidc", "terugkoppeling.stand", item, "aangenomen"),
    ]
    with sqlite3.connect(path) as connection:
        assert "kaasbroodje" not in str(connection.execute("SELECT * FROM audit").fetchall())


def test_what_did_not_happen_is_not_written(store, trail):
    store.record(SAID)
    assert not store.set_state("0" * 32, "aangenomen", EDITOR) and not store.set_gold("0" * 32, None, EDITOR)
    assert store.delete(["0" * 32], EDITOR) == 0 and trail.listed() == []


def test_an_act_that_cannot_be_written_does_not_happen(store, database, path):
    item = store.record(SAID)
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TRIGGER vol BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'vol'); END")
    with pytest.raises((PpsError, sa.exc.DBAPIError)):
        store.set_state(item, "aangenomen", EDITOR)
    assert store.get(item).state == "nieuw"


def test_only_known_acts_are_written(database):
    with pytest.raises(ValueError, match="no act"), database.session() as session:
        write(session, Act(EDITOR, "iets anders"))


def test_the_trail_can_be_read_of_one_subject_and_up_to_a_limit(trail):
    for subject in ("jan", "piet", "jan"):
        trail.add(Act(Actor(subject, "oidc"), "goudvragen.opgehaald"))
    assert len(trail.listed(subject="jan")) == 2 and len(trail.listed(limit=1)) == 1
    assert trail.listed()[0].moment.tzinfo is UTC


def test_what_is_past_its_term_is_not_shown_and_is_erased(trail, database):
    old = datetime.now(UTC) - timedelta(days=30, seconds=5)
    with database.session() as session:
        write(session, Act(EDITOR, "goudvragen.opgehaald", moment=old))
        write(session, Act(EDITOR, "sleutel.gemaakt", "x", moment=old + timedelta(hours=1)))
    assert [a.act for a in trail.listed()] == ["sleutel.gemaakt"]
    assert trail.erase_expired() == 1 and trail.erase_expired() == 0
    with database.session() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Base.metadata.tables["audit"])) == 1


def test_writing_erases_what_is_past_its_term(trail, database):
    with database.session() as session:
        write(session, Act(EDITOR, "sleutel.gemaakt", moment=datetime.now(UTC) - timedelta(days=31)))
    trail.add(Act(EDITOR, "goudvragen.opgehaald"))
    with database.session() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Base.metadata.tables["audit"])) == 1


def test_reading_makes_no_file(trail, path):
    assert trail.listed() == [] and trail.erase_expired() == 0 and not path.exists()


# Sessions that were ended


def test_an_ended_session_is_ended_for_every_replica(database, monkeypatch):
    here, there = EndedSessions(database), EndedSessions(database)
    until = datetime.now(UTC) + timedelta(hours=1)
    assert not there.has("s1")
    here.end("s1", until)
    here.end("s1", until)
    assert here.has("s1") and not here.has("s2")
    monkeypatch.setattr("rag.store.ended.NOTICED_S", 0.0)
    assert there.has("s1")


def test_the_database_is_not_asked_for_every_request(database, monkeypatch):
    ended = EndedSessions(database)
    ended.end("s0", datetime.now(UTC) + timedelta(hours=1))
    assert not ended.has("s1")
    monkeypatch.setattr(database, "session", lambda: pytest.fail("asked again"))
    assert not ended.has("s1") and ended.has("s0")


def test_sessions_that_ended_by_themselves_are_forgotten(database):
    ended = EndedSessions(database)
    ended.end("oud", datetime.now(UTC) - timedelta(seconds=1))
    ended.end("nieuw", datetime.now(UTC) + timedelta(hours=1))
    with database.session() as session:
        assert list(session.scalars(sa.select(Base.metadata.tables["ended_sessions"].c.id))) == ["nieuw"]
