"""The API, version 1: answers as JSON and as events, repeated requests, answers read again, search by pages, and what is refused."""

import json
import re
import threading

import httpx
import pytest
from fastapi.testclient import TestClient

from rag.errors import IndexMissingError
from rag.web import api_types
from rag.web.server import create_app
from tests.web.served import served

ASKED = {"question": "Wat is project Lantaarn?"}
STREAM = {"Accept": "text/event-stream"}


@pytest.fixture
def client(advisor):
    with TestClient(create_app(advisor, with_chat=False), raise_server_exceptions=False) as made:
        yield made


def ask(client, body=ASKED, **headers):
    return client.post("/api/v1/ask", json=body, headers={k.replace("_", "-"): v for k, v in headers.items()})


def events(text):
    found = []
    for block in text.strip().split("\n\n"):
        kind, data = block.split("\n", 1)
        found.append((kind.removeprefix("event: "), json.loads(data.removeprefix("data: "))))
    return found


def is_problem(reply, status, code):
    told = reply.json()
    assert (reply.status_code, reply.headers["content-type"]) == (status, "application/problem+json")
    assert (told["status"], told["code"], told["type"]) == (status, code, "about:blank") and told["title"] and told["detail"]
    return told


@pytest.mark.parametrize("body", [ASKED, {"question": "Wat kost een brood?"}, {"question": "En dat?"}, {"question": ""}])
def test_an_answer_is_what_openapi_says(client, body):
    """Nothing more and nothing less, whatever its status."""
    answer = ask(client, body).json()
    assert api_types.AnswerOut.model_validate(answer).model_dump(mode="json") == answer


def test_the_example_of_openapi_is_an_answer():
    assert api_types.AnswerOut.model_validate(api_types.EXAMPLE)


def test_events_end_with_the_answer_as_json_has_it(client):
    told = events(ask(client, Accept="text/event-stream").text)
    kinds = [kind for kind, _ in told]
    assert kinds[0] == "evidence" and kinds[-1] == "answer" and set(kinds[1:-1]) == {"sentence"}
    assert told[-1][1]["text"] == ask(client).json()["text"]
    assert told[1][1]["new_citations"][0]["n"] in told[1][1]["citations"]


def test_a_failure_halfway_is_an_event(advisor, client, monkeypatch):
    monkeypatch.setattr(advisor, "stream", _raising(IndexMissingError("Er is nog geen index.")))
    reply = ask(client, Accept="text/event-stream")
    assert reply.status_code == 200 and events(reply.text)[-1][0] == "error"
    assert events(reply.text)[-1][1]["detail"] == "Er is nog geen index."


@pytest.mark.parametrize(
    ("error", "status", "code", "words"),
    [
        (IndexMissingError("Er is nog geen index."), 503, "unavailable", "nog geen index"),
        (httpx.ConnectError("http://10.1.2.3:8000 refused"), 503, "unavailable", "/readyz"),
        (RuntimeError("geheim 10.1.2.3"), 500, "internal_error", "beheerder"),
    ],
)
def test_what_fails_is_told_without_what_is_inside(advisor, client, monkeypatch, error, status, code, words):
    monkeypatch.setattr(advisor, "stream", _raising(error))
    reply = ask(client)
    assert words in is_problem(reply, status, code)["detail"] and "10.1.2.3" not in reply.text
    assert ("retry-after" in reply.headers) == (status == 503)


def test_a_follow_up_leans_on_history(client):
    first = ask(client).json()
    turn = {"question": first["standalone_question"], "documents": ["project-lantaarn"], "status": first["status"]}
    second = ask(client, {"question": "Wie doen daaraan mee?", "history": [turn]}).json()
    assert "Lantaarn" in second["standalone_question"] and "Bank Noord" in second["text"]


