"""Feedback over the API: what is kept of it, what the reader is told of that, and from where it may come."""

import json
import sqlite3
import time
from datetime import UTC, datetime, timedelta

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from pydantic import SecretStr

from rag.advisor import Advisor
from rag.store.database import Database
from rag.web import feedback
from rag.web.server import create_app

HERE = "http://127.0.0.1:7860"
ANSWER = "a" * 32
SAID = {"sentence": 1, "verdict": "klopt_niet", "remark": "Mail jan@voorbeeld.nl: het jaartal is fout <b>."}


def serve(searcher, settings, **changes):
    """The routes of feedback alone: the chat around them takes seconds to build."""
    app = FastAPI()
    own = settings.model_copy(update=changes)
    app.include_router(feedback.router(Advisor(searcher, None, own), Database(own.database)))
    return app


def visitor(app, **options):
    return TestClient(app, base_url=HERE, client=("127.0.0.1", 50_000), follow_redirects=False, headers={"Origin": HERE}, **options)


@pytest.fixture
def client(searcher, settings):
    with visitor(serve(searcher, settings)) as made:
        yield made


@pytest.fixture
def passage(client, searcher):
    return searcher.search("project Lantaarn", 1)[0].passage


def database(settings):
    return settings.index_dir.parent / "adviseur.sqlite"


def say(client, answer=ANSWER, **changes):
    return client.post(f"/api/v1/answers/{answer}/feedback", json={**SAID, **changes})


def test_a_verdict_is_kept_masked_and_the_reader_is_told_what_is(client, passage, searcher):
    reply = say(client, question="Wanneer tekende jan@voorbeeld.nl?", text="Het is 2023.", passage_ids=[passage.id, "weg.abc"])
    assert reply.status_code == 201
    told = reply.json()
    assert told["days"] == 180 and told["message"].startswith("Bedankt. De redactie bekijkt uw oordeel; na 180 dagen wordt het gewist.")
    assert told["message"].endswith(" Uit uw opmerking is weggehaald wat op persoonsgegevens leek.")
    assert told["stored"] == {
        "sentence": 1,
        "verdict": "klopt_niet",
        "remark": "Mail [e-mailadres]: het jaartal is fout <b>.",
        "question": "Wanneer tekende [e-mailadres]?",
        "text": "Het is 2023.",
        "passage_ids": [passage.id],
        "corpus_version": searcher.store.meta()["corpus_version"],
    }
    page = client.get("/terugkoppeling").text
    assert "Mail [e-mailadres]: het jaartal is fout &lt;b&gt;." in page and "Wanneer tekende [e-mailadres]?" in page
    assert f"passage={passage.id.split('.')[-1]}#passage" in page and "weg.abc" not in page and "Zin 1 van een antwoord" in page
    assert "voorbeeld.nl" not in page and told["stored"]["corpus_version"] in page


def test_a_remark_without_personal_data_is_kept_as_it_is(client):
    told = say(client, remark="Het jaartal is fout. ").json()
    assert told["stored"]["remark"] == "Het jaartal is fout." and "weggehaald" not in told["message"]


def test_no_question_is_kept_before_a_reader_sends_a_verdict(searcher, settings):
    with visitor(create_app(Advisor(searcher, None, settings))) as client:
        asked = client.post("/api/v1/ask", json={"question": "Wat is project Lantaarn?"}).json()
        assert asked["status"] == "answered" and not database(settings).exists()
        assert client.get("/api/v1/feedback").json()["on"] and not database(settings).exists()
        say(client, asked["id"], question="Wat is project Lantaarn?")
        assert b"Wat is project Lantaarn?" in database(settings).read_bytes()


def test_the_question_is_not_kept_where_the_organisation_says_so(searcher, settings):
    with visitor(serve(searcher, settings, feedback="zonder_vraag")) as client:
        stored = say(client, question="Wanneer was dat?", text="In 2023.").json()["stored"]
        assert (stored["question"], stored["text"]) == ("", "")
        page = client.get("/terugkoppeling").text
    assert "Wanneer was dat?" not in page and "In 2023." not in page and "jaartal" in page
    assert b"Wanneer was dat" not in database(settings).read_bytes()


