"""Writing behind the answer: in order, without anybody waiting, and on again after the database was away."""

import threading
import time

import pytest

from rag.errors import PpsError
from rag.store.behind import Behind
from rag.store.tables import KeyRow


@pytest.fixture
def behind(database):
    made = Behind(database, most=20, retry_s=0.1)
    yield made
    made.close()


def add(name):
    return lambda session: session.add(KeyRow(name=name, value="x"))


def names(database):
    with database.session() as session:
        return sorted(row.name for row in session.query(KeyRow))


def test_what_is_put_is_written_in_a_moment(behind, database):
    assert all(behind.put(add(f"n{n}")) for n in range(10)) and behind.flush()
    assert names(database) == sorted(f"n{n}" for n in range(10))


def test_a_job_that_fails_takes_no_other_with_it(behind, database, caplog):
    go = threading.Event()
    behind.put(lambda _: go.wait(5))  # the rest comes in one batch
    for name in ("a", "a", "b"):
        behind.put(add(name))
    behind.put(lambda _: 1 / 0)
    behind.put(add("c"))
    go.set()
    assert behind.flush() and names(database) == ["a", "b", "c"]
    assert caplog.text.count("could not be written") == 2


def test_nobody_waits_for_a_database_that_is_away_and_it_goes_on_by_itself(behind, database, monkeypatch, caplog):
    session, tries = database.session, []

    def away():
        tries.append(time.monotonic())
        raise PpsError("De database is weg.")

    monkeypatch.setattr(database, "session", away)
    started = time.monotonic()
    assert [behind.put(add(f"n{n}")) for n in range(25)].count(True) == 20, "the row is bounded"
    assert time.monotonic() - started < 0.5 and not behind.flush(0.3) and len(tries) >= 2
    monkeypatch.setattr(database, "session", session)
    assert behind.flush() and len(names(database)) == 20
    assert caplog.text.count("De database is weg.") == 1 and "away: 5" in caplog.text


def test_at_the_end_what_waits_is_written(database):
    behind = Behind(database)
    for n in range(10):
        behind.put(add(f"n{n}"))
    behind.close()
    assert len(names(database)) == 10
    behind.put(add("later"))  # an application that is started again goes on
    behind.close()
    assert "later" in names(database)


def test_the_end_does_not_wait_for_a_database_that_is_away(database, monkeypatch, caplog):
    def away():
        raise PpsError("weg")

    monkeypatch.setattr(database, "session", away)
    behind = Behind(database, retry_s=60)
    behind.put(add("n"))
    time.sleep(0.1)
    started = time.monotonic()
    behind.close()
    assert time.monotonic() - started < 2 and "away: 1" in caplog.text
