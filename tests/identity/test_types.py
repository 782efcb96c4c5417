"""Roles and subjects: who gets what of the groups of an organisation, and what cannot be a name."""

import pytest

from rag.identity.types import claim_values, clean_subject, mapped, up_to

MAPPING = {"*": "reader", "redactie": "editor", "beheer": "maintainer"}


def test_a_role_holds_the_lower_ones():
    assert up_to("maintainer") == {"reader", "editor", "maintainer"} and up_to("reader") == {"reader"} and up_to(None) == frozenset()


@pytest.mark.parametrize(
    ("groups", "expected"),
    [
        ([], "reader"),
        (["iets"], "reader"),
        (["redactie"], "editor"),
        (["redactie", "beheer"], "maintainer"),
        (["Redactie", "BEHEER"], "reader"),
    ],
)
def test_groups_give_roles(groups, expected):
    assert mapped(groups, MAPPING) == up_to(expected)


def test_without_everybody_only_named_groups_have_a_role():
    assert mapped(["iets"], {"lezers": "reader"}) == frozenset() and mapped(["lezers"], {"lezers": "reader"}) == up_to("reader")


def test_a_group_called_everybody_gives_no_more_than_everybody_has():
    assert mapped(["*"], MAPPING) == up_to("reader")


@pytest.mark.parametrize(
    ("claims", "name", "expected"),
    [
        ({"roles": ["a", "b"]}, "roles", ["a", "b"]),
        ({"roles": "a b"}, "roles", ["a b"]),
        ({"realm_access": {"roles": ["a"]}}, "realm_access.roles", ["a"]),
        ({"https://x.nl/roles": ["a"]}, "https://x.nl/roles", ["a"]),
        ({"roles": [1, None, {"a": 1}, "", "a"]}, "roles", ["a"]),
        ({"roles": {"a": 1}}, "roles", []),
        ({"realm_access": "x"}, "realm_access.roles", []),
        ({}, "roles", []),
    ],
)
def test_values_of_a_claim(claims, name, expected):
    assert claim_values(claims, name) == expected


@pytest.mark.parametrize("bad", ["", "  ", None, 7, ["jan"], "x" * 201, "jan\npiet", "jan\x00", "jan\u202epiet", "jan\x7f"])
def test_what_cannot_be_a_subject(bad):
    assert clean_subject(bad) == ""


@pytest.mark.parametrize("good", ["jan", "ján@organisatie", "auth0|123", " jan "])
def test_what_can(good):
    assert clean_subject(good) == good.strip()
