"""Questions come in the record from every door, with who asked where somebody is known, and no answer waits or is lost for it."""

from __future__ import annotations

import asyncio
import re
import sqlite3
import time

import pytest
from fastapi.testclient import TestClient
from mcp import Client

from rag import mcp
from rag.advisor import Advisor
from rag.web.server import create_app
from tests.scale.services import until

ASKED = {"question": "Wat is project Lantaarn?"}
PROXY = {"trusted_header": "X-Remote-User", "trusted_proxies": ["10.0.0.5"], "public_url": "http://testserver"}
JAN = {"X-Remote-User": "jan-0417", "Sec-Fetch-Site": "same-origin"}


def rows(settings):
    path = settings.index_dir.parent / "adviseur.sqlite"
    if not path.exists():
        return []
    db = sqlite3.connect(path)
    try:
        return db.execute("SELECT status, composer, question, subject FROM questions ORDER BY moment").fetchall()
    except sqlite3.OperationalError:  # the tables are being made
        return []
    finally:
        db.close()


def app_of(searcher, settings, chat=False, **changes):
    return create_app(Advisor(searcher, None, settings.model_copy(update=changes)), with_chat=chat)


def test_the_api_and_the_door_for_openai_record_what_was_asked_and_by_whom(searcher, settings):
    app = app_of(searcher, settings, questions="met_tekst", **PROXY)
    with TestClient(app, client=("10.0.0.5", 1)) as client:
        assert client.post("/api/v1/ask", json=ASKED, headers=JAN).status_code == 200
        stream = client.post("/api/v1/ask", json=ASKED, headers={**JAN, "Accept": "text/event-stream"})
        assert "event: answer" in stream.text
        chat = {"model": "pps-adviseur", "messages": [{"role": "user", "content": ASKED["question"]}]}
        assert client.post("/v1/chat/completions", json=chat, headers=JAN).status_code == 200
        assert client.post("/v1/chat/completions", json={**chat, "stream": True}, headers=JAN).status_code == 200
    assert rows(settings) == [("answered", "extractief", ASKED["question"], "jan-0417")] * 4


def test_the_chat_records_the_same(searcher, settings):
    app = app_of(searcher, settings, chat=True, questions="met_tekst", **PROXY)
    with TestClient(app, client=("10.0.0.5", 1)) as client:
        config = client.get("/config", headers=JAN).json()
        ask = next(d for d in config["dependencies"] if d["api_name"] == "vraag")
        values = {c["id"]: c["props"].get("value") for c in config["components"]}
        data = [ASKED["question"], "", [], [], values[ask["inputs"][4]]]
        asked = {"data": data, "fn_index": ask["id"], "session_hash": "lezer"}
        assert client.post("/gradio_api/queue/join", json=asked, headers=JAN).status_code == 200
        heard = client.get("/gradio_api/queue/data", params={"session_hash": "lezer"}, headers=JAN).text
        assert "factuurfraude" in heard
    assert rows(settings) == [("answered", "extractief", ASKED["question"], "jan-0417")]


def test_nobody_in_particular_has_no_name_in_it(searcher, settings):
    with TestClient(app_of(searcher, settings, questions="zonder_tekst", open="ja", public_url="http://testserver")) as client:
        assert client.post("/api/v1/ask", json=ASKED).status_code == 200
    assert rows(settings) == [("answered", "extractief", "", "")]


def test_by_default_nothing_is_recorded(searcher, settings):
    with TestClient(app_of(searcher, settings)) as client:
        assert client.post("/api/v1/ask", json=ASKED).status_code == 200
    assert rows(settings) == [] and settings.questions == "uit"


def test_tools_of_assistants_record_too(searcher, settings):
    advisor = Advisor(searcher, None, settings.model_copy(update={"questions": "met_tekst"}))

    async def ask():
        async with Client(mcp.build(advisor)) as client:
            await client.call_tool("ask", ASKED)

    with mcp.recorded(advisor):
        asyncio.run(ask())
    assert rows(settings) == [("answered", "extractief", ASKED["question"], "")]


@pytest.mark.parametrize("url", ["postgresql+psycopg://pps@127.0.0.1:9/x?connect_timeout=2", "sqlite:////dev/null/x.sqlite"])
def test_a_database_that_is_down_costs_no_answer_and_no_time(searcher, settings, url):
    from pydantic import SecretStr

    app = app_of(searcher, settings, questions="met_tekst", database_url=SecretStr(url))
    with TestClient(app) as client:
        client.post("/api/v1/ask", json=ASKED)
        started = time.monotonic()
        for _ in range(5):
            assert client.post("/api/v1/ask", json=ASKED).json()["status"] == "answered"
        assert time.monotonic() - started < 5


def test_texts_of_before_go_when_the_organisation_stops_to_keep_them(searcher, settings):
    with TestClient(app_of(searcher, settings, questions="met_tekst")) as client:
        client.post("/api/v1/ask", json=ASKED)
    assert rows(settings)
    with TestClient(app_of(searcher, settings)):
        until(lambda: not rows(settings))


@pytest.mark.parametrize(
    ("mode", "told", "english"),
    [
        ("uit", "Uw vragen Nee, alleen wat hieronder staat.", "Your questions No, only what stands below."),
        ("zonder_tekst", "De tekst van uw vraag niet. Bent u ingelogd", "Not the text of your question. If you are logged in"),
        ("met_tekst", "met de tekst van uw vraag. Wat op persoonsgegevens lijkt", "with the text of your question. What looks"),
    ],
)
def test_readers_are_told_what_is_kept(searcher, settings, mode, told, english):
    client = TestClient(app_of(searcher, settings, questions=mode, questions_days=1))
    for path, text in (("/over", told), ("/en/over", english)):
        page = " ".join(re.sub(r"<[^>]+>", " ", client.get(path).text).split())
        assert text in page
    assert ("1 dag" in client.get("/over").text) is (mode != "uit")


def test_a_repeated_request_is_answered_from_memory_where_the_database_is_down(searcher, settings):
    from pydantic import SecretStr

    down = SecretStr("postgresql+psycopg://pps@127.0.0.1:9/x?connect_timeout=2")
    with TestClient(app_of(searcher, settings, questions="met_tekst", database_url=down)) as client:
        first, again = (client.post("/api/v1/ask", json=ASKED, headers={"Idempotency-Key": "a"}) for _ in range(2))
        assert first.status_code == 200 and again.json() == first.json()
        assert client.get(f"/api/v1/answers/{first.json()['id']}").json() == first.json()
        gone = client.get(f"/api/v1/answers/{'0' * 32}")
        assert gone.status_code == 503 and "database" in gone.json()["detail"]


def test_an_application_that_was_started_again_still_has_the_answer(searcher, settings):
    with TestClient(app_of(searcher, settings, questions="met_tekst")) as client:
        first = client.post("/api/v1/ask", json=ASKED, headers={"Idempotency-Key": "a"}).json()
    with TestClient(app_of(searcher, settings, questions="met_tekst")) as client:
        assert client.get(f"/api/v1/answers/{first['id']}").json() == first
        again = client.post("/api/v1/ask", json=ASKED, headers={"Idempotency-Key": "a"})
        assert again.json() == first and again.headers["idempotency-replayed"] == "true"
    with TestClient(app_of(searcher, settings)) as client:
        assert client.get(f"/api/v1/answers/{first['id']}").status_code == 404
