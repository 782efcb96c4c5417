"""The gate before every route: what it believes, from whom, and what it tells those who do not get in."""

import base64

import pytest
from fastapi import FastAPI, Request
from fastapi.testclient import TestClient
from pydantic import SecretStr

from rag.errors import ConfigurationError
from rag.settings import Settings
from rag.store.audit import AT_THE_MACHINE
from rag.store.database import Database
from rag.store.keys import ApiKeys
from rag.web import identity, loopback
from rag.web.access import acting, identity_of, is_editor
from rag.web.guesses import ALL, EACH, Guesses

PROXY = "10.0.0.5"
PAGE = {"Accept": "text/html"}
HERE = "http://127.0.0.1:7860"


@pytest.fixture
def made(tmp_path):
    def make(**changes):
        return Settings(_env_file=None, index_dir=tmp_path / "index", **changes)

    return make


def client_of(settings, peer=PROXY, base=HERE):
    app = FastAPI()

    @app.get("/corpus")
    @app.post("/corpus")
    def corpus(request: Request) -> dict:
        known = identity_of(request)
        assert known is not None
        actor = acting(request, settings)
        return {
            "subject": known.subject,
            "source": known.source,
            "editor": is_editor(request, settings),
            "actor": f"{actor.subject} {actor.source}",
            "from": request.client.host,
            "scheme": request.url.scheme,
        }

    @app.get("/terugkoppeling")
    def reviews() -> str:
        return "redactie"

    @app.get("/healthz")
    def health(request: Request) -> dict:
        return {"known": identity_of(request) is not None}

    identity.install(app, settings, Database(settings.database))
    return TestClient(app, base_url=base, client=(peer, 50_000), follow_redirects=False)


def basic(password):
    return {"Authorization": f"Basic {base64.b64encode(f'redactie:{password}'.encode()).decode()}"}


# On the machine itself


def test_on_the_machine_itself_nobody_is_asked_and_may_do_all(made):
    client = client_of(made(), peer="127.0.0.1")
    assert client.get("/corpus").json() == {
        "subject": "",
        "source": "lokaal",
        "editor": True,
        "actor": "lokaal lokaal",
        "from": "127.0.0.1",
        "scheme": "http",
    }
    assert client.get("/terugkoppeling").status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Forwarded-For": "10.0.0.1"},
        {"Forwarded": "for=10.0.0.1"},
        {"Via": "1.1 x"},
        {"X-Real-IP": "10.0.0.1"},
        {"X-Forwarded-Host": "x"},
    ],
)
def test_through_a_proxy_the_same_advisor_is_closed(made, headers):
    client = client_of(made(), peer="127.0.0.1")
    reply = client.get("/corpus", headers={**headers, **PAGE})
    assert reply.status_code == 403 and "via een proxy" in reply.text and "<h1>" in reply.text
    assert client.get("/healthz", headers=headers).status_code == 200


def test_a_proxy_that_speaks_as_old_ones_do_is_noticed(made):
    client = client_of(made(), peer="127.0.0.1")
    app = client.app

    async def old(scope, receive, send):
        await app({**scope, "http_version": "1.0"} if scope["type"] == "http" else scope, receive, send)

    assert TestClient(old, base_url=HERE, client=("127.0.0.1", 1)).get("/corpus").status_code == 403


def test_the_editors_password_works_as_it_did(made):
    client = client_of(made(editor_password=SecretStr("een lang wachtwoord")), peer="127.0.0.1")
    refused = client.get("/terugkoppeling", headers=PAGE)
    assert refused.status_code == 401 and refused.headers["www-authenticate"].startswith("Basic")
    assert client.get("/terugkoppeling", headers=basic("mis")).status_code == 401
    assert client.get("/terugkoppeling", headers=basic("een lang wachtwoord")).json() == "redactie"
    assert client.get("/corpus").status_code == 200 and not client.get("/corpus").json()["editor"]
    assert client.get("/corpus", headers=basic("een lang wachtwoord")).json()["actor"] == "redactie wachtwoord"


