"""The same index on a real Chroma server, started here."""

import socket
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest
from fastapi.testclient import TestClient

from rag.advisor import Advisor
from rag.errors import ConfigurationError
from rag.knowledge.sync import sync
from rag.search.searcher import Searcher
from rag.search.vectors import connect
from rag.types import Filters
from rag.web.server import create_app

pytestmark = pytest.mark.server


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


@pytest.fixture
def chroma_url(tmp_path):
    port = free_port()
    command = [
        str(Path(sys.executable).with_name("chroma")),
        "run",
        "--path",
        str(tmp_path / "server"),
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
    ]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    deadline = time.monotonic() + 30
    while True:
        try:
            connect(tmp_path, url).heartbeat()
            break
        except Exception:  # noqa: BLE001 - not up yet, in whatever way the client says so
            assert time.monotonic() < deadline and process.poll() is None, "the Chroma server did not start"
            time.sleep(0.2)
    yield url
    process.terminate()
    process.wait(10)


def test_index_and_search_on_a_server(chroma_url, corpus, index_dir, encoder):
    report = sync([corpus], index_dir, encoder, lambda: connect(index_dir, chroma_url))
    assert report.documents == 2
    searcher = Searcher(index_dir, connect(index_dir, chroma_url), encoder)
    hits = searcher.search("Wat is havenoverleg Vuurtoren?", 3, Filters(domein=("ondermijning",)))
    assert [h.passage.document_id for h in hits] == ["havenoverleg-vuurtoren"] and "vectors" in hits[0].scores


GONE = (0, "breaks off without a word")


class Between:
    """A proxy between the advisor and Chroma that can answer searches in the place of Chroma."""

    def __init__(self, chroma: str) -> None:
        self.instead: tuple[int, str] | None = None
        between = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _pass(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length") or 0))
                if between.instead and self.path.endswith("/query"):
                    status, reply = between.instead[0], between.instead[1].encode()
                    if between.instead == GONE:
                        self.close_connection = True
                        return
                else:
                    kept = {k: v for k, v in self.headers.items() if k.lower() not in ("host", "accept-encoding")}
                    passed = httpx.request(self.command, chroma + self.path, content=body, headers=kept)
                    status, reply = passed.status_code, passed.content
                self.send_response(status)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(reply)))
                self.end_headers()
                self.wfile.write(reply)

            do_GET = do_POST = _pass

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}"


@pytest.fixture
def between(chroma_url):
    made = Between(chroma_url)
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture
def over_http(between, corpus, index_dir, encoder, settings):
    """The advisor over HTTP, with its searcher on a Chroma server behind `between`."""
    sync([corpus], index_dir, encoder, lambda: connect(index_dir, between.url))
    own = settings.model_copy(update={"chroma_url": between.url})
    advisor = Advisor(Searcher(index_dir, connect(index_dir, between.url), encoder), None, own)
    with TestClient(create_app(advisor, with_chat=False), raise_server_exceptions=False) as client:
        yield client


def asked(client):
    return client.post("/api/v1/ask", json={"question": "Wat is project Lantaarn?"})


@pytest.mark.parametrize(
    "instead",
    [
        (500, "geheime details"),
        (502, "<html>Bad Gateway</html>"),
        (503, "{}"),
        (429, '{"error": "RateLimitError", "message": "geheime details"}'),
        (500, '{"error": "InternalError", "message": "geheime details"}'),
        (401, '{"error": "AuthError", "message": "geheime details"}'),
        (200, "geen json"),
        (200, "{}"),
    ],
)
def test_a_server_that_fails_is_told_and_works_again_by_itself(over_http, between, instead, caplog):
    assert asked(over_http).json()["status"] == "answered"
    between.instead = instead
    reply = asked(over_http)
    assert reply.status_code == 503 and reply.json()["code"] == "unavailable" and reply.headers["retry-after"]
    assert "(Chroma) geeft nu een fout" in reply.json()["detail"] and "geheim" not in reply.text and "127.0.0.1" not in reply.text
    streamed = over_http.post("/api/v1/ask", json={"question": "Wat is PPS?"}, headers={"Accept": "text/event-stream"}).text
    assert "event: error" in streamed and "(Chroma) geeft nu een fout" in streamed
    assert "(Chroma)" in over_http.get("/api/v1/search", params={"q": "Lantaarn"}).json()["detail"]
    ready = over_http.get("/readyz")
    assert ready.status_code == 503 and ready.json()["not_ready"] == ["chroma"]
    between.instead = None
    assert asked(over_http).json()["status"] == "answered"


def test_a_collection_that_was_removed_is_told_with_what_to_do(over_http, chroma_url, corpus, index_dir, encoder):
    assert asked(over_http).json()["status"] == "answered"
    client = connect(index_dir, chroma_url)
    for collection in client.list_collections():
        client.delete_collection(collection.name)
    reply = asked(over_http)
    assert reply.status_code == 503 and "python -m rag index --rebuild" in reply.json()["detail"]
    assert over_http.get("/readyz").json()["not_ready"] == ["chroma"]
    sync([corpus], index_dir, encoder, lambda: connect(index_dir, chroma_url), rebuild=True)
    assert asked(over_http).json()["status"] == "answered"


def test_a_server_that_went_away_is_told(over_http, between):
    assert asked(over_http).json()["status"] == "answered"
    between.instead = GONE
    reply = asked(over_http)
    assert reply.status_code == 503 and "niet te bereiken" in reply.json()["detail"]


def test_a_server_that_is_not_there_is_told(tmp_path):
    with pytest.raises(ConfigurationError, match="antwoordt niet"):
        connect(tmp_path, f"http://127.0.0.1:{free_port()}")
