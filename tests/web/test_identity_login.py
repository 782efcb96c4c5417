"""Logging in at a real OpenID Connect provider, over real HTTP: the way in, every lie on the way, and the way out."""

import base64
import hashlib
import time
from contextlib import contextmanager
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from fastapi import FastAPI
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

from rag.settings import Settings
from rag.store.database import Database
from rag.web import identity
from tests.identity.provider import free_port, provider
from tests.web.served import Served

USERS = {
    "jan": {"name": "Jan de Vries", "roles": ["redactie"]},
    "piet": {"name": "Piet", "roles": []},
    "gast": {"name": "Gast", "roles": ["buiten"]},
}
PAGE = {"Accept": "text/html"}


@pytest.fixture(scope="module")
def service():
    with provider(USERS) as made:
        yield made


@pytest.fixture
def honest(service):
    """The provider, telling the truth again."""
    service.change = service.sign = None
    service.metadata, service.away = {}, False
    service.seen.clear()
    return service


@pytest.fixture
def settings(tmp_path, honest):
    return Settings(
        _env_file=None,
        index_dir=tmp_path / "index",
        port=(port := free_port()),
        public_url=f"http://127.0.0.1:{port}",
        oidc_issuer=honest.issuer,
        oidc_client_id="pps-adviseur",
        oidc_client_secret="geheim-van-de-dienst",
        session_secret="s" * 40,
        roles={"*": "reader", "redactie": "editor"},
    )


@contextmanager
def served(app, port=0):
    made = Served(app, port)
    try:
        yield made
    finally:
        made.stop()


def small_app(settings):
    app = FastAPI()

    @app.get("/corpus")
    def corpus() -> str:
        return "corpus"

    @app.get("/terugkoppeling")
    def reviews() -> str:
        return "redactie"

    @app.post("/api/v1/ask")
    def ask() -> str:
        return "antwoord"

    identity.install(app, settings, Database(settings.database))
    return app


@pytest.fixture
def advisor(settings):
    with served(small_app(settings), settings.port) as made:
        yield made


@pytest.fixture
def browser(advisor):
    with httpx.Client(base_url=advisor.address, headers=PAGE, follow_redirects=False, timeout=20) as made:
        yield made


def to_provider(browser, path="/corpus"):
    """Where a visitor without a session ends: at the form of the provider."""
    first = browser.get(path)
    assert first.status_code == 303 and first.headers["location"].startswith("/inloggen?naar=")
    second = browser.get(first.headers["location"])
    assert second.status_code == 302
    return second.headers["location"]


def at_provider(address, who="jan", **fields):
    """What the provider sends the visitor back to after the form."""
    reply = httpx.post(address, data={"sub": who, **fields})
    assert reply.status_code == 302, reply.text
    return reply.headers["location"]


def log_in(browser, who="jan", path="/corpus"):
    return browser.get(at_provider(to_provider(browser, path), who))


# The way in


def test_a_visitor_is_sent_to_the_service_and_comes_back_where_he_was(browser, advisor):
    address = to_provider(browser, "/corpus?van=x")
    back = at_provider(address)
    assert back.startswith(f"{advisor.address}/inloggen/terug?")
    done = browser.get(back)
    assert done.status_code == 303 and done.headers["location"] == "/corpus?van=x"
    assert browser.get("/corpus?van=x").json() == "corpus"
    me = browser.get("/api/v1/me").json()
    assert me == {"name": "Jan de Vries", "roles": ["reader", "editor"], "source": "oidc", "logout": "/uitloggen"}
    assert browser.get("/terugkoppeling").json() == "redactie"