def test_under_another_name_the_machine_itself_is_closed(made):
    """A website that points its own name here would read along in a visitor's browser."""
    for base, status in ((HERE, 200), ("http://localhost:7860", 200), ("http://[::1]:7860", 200), ("http://kwaad.example:7860", 403)):
        client = client_of(made(), peer="127.0.0.1", base=base)
        loopback.keep_here(client.app, made())
        assert client.get("/corpus").status_code == status, base
    client = client_of(made(open="ja"), base="http://intranet")
    loopback.keep_here(client.app, made(open="ja"))
    assert client.get("/corpus").status_code == 200


def test_reachable_by_others_without_identities_is_not_even_made(made):
    with pytest.raises(ConfigurationError, match="PPS_OPEN=ja"):
        client_of(made(host="0.0.0.0"))


# A proxy that tells who asks


@pytest.fixture
def proxied(made):
    return made(
        host="0.0.0.0",
        trusted_header="X-Remote-User",
        trusted_roles_header="X-Remote-Groups",
        trusted_proxies=[PROXY],
        roles={"*": "reader", "redactie": "editor"},
    )


def test_the_proxy_tells_who_asks(proxied):
    client = client_of(proxied)
    told = client.get("/corpus", headers={"X-Remote-User": "jan", "X-Remote-Groups": "redactie"}).json()
    assert told["actor"] == "jan proxy" and told["editor"]
    assert client.get("/terugkoppeling", headers={"X-Remote-User": "piet"}).status_code == 403


@pytest.mark.parametrize("peer", ["10.0.0.6", "127.0.0.1", "testclient"])
def test_who_pretends_to_be_the_proxy_is_refused(proxied, peer):
    client = client_of(proxied, peer=peer)
    for headers in (
        {"X-Remote-User": "jan"},
        {"x-remote-user": "jan", "X-Forwarded-For": PROXY},
        {"X-Remote-User": "jan", "Forwarded": f"for={PROXY}", "X-Real-IP": PROXY},
        {"X-Remote-Groups": "redactie"},
    ):
        assert client.get("/corpus", headers=headers).status_code == 403, headers
    assert client.get("/corpus").status_code == 401
    assert client.get("/corpus", headers={"X_Remote_User": "jan"}).status_code == 401


def test_without_its_header_the_proxy_is_nobody(proxied):
    client = client_of(proxied)
    reply = client.get("/corpus", headers=PAGE)
    assert reply.status_code == 401 and "weet niet wie u bent" in reply.text
    assert reply.headers["cache-control"] == "no-store" and "default-src 'none'" in reply.headers["content-security-policy"]
    assert client.get("/corpus").json()["status"] == 401


def test_the_shared_password_opens_nothing_where_people_are_known(proxied):
    client = client_of(proxied.model_copy(update={"editor_password": SecretStr("een lang wachtwoord")}))
    assert client.get("/terugkoppeling", headers=basic("een lang wachtwoord")).status_code == 401


def test_where_a_reader_really_is_comes_from_the_proxy_only(proxied):
    said = {"X-Remote-User": "jan", "X-Forwarded-For": "192.0.2.7", "X-Forwarded-Proto": "https"}
    told = client_of(proxied).get("/corpus", headers=said).json()
    assert (told["from"], told["scheme"]) == ("192.0.2.7", "https")


def test_other_sites_cannot_act_in_the_name_of_a_reader(proxied):
    client, who = client_of(proxied), {"X-Remote-User": "jan"}
    for headers in ({"Origin": "https://kwaad.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Referer": "https://kwaad.example/x"}):
        assert client.post("/corpus", headers={**who, **headers}).status_code == 403
    for headers in ({"Origin": HERE}, {"Sec-Fetch-Site": "same-origin"}, {}):
        assert client.post("/corpus", headers={**who, **headers}).status_code == 200


# Keys of applications


