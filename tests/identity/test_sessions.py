"""Signed cookies: not to be changed, not to be used for something else, and over in time."""

import time

import pytest
from itsdangerous import TimestampSigner

from rag.identity.sessions import LOGIN_S, Sessions
from rag.identity.types import up_to

SECRET = "s" * 40


@pytest.fixture
def sessions() -> Sessions:
    return Sessions(SECRET, 8, secure=True)


def later(monkeypatch, seconds):
    now = time.time() + seconds
    monkeypatch.setattr(TimestampSigner, "get_timestamp", lambda _: int(now))
    monkeypatch.setattr("rag.identity.sessions.time.time", lambda: now)


def test_a_session_is_read_back(sessions):
    found = sessions.read(sessions.begin("auth0|1", "Jan", "editor"))
    assert (found.subject, found.name, found.roles, found.source) == ("auth0|1", "Jan", up_to("editor"), "oidc")
    assert 0 < found.until - time.time() <= 8 * 3600 and len(found.session) >= 24


def test_without_a_role_there_is_a_session_that_opens_nothing(sessions):
    assert sessions.read(sessions.begin("jan", "Jan", None)).roles == frozenset()


def test_each_session_has_its_own_id(sessions):
    assert len({sessions.read(sessions.begin("jan", "Jan", "reader")).session for _ in range(5)}) == 5


def test_a_session_is_over_after_its_hours(sessions, monkeypatch):
    cookie = sessions.begin("jan", "Jan", "reader")
    later(monkeypatch, 8 * 3600 - 5)
    assert sessions.read(cookie)
    later(monkeypatch, 8 * 3600 + 5)
    assert sessions.read(cookie) is None


def test_fewer_hours_end_older_sessions_too(sessions, monkeypatch):
    cookie = sessions.begin("jan", "Jan", "reader")
    later(monkeypatch, 2 * 3600)
    assert Sessions(SECRET, 1, secure=True).read(cookie) is None and sessions.read(cookie)


def test_a_changed_cookie_is_none(sessions):
    cookie = sessions.begin("jan", "Jan", "reader")
    for place in range(0, len(cookie), 7):
        other = "A" if cookie[place] != "A" else "B"
        assert sessions.read(cookie[:place] + other + cookie[place + 1 :]) is None
    assert sessions.read("") is None and sessions.read("é.x.y") is None and sessions.read(cookie + "A") is None


def test_another_secret_is_another_advisor(sessions):
    assert sessions.read(Sessions("t" * 40, 8, secure=True).begin("jan", "Jan", "maintainer")) is None


def test_the_cookie_of_a_login_is_no_session_nor_the_other_way_round(sessions):
    login = sessions.pack_login({"s": "jan", "n": "Jan", "r": "maintainer", "j": "x", "e": int(time.time()) + 999})
    assert sessions.read(login) is None and sessions.unpack_login(sessions.begin("jan", "Jan", "reader")) == {}


def test_a_login_may_take_ten_minutes(sessions, monkeypatch):
    packed = sessions.pack_login({"a": 1})
    later(monkeypatch, LOGIN_S - 5)
    assert sessions.unpack_login(packed) == {"a": 1}
    later(monkeypatch, LOGIN_S + 5)
    assert sessions.unpack_login(packed) == {}


def test_over_https_no_other_host_can_set_the_cookies(sessions):
    assert sessions.cookie == "__Host-pps_sessie" and sessions.login_cookie == "__Host-pps_inloggen"
    assert Sessions(SECRET, 8, secure=False).cookie == "pps_sessie"


def test_a_role_that_is_gone_opens_nothing(sessions):
    signed = sessions._session.dumps({"s": "jan", "n": "Jan", "r": "baas", "j": "x", "e": int(time.time()) + 99})
    assert sessions.read(signed) is None