def test_the_code_is_bound_to_this_browser_by_pkce_state_and_nonce(browser, honest):
    asked = {k: v[0] for k, v in parse_qs(urlsplit(to_provider(browser)).query).items()}
    assert asked["code_challenge_method"] == "S256" and len(asked["state"]) >= 20 and len(asked["nonce"]) >= 16
    browser.get(at_provider(f"{honest.issuer}/oauth2/authorize?{httpx.QueryParams(asked)}"))
    sent = next(given for path, given in honest.seen if path == "/oauth2/token")
    digest = hashlib.sha256(sent["code_verifier"].encode()).digest()
    assert base64.urlsafe_b64encode(digest).rstrip(b"=").decode() == asked["code_challenge"]
    assert "geheim-van-de-dienst" not in str(asked)


def test_the_cookies_are_out_of_reach_of_scripts_and_other_sites(browser):
    begun = browser.get("/inloggen").headers["set-cookie"]
    assert "HttpOnly" in begun and "SameSite=lax" in begun and "Max-Age=600" in begun and "Secure" not in begun
    held = log_in(browser).headers.get_list("set-cookie")
    session = next(c for c in held if c.startswith("pps_sessie="))
    assert "HttpOnly" in session and "SameSite=lax" in session and f"Max-Age={8 * 3600}" in session
    assert any(c.startswith('pps_inloggen=""') and "Max-Age=0" in c for c in held)


def test_over_https_the_cookies_are_secure(settings):
    from fastapi.testclient import TestClient

    app = small_app(settings.model_copy(update={"public_url": "https://pps.example.nl"}))
    with TestClient(app, base_url="https://pps.example.nl", follow_redirects=False) as client:
        reply = client.get("/inloggen")
    assert reply.headers["set-cookie"].startswith("__Host-pps_inloggen=") and "; Secure" in reply.headers["set-cookie"]
    assert parse_qs(urlsplit(reply.headers["location"]).query)["redirect_uri"] == ["https://pps.example.nl/inloggen/terug"]


def test_roles_follow_from_the_claim(browser):
    log_in(browser, "piet")
    assert browser.get("/api/v1/me").json()["roles"] == ["reader"]
    refused = browser.get("/terugkoppeling")
    assert refused.status_code == 403 and "Piet" in refused.text and "redactie (editor)" in refused.text and "Uitloggen" in refused.text


def test_who_has_no_role_can_only_log_out(advisor, settings):
    app = small_app(
        settings.model_copy(
            update={"roles": {"redactie": "editor"}, "port": (port := free_port()), "public_url": f"http://127.0.0.1:{port}"}
        )
    )
    with served(app, port) as other, httpx.Client(base_url=other.address, headers=PAGE, timeout=20) as browser:
        log_in(browser, "gast")
        assert browser.get("/corpus").status_code == 403 and browser.get("/uitloggen").status_code == 200


@pytest.mark.parametrize(
    "aside", ["https://kwaad.example", "//kwaad.example", "/\\kwaad.example", "/\t/kwaad.example", "/uitloggen", "javascript:alert(1)", "x"]
)
def test_a_link_to_log_in_leads_nowhere_else(browser, aside):
    reply = browser.get("/inloggen", params={"naar": aside})
    assert browser.get(at_provider(reply.headers["location"])).headers["location"] == "/"


def test_programs_are_told_and_not_sent_on(browser):
    reply = browser.post("/api/v1/ask", headers={"Accept": "application/json"})
    assert reply.status_code == 401 and reply.headers["content-type"] == "application/problem+json"


# Lies on the way


def refused(browser, address, status=403):
    reply = browser.get(address)
    assert reply.status_code == status and "<h1>" in reply.text and "pps_sessie=" not in reply.headers.get("set-cookie", "")
    assert browser.get("/corpus").status_code == 303
    return reply.text


def test_another_state_is_refused(browser):
    back = at_provider(to_provider(browser))
    code = parse_qs(urlsplit(back).query)["code"][0]
    assert "verlopen of in een ander venster" in refused(browser, f"/inloggen/terug?code={code}&state=verzonnen")