@pytest.fixture
def keyed(made):
    return made(host="0.0.0.0", api_keys="ja")


def key_of(settings, role="reader"):
    return ApiKeys(Database(settings.database)).create("intranet", role, 5, AT_THE_MACHINE)


def test_a_key_opens_by_its_role(keyed):
    client = client_of(keyed)
    key, kept = key_of(keyed)
    held = {"Authorization": f"Bearer {key}"}
    assert client.get("/corpus", headers=held).json()["subject"] == f"sleutel:{kept.id}"
    assert client.get("/terugkoppeling", headers=held).status_code == 403
    assert client.get("/terugkoppeling", headers={"Authorization": f"bearer {key_of(keyed, 'editor')[0]}"}).status_code == 200
    assert client.post("/corpus", headers={**held, "Origin": "https://elders.example"}).status_code == 200


def test_without_a_key_or_with_one_that_does_not_work(keyed):
    client = client_of(keyed)
    key, kept = key_of(keyed)
    reply = client.get("/corpus")
    assert reply.status_code == 401 and reply.headers["www-authenticate"] == "Bearer" and reply.headers["cache-control"] == "no-store"
    ApiKeys(Database(keyed.database)).revoke(kept.id, AT_THE_MACHINE)
    for value in (f"Bearer {key}", "Bearer x", "Bearer ", f"Basic {key}", key, f"Bearer {key[:-1]}", "Bearer é"):
        refused = client.get("/corpus", headers={"Authorization": value.encode()})
        assert refused.status_code == 401 and key not in refused.text, value


def test_keys_count_for_nothing_where_they_are_not_let_in(made):
    settings = made(open="ja")
    key, _ = key_of(settings, "maintainer")
    assert client_of(settings).get("/terugkoppeling", headers={"Authorization": f"Bearer {key}"}).status_code == 401


def test_a_database_that_is_away_is_told(keyed):
    client = client_of(keyed)
    key, _ = key_of(keyed)
    (keyed.index_dir.parent / "adviseur.sqlite").write_bytes(b"dit is geen database" * 100)
    reply = client.get("/corpus", headers={"Authorization": f"Bearer {key}"})
    assert reply.status_code == 503 and reply.headers["retry-after"] == "30" and "niet na te gaan" in reply.json()["detail"]


# An open intranet


def test_on_an_open_intranet_everybody_is_a_reader_and_no_more(made):
    client = client_of(made(host="0.0.0.0", open="ja"))
    assert client.get("/corpus", headers={"X-Remote-User": "jan", "X-Forwarded-For": "127.0.0.1"}).json()["source"] == "open"
    assert client.get("/corpus").json()["editor"] is False
    assert client.get("/terugkoppeling", headers=PAGE).status_code == 401


def test_also_from_the_machine_itself(made):
    client = client_of(made(host="0.0.0.0", open="ja"), peer="127.0.0.1")
    assert client.get("/terugkoppeling").status_code == 401


def test_editors_get_in_there_with_their_password(made):
    client = client_of(made(host="0.0.0.0", open="ja", editor_password=SecretStr("een lang wachtwoord")))
    assert client.get("/terugkoppeling", headers=PAGE).headers["www-authenticate"].startswith("Basic")
    assert client.get("/terugkoppeling", headers=basic("een lang wachtwoord")).status_code == 200
    foreign = {**basic("een lang wachtwoord"), "Origin": "https://kwaad.example"}
    assert client.post("/corpus", headers=foreign).status_code == 403


# For all


def test_public_pages_know_nobody(proxied):
    client = client_of(proxied, peer="10.9.9.9")
    assert client.get("/healthz").json() == {"known": False}


def test_nobody_can_bring_an_identity_along(proxied):
    """What stands in the state of a request before the gate is thrown away."""
    from rag.identity.types import Identity, up_to

    app = client_of(proxied).app

    async def forged(scope, receive, send):
        if scope["type"] == "http":
            scope["state"] = {"identity": Identity("jan", "Jan", up_to("maintainer"), "oidc")}
        await app(scope, receive, send)

    assert TestClient(forged, client=("10.9.9.9", 1)).get("/corpus").status_code == 401
    assert TestClient(forged, client=("10.9.9.9", 1)).get("/healthz").json() == {"known": False}


