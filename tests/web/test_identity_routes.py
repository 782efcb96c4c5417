"""Every route of the whole application, the chat's and the files' too, without an identity and with the wrong role."""

import re
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from rag.advisor import Advisor
from rag.settings import Settings
from rag.store.audit import AT_THE_MACHINE
from rag.store.database import Database
from rag.store.keys import ApiKeys
from rag.web.security import is_closed
from rag.web.server import create_app

#: What anybody may read. Longer than this only after thinking: each line is open to whoever reaches the advisor.
PUBLIC = {
    "/healthz",
    "/readyz",
    "/inloggen",
    "/inloggen/terug",
    "/uitgelogd",
    "/oembed",
    "/embed/antwoord.css",
    "/embed/antwoord.js",
    "/embed/hoogte.js",
    "/embed/pps-antwoord.js",
    "/embed/antwoord/{public}",
    "/api/v1/embeds/{public}",
}
PUBLIC_FILES = {"source.css", "nlds-voorbeeld.css", "theme.css", "page.css"}
EDITORS = ("/terugkoppeling", "/insluiten")
PROGRAM, READER = {"Accept": "application/json"}, {"Accept": "text/html,*/*"}
#: So many there are at least: a walk that finds fewer has missed a part.
AT_LEAST = 90


def walk(routes, before=""):
    """(method, path) of every route, as it is asked."""
    for route in routes:
        included = getattr(route, "include_context", None)
        if included is not None:
            yield from walk(route.original_router.routes, before + included.prefix)
            continue
        path = before + getattr(route, "path", "")
        below = getattr(route, "routes", None)
        if below:
            yield from walk(below, path)
        elif getattr(route, "methods", None):
            yield from ((method, path) for method in route.methods)


def filled(path):
    """`path` with something in the place of every parameter."""
    return re.sub(r"\{[^}]+\}", "ab12", path)


@pytest.fixture(scope="module")
def parts():
    return {}


@pytest.fixture
def app(request, parts):
    """With a login, which is away, and with keys. Made once: the chat takes seconds."""
    if not parts:
        changes = {
            "oidc_issuer": "https://localhost:1",
            "oidc_client_id": "pps",
            "oidc_client_secret": "geheim-van-de-dienst",
            "session_secret": "s" * 40,
            "public_url": "https://pps.example.nl",
            "api_keys": "ja",
            "embed_origins": ["https://intranet.example.nl"],  # the chat once more, for other pages
        }
        made = Settings(_env_file=None, index_dir=request.getfixturevalue("index_dir"), **changes)
        parts["app"] = create_app(Advisor(request.getfixturevalue("searcher"), None, made))
        keys = ApiKeys(Database(made.database))
        for role in ("reader", "editor", "maintainer"):
            parts[role] = {"Authorization": f"Bearer {keys.create(role, role, 1, AT_THE_MACHINE)[0]}"}
    return parts["app"]


@pytest.fixture
def client(app):
    return TestClient(app, base_url="https://pps.example.nl", follow_redirects=False, raise_server_exceptions=False)


@pytest.fixture
def routes(app):
    found = sorted(set(walk(app.router.routes)))
    assert len(found) >= AT_LEAST
    for known in (
        ("POST", "/terugkoppeling/{feedback_id}/goud"),
        ("POST", "/api/v1/ask"),
        ("POST", "/gradio_api/queue/join"),
        ("GET", "/en/gradio_api/queue/data"),
        ("POST", "/embed/chat/gradio_api/queue/join"),
        ("GET", "/config"),
        ("GET", "/openapi.json"),
        ("POST", "/uitloggen"),
    ):
        assert known in found, known
    return found


