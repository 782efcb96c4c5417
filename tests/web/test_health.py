"""Whether the process lives, what is not ready, and the figures."""

import re
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr

from rag.advisor import Advisor
from rag.search.searcher import Searcher
from rag.search.vectors import connect
from rag.store import database as module
from rag.web.server import create_app

ASKED = {"question": "Wat is project Lantaarn?"}
#: A port on which nothing listens.
NOWHERE = "http://127.0.0.1:9"


def client_for(searcher, settings, **changes):
    return TestClient(create_app(Advisor(searcher, None, settings.model_copy(update=changes)), with_chat=False))


def test_everything_is_ready(searcher, settings):
    with client_for(searcher, settings) as client:
        reply = client.get("/readyz")
        assert reply.status_code == 200 and reply.json() == {
            "status": "ok",
            "corpus_version": searcher.snapshot().corpus_version,
            "parts": {"index": "ok", "chroma": "ok", "database": "ok", "taalmodel": "niet in gebruik"},
            "not_ready": [],
        }


def test_without_an_index_it_lives_and_is_not_ready(settings, encoder, index_dir):
    searcher = Searcher(index_dir, connect(index_dir / "chroma"), encoder)
    with client_for(searcher, settings) as client:
        assert client.get("/healthz").json() == {"status": "ok"}
        reply = client.get("/readyz")
        assert reply.status_code == 503 and reply.headers["content-type"] == "application/problem+json" and reply.headers["retry-after"]
        assert reply.json()["not_ready"] == ["index", "chroma"] and reply.json()["code"] == "not_ready"
        assert str(index_dir) not in reply.text


def test_without_chroma_it_is_not_ready(searcher, settings):
    with client_for(searcher, settings, chroma_url=NOWHERE) as client:
        reply = client.get("/readyz")
        assert reply.status_code == 503 and reply.json()["not_ready"] == ["chroma"] and "Niet gereed: chroma." in reply.json()["detail"]
        assert NOWHERE not in reply.text


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        ({"llm": f"m@{NOWHERE}/v1"}, "taalmodel"),
        ({"llm": "lokaal"}, "taalmodel"),
        ({"database_url": SecretStr("postgresql+geen://x:geheim@127.0.0.1:9/x")}, "database"),
    ],
)
def test_without_the_rest_it_answers_and_says_what_is_missing(searcher, settings, tmp_path, changes, part):
    with client_for(searcher, settings, models_dir=tmp_path / "geen", **changes) as client:
        reply = client.get("/readyz")
        assert reply.status_code == 200 and reply.json()["status"] == "beperkt" and reply.json()["not_ready"] == [part]
        assert "127.0.0.1" not in reply.text and "geheim" not in reply.text
        assert client.post("/api/v1/ask", json=ASKED).status_code == 200


def test_a_part_that_hangs_is_told_in_time(searcher, settings, monkeypatch):
    monkeypatch.setattr("rag.web.health.LIMIT_S", 0.1)
    monkeypatch.setattr("rag.web.health.Readiness._model", lambda self: time.sleep(1) or "ok")
    with client_for(searcher, settings) as client:
        assert client.get("/readyz").json()["parts"]["taalmodel"] == "antwoordt niet op tijd"


def test_it_recovers_by_itself(searcher, settings, monkeypatch):
    monkeypatch.setattr("rag.web.health.FRESH_S", 0)

    class Heartbeat(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path == "/api/v2/heartbeat" else 404)
            self.end_headers()

        def log_message(self, *args) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Heartbeat) as chroma:
        with client_for(searcher, settings, chroma_url=f"http://127.0.0.1:{chroma.server_port}") as client:
            monkeypatch.setattr("rag.web.health.LIMIT_S", 0.2)  # it is there, and does not reply yet
            assert client.get("/readyz").json()["not_ready"] == ["chroma"]
            monkeypatch.setattr("rag.web.health.LIMIT_S", 5)
            threading.Thread(target=chroma.serve_forever, daemon=True).start()
            assert client.get("/readyz").json()["status"] == "ok"
        chroma.shutdown()


def test_the_parts_are_not_asked_for_everyone(searcher, settings, monkeypatch):
    asked = []
    monkeypatch.setattr("rag.web.health.Readiness._model", lambda self: asked.append(1) or "ok")
    with client_for(searcher, settings) as client:
        for _ in range(5):
            client.get("/readyz")
    assert asked == [1]


def test_figures_hold_what_happened_and_no_question(searcher, settings):
    with client_for(searcher, settings) as client:
        client.post("/api/v1/ask", json=ASKED)
        client.get("/api/v1/search", params={"q": "geheimzinnig"})
        client.get("/bron/project-lantaarn?passage=geheimzinnig")
        client.get("/api/v1/geheimzinnig")
        client.post("/api/v1/ask", json={"question": "geheimzinnig", "k": 1, "domein": ["geheimzinnig"]})
        text = client.get("/metrics").text
    for line in (
        'pps_answers_total{status="answered",writer="extractive"} 1.0',
        'pps_http_requests_total{method="POST",route="/api/v1/ask",status="200"} 1.0',
        'pps_http_requests_total{method="POST",route="/api/v1/ask",status="422"} 1.0',
        'pps_http_requests_total{method="GET",route="/bron/{document_id}",status="200"} 1.0',
        'pps_http_requests_total{method="GET",route="/api/{rest}",status="404"} 1.0',
        "pps_questions_running 0.0",
        "pps_questions_waiting 0.0",
    ):
        assert line in text, line
    assert re.search(r'pps_step_seconds_count\{step="retrieve"\} 1.0', text)
    assert "geheimzinnig" not in text and "Lantaarn" not in text and "lantaarn" not in text


def test_one_pool_serves_all_that_keeps_something(searcher, settings, monkeypatch):
    made, real = [], module.create_engine
    monkeypatch.setattr(module, "create_engine", lambda *given, **options: made.append(given) or real(*given, **options))
    advisor = Advisor(searcher, None, settings.model_copy(update={"open": "ja", "api_keys": "ja", "public_url": "http://testserver"}))
    with TestClient(create_app(advisor, with_chat=False)) as client:
        verdict = {"sentence": 1, "verdict": "klopt"}
        assert client.post(f"/api/v1/answers/{'a' * 32}/feedback", json=verdict).status_code == 201
        assert client.get("/readyz").json()["parts"]["database"] == "ok"
        key = f"pps_{'0' * 12}_{'a' * 43}"
        assert client.get("/corpus", headers={"Authorization": f"Bearer {key}"}).status_code == 401
        assert client.get(f"/embed/antwoord/{'a' * 64}").status_code == 404
    assert len(made) == 1