@pytest.mark.parametrize(
    ("mode", "on", "held"),
    [
        ("met_vraag", True, "uw vraag en de zin waar het over gaat. Wie u bent, bewaren wij niet."),
        ("zonder_vraag", True, "niet uw vraag. Wie u bent, bewaren wij niet."),
        ("uit", False, "Deze organisatie bewaart geen oordelen."),
    ],
)
def test_what_is_kept_is_told_before_anything_is_sent(searcher, settings, mode, on, held):
    with visitor(serve(searcher, settings, feedback=mode, feedback_days=30)) as client:
        told = client.get("/api/v1/feedback").json()
    assert (told["on"], told["question"], told["days"], told["max_remark"]) == (on, mode == "met_vraag", 30, 2000)
    assert held in told["told"]["nl"] and ("30 dagen" in told["told"]["nl"]) is on and ("30 days" in told["told"]["en"]) is on


def test_feedback_can_be_switched_off(searcher, settings):
    with visitor(serve(searcher, settings, feedback="uit")) as client:
        assert say(client).status_code == 403 and "staat uit" in client.get("/terugkoppeling").text


@pytest.mark.parametrize(
    "wrong",
    [
        {"verdict": "misschien"},
        {"sentence": -1},
        {"sentence": 501},
        {"remark": "x" * 2001},
        {"passage_ids": ["x"] * 21},
        {"corpus_version": "jan@voorbeeld.nl"},
    ],
)
def test_what_is_no_feedback_is_refused(client, wrong):
    assert say(client, **wrong).status_code == 422


def test_an_id_that_is_none_is_refused(client):
    assert say(client, answer="../x").status_code in (404, 405) and say(client, answer="A" * 32).status_code == 422


def test_feedback_from_another_site_is_refused(client):
    for headers in ({"Origin": "https://kwaad.example"}, {"Origin": "null"}, {"Origin": "https://[x"}, {"Sec-Fetch-Site": "cross-site"}):
        assert client.post(f"/api/v1/answers/{ANSWER}/feedback", json=SAID, headers=headers).status_code == 403
    del client.headers["Origin"]  # a program, not a page
    assert say(client).status_code == 201


def test_a_form_of_another_site_cannot_pass_for_json(client):
    body = json.dumps(SAID)
    assert client.post(f"/api/v1/answers/{ANSWER}/feedback", content=body, headers={"Content-Type": "text/plain"}).status_code == 422


def test_it_stands_on_the_server_which_tells_that_the_database_is_away(searcher, settings, tmp_path):
    (tmp_path / "bestand").write_text("x")
    away = settings.model_copy(update={"database_url": SecretStr(f"sqlite:///{tmp_path}/bestand/x.sqlite")})
    with visitor(create_app(Advisor(searcher, None, away))) as client:
        reply = say(client)
        assert reply.status_code == 503 and "map voor de database" in reply.json()["detail"]
        page = client.get("/terugkoppeling")
        assert page.status_code == 503 and "map voor de database" in page.text and "<h1>" in page.text


def test_what_is_past_its_term_is_erased_when_the_advisor_starts(searcher, settings):
    path = database(settings)
    with visitor(serve(searcher, settings)) as client:
        say(client)
    with sqlite3.connect(path) as db:
        db.execute("UPDATE feedback SET created = ?", ((datetime.now(UTC) - timedelta(days=181)).strftime("%Y-%m-%d %H:%M:%S.%f"),))
    with visitor(serve(searcher, settings)) as client:
        deadline = datetime.now(UTC) + timedelta(seconds=10)
        while b"jaartal" in path.read_bytes() and datetime.now(UTC) < deadline:
            time.sleep(0.05)
        assert b"jaartal" not in path.read_bytes()