def test_without_a_login_the_pages_of_a_login_say_so(proxied):
    client = client_of(proxied)
    for path in ("/inloggen", "/inloggen/terug?code=x&state=y", "/uitloggen"):
        reply = client.get(path, headers={"X-Remote-User": "jan"})
        assert reply.status_code == 404 and "bij uw organisatie" in reply.text
    assert client.post("/uitloggen", headers={"X-Remote-User": "jan"}).status_code == 404
    assert client.get("/uitgelogd").status_code == 200


# Guessing the password of editors

RIGHT = "een lang wachtwoord"


def guess(client, times, **headers):
    return [client.get("/terugkoppeling", headers={**basic(f"geraden {n}"), **headers}).status_code for n in range(times)]


@pytest.fixture
def guarded(made):
    return made(open="ja", editor_password=SecretStr(RIGHT), public_url=HERE, trusted_proxies=[PROXY])


@pytest.mark.parametrize("there", ["local", "open"])
def test_guessing_is_slowed_down_and_told(made, guarded, there):
    local = there == "local"
    client = client_of(made(editor_password=SecretStr(RIGHT)) if local else guarded, peer="127.0.0.1" if local else "192.0.2.1")
    assert guess(client, 7) == [401] * EACH + [429] * 2
    page = client.get("/terugkoppeling", headers={**basic(RIGHT), **PAGE})
    assert page.status_code == 429 and 0 < int(page.headers["retry-after"]) <= 12 and "<h1>Even wachten</h1>" in page.text
    assert "te vaak een verkeerd wachtwoord gegeven. Wacht" in page.text and "www-authenticate" not in page.headers
    assert client.get("/terugkoppeling", headers=basic(RIGHT)).json()["code"] == "too_many_requests"
    assert client.get("/corpus").status_code == 200, "who gives no password is not slowed down"


def test_after_a_while_the_right_password_is_looked_at_again(guarded, monkeypatch):
    now = [1000.0]
    monkeypatch.setattr(identity, "Guesses", lambda: Guesses(lambda: now[0]))
    client = client_of(guarded, peer="192.0.2.1")
    guess(client, 8)
    now[0] += 11
    assert client.get("/terugkoppeling", headers=basic(RIGHT)).status_code == 429
    now[0] += 2
    assert client.get("/terugkoppeling", headers=basic(RIGHT)).status_code == 200


def test_guesses_count_by_the_address_behind_our_own_proxy_only(guarded):
    client = client_of(guarded)
    assert guess(client, 6, **{"X-Forwarded-For": "203.0.113.9, 192.0.2.1"})[-1] == 429
    assert guess(client, 1, **{"X-Forwarded-For": "203.0.113.77, 192.0.2.1"}) == [429], "what the visitor writes before it does not count"
    assert guess(client, 1, **{"X-Forwarded-For": "192.0.2.2"}) == [401]
    straight = client_of(guarded, peer="192.0.2.3")
    assert [guess(straight, 1, **{"X-Forwarded-For": f"192.0.2.{n}"})[0] for n in range(20, 26)] == [401] * EACH + [429]


def test_many_addresses_together_are_slowed_down_and_keep_no_editor_out():
    guesses = Guesses(lambda: 1000.0)
    guesses.right("redactie")
    tried = 0
    for n in range(100_000):
        if not guesses.wait_s(f"a{n}"):
            tried += 1
            guesses.wrong(f"a{n}")
    assert tried == ALL and guesses.wait_s("nieuw") and not guesses.wait_s("redactie")
    for _ in range(EACH):
        guesses.wrong("redactie")
    assert guesses.wait_s("redactie"), "its own guesses count as those of any other"