def test_the_code_of_another_browser_is_refused(browser, advisor):
    """Somebody lures a visitor into the account of another: the link holds a good code and state, of another browser."""
    with httpx.Client(base_url=advisor.address, headers=PAGE, timeout=20) as other:
        back = at_provider(to_provider(other), "piet")
    refused(browser, back)


def test_a_second_use_of_the_link_back_is_refused(browser):
    back = at_provider(to_provider(browser))
    assert browser.get(back).status_code == 303
    browser.cookies.delete("pps_sessie")
    refused(browser, back)


def test_another_nonce_is_refused(browser):
    address = to_provider(browser)
    nonce = parse_qs(urlsplit(address).query)["nonce"][0]
    refused(browser, at_provider(address.replace(nonce, "vanEenEerdereKeer123")))


def test_another_verifier_is_refused_with_what_came_back(browser, settings):
    """A cookie of a login that was changed is no cookie of ours."""
    back = at_provider(to_provider(browser))
    held = browser.cookies["pps_inloggen"]
    browser.cookies.set("pps_inloggen", held[:10] + ("A" if held[10] != "A" else "B") + held[11:], domain="127.0.0.1", path="/")
    refused(browser, back)


def changed(**claims):
    return lambda held: {k: v for k, v in {**held, **claims}.items() if v is not None}


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": "andere-toepassing"},
        {"aud": ["andere-toepassing"], "azp": "pps-adviseur"},
        {"aud": None},
        {"iss": "https://kwaad.example"},
        {"iss": None},
        {"exp": int(time.time()) - 3600},
        {"exp": None},
        {"iat": int(time.time()) + 36000},
        {"nonce": None},
        {"nonce": "anders"},
        {"sub": None},
        {"sub": ""},
        {"sub": "x" * 300},
        {"sub": "jan\nbeheerder"},
        {"sub": ["jan"]},
        {"azp": "andere-toepassing"},
        {"at_hash": "anders"},
    ],
    ids=str,
)
def test_a_signed_token_with_wrong_claims_is_refused(browser, honest, claims):
    honest.change = changed(**claims)
    refused(browser, at_provider(to_provider(browser)))


def test_a_signed_token_with_right_claims_passes_after_a_change_of_key(browser, honest):
    """That the refusals above are about the claims; and the provider has another key than at the login before."""
    log_in(browser)
    browser.cookies.clear()
    honest.change = changed(roles=["redactie"])
    assert log_in(browser).status_code == 303 and "editor" in browser.get("/api/v1/me").json()["roles"]


_FOREIGN = RSAKey.generate_key(2048)


@pytest.mark.parametrize(
    "sign",
    [
        lambda claims: jwt.encode({"alg": "RS256"}, claims, _FOREIGN),
        lambda claims: jwt.encode({"alg": "HS256"}, claims, OctKey.import_key("geheim-van-de-dienst-met-genoeg-tekens")),
        lambda claims: ".".join(base64.urlsafe_b64encode(p).rstrip(b"=").decode() for p in (b'{"alg":"none"}', str(claims).encode(), b"")),
        lambda claims: "geen.echt.token",
        lambda claims: "",
        lambda claims: None,
    ],
    ids=["other key", "symmetric", "unsigned", "garbage", "empty", "absent"],
)
def test_a_token_that_the_service_did_not_sign_is_refused(browser, honest, sign):
    honest.sign = sign
    honest.metadata = {"id_token_signing_alg_values_supported": ["RS256", "HS256", "none"]}
    refused(browser, at_provider(to_provider(browser)))


def test_a_service_under_another_name_is_refused(browser, honest):
    honest.metadata = {"issuer": "https://kwaad.example"}
    reply = browser.get("/inloggen")
    assert reply.status_code == 503 and "PPS_OIDC_ISSUER" in reply.text


def test_an_answer_that_names_another_service_is_refused(browser):
    refused(browser, at_provider(to_provider(browser)) + "&iss=https://kwaad.example")


