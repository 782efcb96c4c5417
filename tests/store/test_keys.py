"""Keys of applications: shown once, hashed, with a role and a term, and gone when revoked."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from rag.errors import PpsError
from rag.identity.types import up_to
from rag.store.audit import Actor, AuditTrail
from rag.store.keys import ApiKeys

BY = Actor("beheerder", "opdrachtregel")


@pytest.fixture
def keys(database) -> ApiKeys:
    return ApiKeys(database)


def test_a_key_is_known_by_its_role(keys):
    key, kept = keys.create("  intranet \n zoekbalk ", "editor", 30, BY)
    found = keys.identity(key)
    assert (found.subject, found.name, found.source) == (f"sleutel:{kept.id}", "intranet zoekbalk", "sleutel")
    assert found.roles == up_to("editor") and not found.may("maintainer")


def test_the_key_itself_is_nowhere_in_the_database(keys, path, database):
    key, kept = keys.create("intranet", "reader", 30, BY)
    database.close()
    stored = path.read_bytes()
    assert key.split("_", 2)[2].encode() not in stored and kept.id.encode() in stored
    assert key not in repr(kept) and key not in str(kept.as_dict())


def test_keys_differ_and_hold_256_random_bits(keys):
    made = [keys.create("x", "reader", 1, BY)[0] for _ in range(5)]
    assert len(set(made)) == 5 and {len(k.split("_", 2)[2]) for k in made} == {43}


def test_another_secret_under_the_same_id_is_refused(keys):
    key, _ = keys.create("intranet", "reader", 30, BY)
    other, _ = keys.create("ander", "maintainer", 30, BY)
    mixed = "_".join([*key.split("_", 2)[:2], other.split("_", 2)[2]])
    assert keys.identity(mixed) is None


@pytest.mark.parametrize(
    "given", ["", "pps_", "pps_000000000000_" + "A" * 43, "onzin", "pps_zz_x", "pps_000000000000_" + "A" * 44, "é" * 60]
)
def test_what_is_no_key_is_refused(keys, given):
    keys.create("intranet", "reader", 30, BY)
    assert keys.identity(given) is None


def test_without_a_database_there_are_no_keys(keys, path):
    assert keys.identity("pps_000000000000_" + "A" * 43) is None and keys.listed() == [] and not keys.revoke("x", BY)
    assert not path.exists()


def test_a_key_ends_at_its_term(keys):
    key, kept = keys.create("intranet", "reader", 2, BY)
    assert keys.identity(key, kept.expires - timedelta(seconds=1)) is not None
    assert keys.identity(key, kept.expires) is None
    assert kept.state(kept.expires) == "verlopen" and kept.state(kept.created) == "geldig"


def test_a_revoked_key_stops_at_once_and_is_revoked_once(keys, database):
    key, kept = keys.create("intranet", "reader", 30, BY)
    assert keys.revoke(kept.id, BY) and keys.identity(key) is None
    assert not keys.revoke(kept.id, BY)
    assert keys.listed()[0].as_dict()["state"] == "ingetrokken"
    assert [a.act for a in AuditTrail(database, 30).listed()] == ["sleutel.ingetrokken", "sleutel.gemaakt"]


def test_of_use_only_the_day_is_kept(keys, path):
    key, _ = keys.create("intranet", "reader", 30, BY)
    assert keys.listed()[0].last_used is None
    moment = datetime.now(UTC) + timedelta(days=3)
    keys.identity(key, moment)
    assert keys.listed()[0].last_used == moment.date()
    engine = sa.create_engine(f"sqlite:///{path}")
    with engine.connect() as connection:
        assert len(connection.execute(sa.text("SELECT last_used FROM api_keys")).scalar_one()) == len("2026-01-01")
    engine.dispose()


@pytest.mark.parametrize(
    ("name", "role", "days", "told"),
    [
        ("", "reader", 1, "naam"),
        ("x" * 101, "reader", 1, "naam"),
        ("x", "baas", 1, "baas"),
        ("x", "reader", 0, "dagen"),
        ("x", "reader", 731, "dagen"),
    ],
)
def test_what_cannot_be_a_key_is_told(keys, name, role, days, told):
    with pytest.raises(PpsError, match=told):
        keys.create(name, role, days, BY)
    assert keys.listed() == []
