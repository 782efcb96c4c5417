"""The commands for keys, users, the trail and the database."""

import json

import pytest

from rag.cli import main


@pytest.fixture(autouse=True)
def here(monkeypatch, tmp_path):
    monkeypatch.setenv("PPS_INDEX_DIR", str(tmp_path / "index"))


@pytest.fixture
def told(capsys):
    def run(*words, code=0):
        assert main(list(words)) == code
        return capsys.readouterr()

    return run


def test_a_key_is_shown_once_and_then_listed_without_its_secret(told):
    made = json.loads(told("keys", "create", "intranet", "--role", "editor", "--days", "7", "--json").out)
    assert made["key"].startswith(f"pps_{made['id']}_") and made["role"] == "editor"
    listed = told("keys", "list").out
    assert "intranet" in listed and "nog niet gebruikt" in listed and made["key"][17:] not in listed
    assert "key" not in json.loads(told("keys", "list", "--json").out)["keys"][0]


def test_it_is_told_when_keys_are_not_let_in(told, monkeypatch):
    assert "PPS_API_KEYS=ja" in told("keys", "create", "x").out


def test_revoking(told):
    key_id = json.loads(told("keys", "create", "x", "--json").out)["id"]
    assert "werkt niet meer" in told("keys", "revoke", key_id).out
    assert "geen werkende sleutel" in told("keys", "revoke", key_id, code=1).err
    assert "ingetrokken" in told("keys", "list").out


def test_without_anything_the_lists_say_so(told):
    assert "geen sleutels" in told("keys", "list").out and "leeg" in told("audit").out


def test_what_is_wrong_is_told(told):
    assert "dagen geldig" in told("keys", "create", "x", "--days", "0", code=1).err


def test_the_trail_is_read_and_a_user_taken_out_of_it(told):
    told("keys", "create", "x")
    assert "beheerder (opdrachtregel): sleutel gemaakt" in told("audit").out
    assert json.loads(told("users", "export", "beheerder").out)["acts"][0]["act"] == "sleutel.gemaakt"
    done = json.loads(told("users", "erase", "beheerder", "--json").out)
    assert done["rows"] == 3 and done["pseudonym"].startswith("gewist-")
    acts = json.loads(told("audit", "--json").out)["acts"]
    assert [a["subject"] for a in acts] == ["beheerder", done["pseudonym"], done["pseudonym"]]
    assert "niets bewaard" in told("users", "erase", "niemand").out


def test_the_database_is_brought_to_its_newest_form(told, tmp_path):
    assert "nieuwste vorm" in told("db", "upgrade").out and (tmp_path / "adviseur.sqlite").exists()
    assert json.loads(told("db", "upgrade", "--json").out) == {"upgraded": True}


def test_each_command_has_its_help(capsys):
    for words in (["keys", "create", "-h"], ["users", "erase", "-h"], ["db", "upgrade", "-h"], ["audit", "-h"]):
        with pytest.raises(SystemExit) as end:
            main(words)
        assert end.value.code == 0 and "--json" in capsys.readouterr().out
