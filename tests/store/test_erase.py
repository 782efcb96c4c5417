"""What is kept of one user can be handed over and erased."""

import json

from rag.store.audit import Act, Actor, AuditTrail
from rag.store.erase import erase, export
from rag.store.feedback import Feedback
from rag.store.keys import ApiKeys

ADMIN = Actor("beheerder", "opdrachtregel")


def filled(store, database):
    """Acts of two editors and a key that one of them made."""
    item = store.record(Feedback("b" * 32, 1, "klopt", question="Wat is PPS?"))
    store.set_state(item, "aangenomen", Actor("jan-de-vries-0417", "oidc"))
    store.set_state(item, "afgewezen", Actor("piet", "oidc"))
    ApiKeys(database).create("intranet", "reader", 30, Actor("jan-de-vries-0417", "oidc"))
    return item


def test_an_export_holds_all_that_names_the_user_and_nothing_of_others(store, database):
    item = filled(store, database)
    found = export(database, "jan-de-vries-0417", ADMIN)
    assert [(a["act"], a["object"]) for a in found["acts"]][0] == ("terugkoppeling.stand", item)
    assert [a["act"] for a in found["acts"]] == ["terugkoppeling.stand", "sleutel.gemaakt"] and len(found["keys"]) == 1
    assert "piet" not in json.dumps(found) and "Wat is PPS" not in json.dumps(found)
    assert "niet bij een gebruiker te vinden" in found["note"]


def test_an_export_is_in_the_trail_without_naming_the_user_again(store, database):
    filled(store, database)
    export(database, "jan-de-vries-0417", ADMIN)
    newest = AuditTrail(database, 30).listed()[0]
    assert (newest.act, newest.object, newest.actor.subject) == ("gebruiker.opgevraagd", "", "beheerder")


def test_erasing_leaves_the_acts_under_one_pseudonym(store, database):
    filled(store, database)
    trail = AuditTrail(database, 30)
    trail.add(Act(Actor("jan-de-vries-0417", "oidc"), "goudvragen.opgehaald"))
    pseudonym, count = erase(database, "jan-de-vries-0417", ADMIN)
    assert count == 4 and pseudonym.startswith("gewist-")
    assert [a.actor.subject for a in trail.listed()].count(pseudonym) == 3
    assert {a.actor.subject for a in trail.listed()} == {pseudonym, "piet", "beheerder"}
    assert ApiKeys(database).listed()[0].created_by == pseudonym
    assert export(database, "jan-de-vries-0417", ADMIN)["acts"] == []


def test_the_name_is_not_left_in_the_file(store, database, path):
    filled(store, database)
    erase(database, "jan-de-vries-0417", ADMIN)
    database.close()
    assert b"jan-de-vries-0417" not in path.read_bytes()


def test_two_users_get_two_pseudonyms(store, database):
    filled(store, database)
    assert erase(database, "jan-de-vries-0417", ADMIN)[0] != erase(database, "piet", ADMIN)[0]


def test_nothing_is_told_of_somebody_unknown(store, database):
    filled(store, database)
    assert erase(database, "niemand", ADMIN)[1] == 0
    assert AuditTrail(database, 30).listed()[0].object == ""