def test_without_an_identity_every_route_is_closed_but_the_public_ones(client, routes):
    wrong, public = [], set()
    for method, path in routes:
        asked = filled(path)
        reply = client.request(method, asked, headers=PROGRAM)
        if reply.status_code == (404 if is_closed(asked) else 401):
            continue
        if path in PUBLIC and method in ("GET", "HEAD"):
            public.add(path)
            continue
        wrong.append((method, path, reply.status_code))
    assert wrong == []
    assert public == PUBLIC


def test_a_reader_in_a_browser_is_sent_to_the_login(client, routes):
    wrong = []
    for method, path in routes:
        asked = filled(path)
        if method == "GET" and path not in PUBLIC and not is_closed(asked):
            reply = client.get(asked, headers=READER)
            if reply.status_code != 303 or not reply.headers["location"].startswith("/inloggen?naar=/"):
                wrong.append((path, reply.status_code))
    assert wrong == []


def test_methods_that_no_route_has_are_closed_too(client, routes):
    paths = {filled(p) for _, p in routes if p not in PUBLIC and not is_closed(filled(p))}
    assert {client.request(m, p, headers=PROGRAM).status_code for p in paths for m in ("PATCH", "OPTIONS", "DELETE")} == {401}


def test_addresses_that_do_not_exist_tell_nothing(client):
    for path in (
        "/bestaat-niet",
        "/api/v1/bestaat-niet",
        "/static/bestaat-niet.css",
        "/bron/bestaat-niet",
        "/healthz/",
        "//healthz",
        "/HEALTHZ",
    ):
        assert client.get(f"https://pps.example.nl{path}", headers=PROGRAM).status_code == 401, path


def test_of_the_files_only_the_style_of_the_login_is_public(client):
    folder = Path(create_app.__code__.co_filename).parent / "static"
    found = {p.name for p in folder.iterdir() if p.is_file() and client.get(f"/static/{p.name}", headers=PROGRAM).status_code == 200}
    assert found == PUBLIC_FILES


def test_websockets_are_closed(client):
    for path in ("/gradio_api/queue/join", "/", "/en/", "/healthz-ws"):
        with pytest.raises(WebSocketDisconnect) as error, client.websocket_connect(path):
            pass
        assert error.value.code == 1008


@pytest.mark.parametrize("role", ["reader"])
def test_readers_open_what_is_theirs_and_nothing_of_editors(client, routes, parts, role):
    for path in ("/", "/en/", "/corpus", "/static/chat.css", "/config", "/openapi.json", "/api/v1/me", "/metrics"):
        assert client.get(path, headers={**PROGRAM, **parts[role]}).status_code == 200, path
    rooms = [(m, p) for m, p in routes if p.startswith(EDITORS)]
    assert len(rooms) >= 6
    assert {(m, p): s for m, p in rooms if (s := client.request(m, filled(p), headers={**PROGRAM, **parts[role]}).status_code) != 403} == {}
    assert client.post("/api/v1/embeds", headers=parts[role]).status_code == 403


@pytest.mark.parametrize("role", ["editor", "maintainer"])
def test_editors_open_their_rooms(client, routes, parts, role):
    assert client.get("/terugkoppeling", headers={**READER, **parts[role]}).status_code == 200
    assert client.get("/insluiten", headers={**READER, **parts[role]}).status_code == 200


def test_a_room_of_editors_is_not_opened_by_another_spelling(client, parts):
    for path in (
        "/terugkoppeling/",
        "/TERUGKOPPELING",
        "/terugkoppeling%2f",
        "/./terugkoppeling",
        "/en/terugkoppeling",
        "//terugkoppeling",
    ):
        reply = client.get(f"https://pps.example.nl{path}", headers={**READER, **parts["reader"]}, follow_redirects=True)
        assert "Terugkoppeling van lezers" not in reply.text, path


def test_what_was_made_for_somebody_is_not_for_a_cache(client, parts):
    assert "private" in client.get("/corpus", headers=parts["reader"]).headers["cache-control"]
    assert client.get("/corpus", headers=PROGRAM).headers["cache-control"] == "no-store"