def test_who_refuses_at_the_service_is_told(browser):
    text = refused(browser, at_provider(to_provider(browser), action="deny"))
    assert "niet ingelogd" in text and 'href="/inloggen"' in text


def test_words_of_a_service_are_not_repeated(browser):
    text = refused(browser, "/inloggen/terug?error=x&error_description=<b>Bel+meteen</b>&state=y")
    assert "Bel" not in text


def test_a_service_that_is_away_is_told_and_comes_back_by_itself(browser, honest):
    honest.away = True
    reply = browser.get("/inloggen")
    assert reply.status_code == 503 and "niet te bereiken" in reply.text and reply.headers["retry-after"]
    honest.away = False
    assert log_in(browser).status_code == 303


def test_a_service_that_goes_away_during_the_login_is_told(browser, honest):
    back = at_provider(to_provider(browser))
    honest.away = True
    assert browser.get(back).status_code in (403, 503) and browser.get("/corpus").status_code == 303


def test_who_was_in_stays_in_while_the_service_is_away(browser, honest):
    log_in(browser)
    honest.away = True
    assert browser.get("/corpus").status_code == 200


# The way out


def test_logging_out_ends_the_session_here_and_at_the_service(browser, advisor, honest):
    log_in(browser)
    held = browser.cookies["pps_sessie"]
    assert "Jan de Vries" in browser.get("/uitloggen").text
    reply = browser.post("/uitloggen", headers={"Origin": advisor.address})
    to = urlsplit(reply.headers["location"])
    assert reply.status_code == 303 and f"{to.scheme}://{to.netloc}{to.path}" == f"{honest.issuer}/oauth2/end_session"
    assert parse_qs(to.query) == {"client_id": ["pps-adviseur"], "post_logout_redirect_uri": [f"{advisor.address}/uitgelogd"]}
    assert "pps_sessie" not in browser.cookies and "uitgelogd" in browser.get("/uitgelogd").text
    copy = {"Cookie": f"pps_sessie={held}"}
    assert httpx.get(f"{advisor.address}/corpus", headers={**PAGE, **copy}).status_code == 303, "a copy of the cookie still works"


def test_another_replica_knows_the_session_and_that_it_was_ended(browser, advisor, settings, monkeypatch):
    monkeypatch.setattr("rag.store.ended.NOTICED_S", 0.0)
    log_in(browser)
    cookies = {"pps_sessie": browser.cookies["pps_sessie"]}
    with served(small_app(settings)) as replica, httpx.Client(base_url=replica.address, cookies=cookies) as there:
        assert there.get("/corpus").status_code == 200
        browser.post("/uitloggen", headers={"Origin": advisor.address})
        assert there.get("/corpus").status_code == 401


def test_another_site_cannot_log_a_visitor_out_or_ask_in_his_name(browser, advisor):
    log_in(browser)
    for headers in (
        {"Origin": "https://kwaad.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "null"},
    ):
        assert browser.post("/uitloggen", headers=headers).status_code == 403
        assert browser.post("/api/v1/ask", headers=headers).status_code == 403
    assert browser.post("/api/v1/ask", headers={"Sec-Fetch-Site": "same-origin", "Origin": advisor.address}).status_code == 200
    assert browser.get("/corpus").status_code == 200


def test_a_session_is_over_in_time(browser, monkeypatch):
    log_in(browser)
    later = time.time() + 9 * 3600
    monkeypatch.setattr("rag.identity.sessions.time.time", lambda: later)
    assert browser.get("/corpus").status_code == 303


def test_when_sessions_cannot_be_checked_nobody_gets_in_and_that_is_told(browser, settings):
    log_in(browser)
    (settings.index_dir.parent / "adviseur.sqlite").write_bytes(b"dit is geen database" * 100)
    reply = browser.get("/corpus")
    assert reply.status_code == 503 and reply.headers["retry-after"] and "niet na te gaan" in reply.text