def test_the_same_key_and_body_give_the_same_answer(client):
    first, again = ask(client, Idempotency_Key="a-1"), ask(client, Idempotency_Key="a-1")
    assert again.json() == first.json() and again.headers["idempotency-replayed"] == "true"
    assert ask(client).json()["id"] != first.json()["id"] and "idempotency-replayed" not in first.headers
    streamed = events(ask(client, Idempotency_Key="a-1", Accept="text/event-stream").text)
    assert streamed[0][0] == "evidence" and streamed[-1] == ("answer", first.json())
    fresh = events(ask(client, Accept="text/event-stream").text)
    assert [kind for kind, _ in streamed] == [kind for kind, _ in fresh] and streamed[1] == fresh[1]


def test_the_same_key_with_another_body_is_refused(client):
    ask(client, Idempotency_Key="a-1")
    is_problem(ask(client, {"question": "Wat is havenoverleg Vuurtoren?"}, Idempotency_Key="a-1"), 422, "key_reused")
    assert ask(client, {"question": "Wat is havenoverleg Vuurtoren?"}, Idempotency_Key="a-2").status_code == 200


def test_a_key_of_somebody_else_gives_nothing(advisor):
    app = create_app(advisor, with_chat=False)
    with TestClient(app, client=("192.0.2.1", 1)) as one:
        other = TestClient(app, client=("192.0.2.2", 1))
        first = ask(one, Idempotency_Key="a-1").json()
        assert ask(other, Idempotency_Key="a-1").json()["id"] != first["id"] == ask(one, Idempotency_Key="a-1").json()["id"]
        assert ask(other, {"question": "Wat is havenoverleg Vuurtoren?"}, Idempotency_Key="a-2").status_code == 200


def test_a_second_request_waits_for_nothing_while_the_first_runs(advisor, monkeypatch):
    right, go, begun = advisor.ask, threading.Event(), threading.Event()

    def slow(*args, **options):
        begun.set()
        assert go.wait(20)
        return right(*args, **options)

    monkeypatch.setattr(advisor, "ask", slow)
    with served(create_app(advisor, with_chat=False)) as server:
        address, headers, replies = f"{server.address}/api/v1/ask", {"Idempotency-Key": "a-1"}, []
        first = threading.Thread(target=lambda: replies.append(httpx.post(address, json=ASKED, headers=headers, timeout=30)))
        first.start()
        assert begun.wait(10)
        second = httpx.post(address, json=ASKED, headers=headers)
        assert is_problem(second, 409, "in_progress") and second.headers["retry-after"] == "1"
        go.set()
        first.join(20)
        assert httpx.post(address, json=ASKED, headers=headers).json() == replies[0].json()


def test_a_stream_with_a_key_is_kept_too(client):
    first = events(ask(client, Idempotency_Key="s", Accept="text/event-stream").text)[-1][1]
    assert ask(client, Idempotency_Key="s").json() == first


def test_a_failure_is_not_repeated(advisor, client, monkeypatch):
    with monkeypatch.context() as broken:
        broken.setattr(advisor, "stream", _raising(IndexMissingError("weg")))
        assert ask(client, Idempotency_Key="f").status_code == 503
        assert events(ask(client, Idempotency_Key="g", Accept="text/event-stream").text)[-1][0] == "error"
    assert ask(client, Idempotency_Key="f").status_code == ask(client, Idempotency_Key="g").status_code == 200


@pytest.mark.parametrize("key", ["a b", "", "x" * 201])
def test_a_key_is_a_word(client, key):
    assert is_problem(ask(client, Idempotency_Key=key), 422, "invalid")["errors"][0]["loc"] == "header.Idempotency-Key"


def test_an_answer_can_be_read_again_for_a_while(client):
    answer = ask(client).json()
    assert client.get(f"/api/v1/answers/{answer['id']}").json() == answer
    assert "15 minuten" in is_problem(client.get(f"/api/v1/answers/{'0' * 32}"), 404, "answer_gone")["detail"]
    is_problem(client.get("/api/v1/answers/..%2f..%2fetc"), 404, "not_found")
    is_problem(client.get("/api/v1/answers/1"), 422, "invalid")


