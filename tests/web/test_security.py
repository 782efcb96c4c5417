"""Headers, what of Gradio is closed, what addresses cannot reach, and that no address from outside is fetched."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from fastapi.testclient import TestClient

from rag.web.security import is_closed, is_plain
from rag.web.server import create_app
from tests.web.served import served

FILE = {"path": "{url}/a", "url": "{url}/b", "orig_name": "x", "meta": {"_type": "gradio.FileData"}}


@pytest.fixture
def client(advisor):
    with TestClient(create_app(advisor), follow_redirects=False, raise_server_exceptions=False) as made:
        yield made


@pytest.fixture
def outside():
    """The address of a server elsewhere, and what it was asked."""
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()

        do_HEAD = do_POST = do_GET

        def log_message(self, *args) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", asked
        server.shutdown()


@pytest.mark.parametrize(
    "path",
    [
        "/bron/project-lantaarn",
        "/corpus",
        "/kennisgaten",
        "/docs",
        "/advies",
        "/over",
        "/toegankelijkheid",
        "/api/v1/x",
        "/readyz",
        "/static/x",
    ],
)
def test_our_pages_run_nothing_from_inside(client, path):
    headers = client.get(path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy and "frame-ancestors 'none'" in policy and "*" not in policy
    assert headers["x-content-type-options"] == "nosniff" and headers["referrer-policy"] and "camera=()" in headers["permissions-policy"]


@pytest.mark.parametrize("path", ["/", "/en/"])
def test_the_chat_asks_nothing_of_other_machines(client, path):
    reply = client.get(path)
    policy = reply.headers["content-security-policy"]
    assert reply.status_code == 200 and "default-src 'self'" in policy and "connect-src 'self'" in policy and "http" not in policy
    assert "frame-ancestors 'self'" in policy and "object-src 'none'" in policy and "'unsafe-inline'" in policy


def test_pages_hold_no_script_or_style_of_their_own(client):
    """Else the header above would break them."""
    for path in ("/bron/project-lantaarn", "/corpus", "/kennisgaten", "/docs", "/advies", "/over", "/en/over", "/toegankelijkheid", "/weg"):
        page = client.get(path, headers={"Accept": "text/html"}).text
        assert "<style" not in page and " style=" not in page and " onclick=" not in page and "<script>" not in page, path


@pytest.mark.parametrize(
    "rest",
    [
        *(
            "upload",
            "upload_progress?upload_id=1",
            "file=/etc/passwd",
            "file/etc/passwd",
            "proxy=http://example.org/",
            "run/vraag",
            "call/vraag",
        ),
        *("api/vraag", "component_server", "stream/x", "openapi.json", "runs", "run-history/buckets", "deep_link", "dev/reload", "mcp", ""),
        "custom_component/1/client/component/index.js",
    ],
)
@pytest.mark.parametrize("root", ["", "/en"])
def test_spare_routes_of_gradio_do_not_exist(client, root, rest):
    for method in ("GET", "POST"):
        reply = client.request(method, f"{root}/gradio_api/{rest}")
        assert reply.status_code == 404 and reply.json()["code"] == "not_found"


@pytest.mark.parametrize(
    "path", ["/file=/etc/passwd", "/proxy=http://x/", "/monitoring", "/monitoring/x", "/en/runs", "//gradio_api/file=/etc/passwd"]
)
def test_nor_their_other_names(client, path):
    assert client.get(path).status_code == 404


@pytest.mark.parametrize(
    "path", ["/gradio_api/queue/join", "/en/gradio_api/queue/data", "/gradio_api/heartbeat/abc", "/config", "/bron/file", "/"]
)
def test_what_the_chat_needs_is_open(path):
    assert not is_closed(path)


def test_no_address_that_a_caller_names_is_fetched(client, outside):
    url, asked = outside
    named = json.loads(json.dumps(FILE).replace("{url}", url))
    count = len(client.get("/config").json()["dependencies"])
    for number in range(count):
        for data in ([named] * 5, [[named]] * 5, [{"a": [named]}]):
            reply = client.post("/gradio_api/queue/join", json={"data": data, "fn_index": number, "session_hash": f"s{number}"})
            assert reply.status_code == 422 and "alleen tekst" in reply.json()["detail"]
    for body in ({"question": url}, {"question": "x", "history": [{"question": url, "documents": [url]}]}):
        assert client.post("/api/v1/ask", json=body).status_code == 200
    picture = [{"type": "image_url", "image_url": {"url": url}}, {"type": "text", "text": f"Wat is {url}?"}]
    assert client.post("/v1/chat/completions", json={"messages": [{"role": "user", "content": picture}]}).status_code == 200
    client.get("/bron/" + url.replace("/", "%2f"))
    client.get("/api/v1/search", params={"q": url})
    assert asked == []


@pytest.mark.parametrize(
    ("body", "plain"),
    [
        (b'{"data": ["vraag", "", ["cybercrime"], [], null, 1], "event_data": {"a": 1}}', True),
        (b'{"data": []}', True),
        (b'{"data": ["a", {"path": "x"}]}', False),
        (b'{"data": [[[{"m": 1}]]]}', False),
        (b'{"data": {"0": "a"}}', False),
        (b'{"data": ["\\u0067", {"\\u005ftype": 1}]}', False),
        (b"[" * 100_000, False),
        (b"geen json", False),
        (b"\xff\xfe", False),
    ],
)
def test_what_is_plain(body, plain):
    assert is_plain(body) is plain


@pytest.mark.parametrize("folder", ["/bron", "/static", "/assets", "/svelte", "/en/assets"])
@pytest.mark.parametrize(
    "way",
    ["../server.py", "..%2fserver.py", "%2e%2e/%2e%2e/etc/passwd", "..%5c..%5cserver.py", "%2fetc%2fpasswd", "....//server.py", "a%00.css"],
)
def test_no_way_out_of_a_folder(advisor, folder, way):
    """Over a real connection: a client library may straighten the way itself."""
    import http.client

    with served(create_app(advisor, with_chat=False)) as server:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
        connection.request("GET", f"{folder}/{way}")
        reply = connection.getresponse()
        text = reply.read().decode()
        assert reply.status in (400, 403, 404) and "import" not in text and "root:" not in text
        connection.close()


def test_a_body_of_the_chat_has_a_limit(client):
    reply = client.post(
        "/gradio_api/queue/join", content=b'{"data": ["' + b"a" * 4_000_000 + b'"]}', headers={"Content-Type": "application/json"}
    )
    assert reply.status_code == 413 and reply.headers["content-type"] == "application/problem+json"
    chunks = (b"a" * 100_000 for _ in range(50))
    assert client.post("/gradio_api/queue/join", content=chunks).status_code == 413


def test_a_reader_is_told_of_errors_as_a_page(advisor, monkeypatch):
    app = create_app(advisor, with_chat=False)
    with TestClient(app, base_url="http://127.0.0.1:7860", client=("127.0.0.1", 50_000), raise_server_exceptions=False) as here:
        reader = {"Accept": "text/html", "Origin": "http://127.0.0.1:7860"}
        too_much = here.post("/terugkoppeling/" + "a" * 32 + "/staat", data={"token": "a" * 300_000}, headers=reader)
        assert too_much.status_code == 413 and "<h1>Te groot</h1>" in too_much.text
        monkeypatch.setattr(advisor.searcher.store, "document", lambda _: 1 / 0)
        failed = here.get("/bron/project-lantaarn", headers=reader)
        assert failed.status_code == 500 and "<h1>Er ging iets mis</h1>" in failed.text and "division" not in failed.text
        assert here.get("/bron/project-lantaarn").json()["code"] == "internal_error"
