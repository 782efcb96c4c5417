"""Logs as JSON lines: what happened, and nothing that a reader typed."""

import io
import json
import logging

import pytest
from fastapi.testclient import TestClient

from rag.web import logs
from rag.web.server import create_app

SECRET = "geheimzinnige vraag van Piet"


@pytest.fixture
def lines():
    """What was logged, as objects; logging is as before afterwards."""
    root = logging.getLogger()
    before = [(n, logging.getLogger(n)) for n in ("", "uvicorn", "uvicorn.error", "rag.web.requests", *logs._SILENT)]
    kept = [(logger, logger.level, list(logger.handlers), logger.propagate, logger.disabled) for _, logger in before]
    stream = io.StringIO()
    logs.set_up("json", stream)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    for logger, level, handlers, propagate, disabled in kept:
        logger.setLevel(level)
        logger.handlers[:] = handlers
        logger.propagate, logger.disabled = propagate, disabled
    assert root.handlers is not None


def test_requests_and_answers_are_told_without_text(advisor, lines):
    with TestClient(create_app(advisor, with_chat=False)) as client:
        answer = client.post("/api/v1/ask", json={"question": f"Wat is project Lantaarn, {SECRET}?"}).json()
        client.get("/api/v1/search", params={"q": SECRET})
        client.get(f"/bron/{SECRET}")
    told = [line for line in lines() if line["logger"] == "rag.web.requests"]
    assert [(t["event"], t.get("route")) for t in told] == [
        ("answer", None),
        ("request", "/api/v1/ask"),
        ("request", "/api/v1/search"),
        ("request", "/bron/{document_id}"),
    ]
    assert told[0]["answer_id"] == answer["id"] and told[0]["status"] == answer["status"] and told[0]["timings_ms"]["total"] > 0
    assert told[1]["status"] == 200 and told[1]["ms"] > 0 and told[3]["status"] == 404
    assert "geheimzinnig" not in json.dumps(lines()) and "Lantaarn" not in json.dumps(lines())


def test_an_exception_is_told_by_its_kind_and_places(advisor, lines, monkeypatch):
    def failing(*args, **options):
        raise RuntimeError(SECRET)

    monkeypatch.setattr(advisor, "stream", failing)
    with TestClient(create_app(advisor, with_chat=False), raise_server_exceptions=False) as client:
        client.post("/api/v1/ask", json={"question": SECRET}, headers={"Accept": "text/event-stream"})
    failed = [line for line in lines() if "exception" in line]
    assert failed[0]["exception"][0]["type"] == "RuntimeError" and any("failing" in at for at in failed[0]["exception"][0]["at"])
    assert failed[0]["level"] == "error" and SECRET not in json.dumps(lines())


def test_what_it_came_from_is_told_too(lines):
    try:
        try:
            raise KeyError(SECRET)
        except KeyError as error:
            raise ValueError(SECRET) from error
    except ValueError:
        logging.getLogger("x").exception("mislukt voor %s", SECRET)
    assert [e["type"] for e in lines()[0]["exception"]] == ["ValueError", "KeyError"]
    assert lines()[0]["event"] == "mislukt voor %s"


def test_as_text_nothing_changes():
    handlers = list(logging.getLogger().handlers)
    logs.set_up("tekst")
    assert logging.getLogger().handlers == handlers