def test_a_refused_question_is_not_remembered(client):
    answer = ask(client, {"question": "Wat weet u over Jan de Vries, BSN 123456782?"}).json()
    assert answer["status"] == "refused_personal_data"
    is_problem(client.get(f"/api/v1/answers/{answer['id']}"), 404, "answer_gone")


def test_search_goes_by_pages(client):
    whole = client.get("/api/v1/search", params={"q": "project Lantaarn", "k": 50}).json()
    assert whole["next_offset"] is None and len(whole["passages"]) == 2
    found, offset = [], 0
    while offset is not None:
        page = client.get("/api/v1/search", params={"q": "project Lantaarn", "k": 1, "offset": offset}).json()
        found += page["passages"]
        offset = page["next_offset"]
    assert [p["passage_id"] for p in found] == [p["passage_id"] for p in whole["passages"]]


@pytest.mark.parametrize("q", ["1234", "!!", "\u200b\u200b"])
def test_a_search_without_a_word_is_refused(client, q):
    is_problem(client.get("/api/v1/search", params={"q": q}), 422, "invalid")


def test_what_is_wrong_is_named_by_its_place_and_not_repeated(client):
    secret = "Piet Paulusma"
    told = is_problem(ask(client, {"question": "x", "domein": [secret], "history": [{"question": secret * 400}]}), 422, "invalid")
    assert {e["loc"]: e["msg"] for e in told["errors"]} == {
        "body.domein.0": "is geen geldige keuze",
        "body.history.0.question": "is te lang",
    }
    assert secret not in json.dumps(told)
    reply = client.post("/api/v1/ask", content=b'{"question": ', headers={"Content-Type": "application/json"})
    assert is_problem(reply, 422, "invalid")["errors"][0]["msg"] == "is geen JSON"
    assert ask(client, {}).json()["errors"] == [{"loc": "body.question", "msg": "ontbreekt"}]


def test_too_much_is_refused(client):
    is_problem(client.post("/api/v1/ask", content=b" " * 2_000_001, headers={"Content-Type": "application/json"}), 413, "too_large")
    chunks = (b" " * 100_000 for _ in range(25))  # without a length beforehand
    is_problem(client.post("/api/v1/ask", content=chunks, headers={"Content-Type": "application/json"}), 413, "too_large")


def test_unknown_addresses_and_methods(client):
    is_problem(client.get("/api/v1/bestaat-niet"), 404, "not_found")
    is_problem(client.get("/api/v2/ask"), 404, "not_found")
    is_problem(client.put("/api/v1/ask"), 405, "method_not_allowed")
    assert client.get("/api/v1/ask").headers["allow"] == "POST"
    assert client.post("/api/v1/search").headers["allow"] == "GET"


def test_openapi_tells_refusals_as_they_are(client):
    schema = client.get("/openapi.json").json()
    assert "HTTPValidationError" not in json.dumps(schema)
    for path in ("/api/v1/ask", "/api/v1/search", "/api/v1/answers/{answer_id}", "/api/v1/answers/{answer_id}/feedback", "/v1/models"):
        assert path in schema["paths"], path
    refused = schema["paths"]["/api/v1/ask"]["post"]["responses"]
    assert {"409", "413", "422", "429", "503"} <= set(refused)
    assert refused["429"]["content"]["application/problem+json"]["schema"]["$ref"] == "#/components/schemas/Problem"
    known = set(schema["components"]["schemas"])
    assert {name.rpartition("/")[2] for name in re.findall(r'"\$ref": "([^"]+)"', json.dumps(schema))} <= known


def test_the_page_of_the_api_loads_only_our_own_files(client):
    page = client.get("/docs").text
    assert "POST /api/v1/ask" in page and "Idempotency-Key" in page and "<script" not in page
    assert not re.findall(r'(?:src|href)="(?:https?:)?//', page)


def _raising(error):
    def fail(*args, **kwargs):
        raise error

    return fail
