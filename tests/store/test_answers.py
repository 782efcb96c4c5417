"""Answers in the database are there for every replica, for a short while, and only where questions are kept with their text."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from rag.settings import Settings
from rag.store.answers import AnswerStore, OtherRequestError, StillBusyError
from rag.store.behind import Behind
from rag.store.database import Database
from rag.store.tables import AnswerRow, RepeatRow
from rag.types import Answer


@pytest.fixture
def replica(any_url):
    """Makes stores as two replicas would have them; `flush` writes what they put."""
    made = []

    def make(**changes):
        settings = Settings(_env_file=None, **{"questions": "met_tekst", **changes})
        database = Database(any_url)
        behind = Behind(database)
        store = AnswerStore(database, behind, settings)
        store.flush, store.database = behind.flush, database
        made.append((behind, database))
        return store

    yield make
    for behind, database in made:
        behind.close()
        database.close()


def age(store, row, seconds):
    with store.database.session() as session:
        session.execute(sa.update(row).values(until=datetime.now(UTC) - timedelta(seconds=seconds)))


def test_another_replica_reads_it_until_its_term(replica):
    one, two = replica(), replica()
    given = Answer("Wat is Lantaarn?", "answered", "Een project. [1]")
    one.keep(given)
    assert one.flush() and two.get(given.id) == given.as_dict() and two.get("0" * 32) is None
    age(one, AnswerRow, 1)
    assert two.get(given.id) is None, "what is past its term is not given"
    assert two.erase_expired() == 1 and one.erase_expired() == 0


@pytest.mark.parametrize("changes", [{"questions": "uit"}, {"questions": "zonder_tekst"}, {"answers_minutes": 0}])
def test_without_leave_nothing_is_kept_and_what_was_goes(replica, changes):
    before, given = replica(), Answer("Wat is Lantaarn?", "answered")
    before.keep(given)
    assert before.flush()
    store = replica(**changes)
    store.keep(given)
    assert store.get(given.id) is None and not store.on
    assert store.erase_expired() == 1 and before.get(given.id) is None


def test_it_is_kept_masked_and_not_what_was_refused(replica):
    store = replica()
    asked = Answer("Mail jan@voorbeeld.nl over Lantaarn?", "answered", standalone_question="Mail jan@voorbeeld.nl over Lantaarn?")
    refused = [Answer("x", status) for status in ("refused_personal_data", "refused_unsafe")]
    for given in (asked, *refused):
        store.keep(given)
    assert store.flush()
    assert "jan@" not in str(store.get(asked.id)) and [store.get(r.id) for r in refused] == [None, None]


def test_a_repeated_request_is_known_to_another_replica(replica):
    one, two, given = replica(), replica(), Answer("Wat is Lantaarn?", "answered")
    assert one.begin("naam", "d1") is None
    with pytest.raises(StillBusyError):
        two.begin("naam", "d1")
    with pytest.raises(OtherRequestError):
        two.begin("naam", "d2")
    one.keep(given)
    one.end("naam", given.as_dict())
    assert one.flush() and two.begin("naam", "d1") == given.as_dict()


def test_a_failure_or_a_refusal_is_answered_anew(replica):
    one, two = replica(), replica()
    for name, ended in (("a", None), ("b", Answer("x", "refused_unsafe").as_dict())):
        assert one.begin(name, "d") is None
        one.end(name, ended)
        assert one.flush() and two.begin(name, "d") is None


def test_a_replica_that_died_halfway_does_not_hold_the_name_for_ever(replica):
    one, two = replica(), replica()
    assert one.begin("naam", "d") is None
    age(one, RepeatRow, 1)
    assert two.begin("naam", "d") is None


def test_where_the_answer_is_gone_it_is_made_anew(replica):
    one, two, given = replica(), replica(), Answer("Wat is Lantaarn?", "answered")
    one.begin("naam", "d")
    one.keep(given)
    one.end("naam", given.as_dict())
    assert one.flush()
    age(one, AnswerRow, 1)
    assert two.begin("naam", "d") is None
    with pytest.raises(StillBusyError):
        one.begin("naam", "d")
