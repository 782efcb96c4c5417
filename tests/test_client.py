"""The Python client, against the real application over a real connection."""

import threading

import httpx
import pytest

from rag.client import ApiError, Client
from rag.errors import IndexMissingError
from rag.web.server import create_app
from tests.web.served import served

QUESTION = "Wat is project Lantaarn?"


@pytest.fixture
def client(advisor):
    with served(create_app(advisor, with_chat=False)) as server, Client(server.address) as made:
        yield made


def test_an_answer_and_a_follow_up(client):
    first = client.ask(QUESTION)
    assert first["status"] == "answered" and first["citations"][0]["document_id"] == "project-lantaarn"
    second = client.ask("Wie doen daaraan mee?", [first])
    assert "Lantaarn" in second["standalone_question"] and "Bank Noord" in second["text"]
    assert client.answer(first["id"]) == first


def test_the_same_key_gives_the_same_answer(client):
    assert client.ask(QUESTION, key="een") == client.ask(QUESTION, key="een") != client.ask(QUESTION)


def test_filters_narrow_the_search(client):
    found = client.search("Lantaarn", domein=["ondermijning"], rol="gemeente")
    assert {p["document_id"] for p in found["passages"]} == {"havenoverleg-vuurtoren"} and found["next_offset"] is None
    assert client.search("Lantaarn", k=1)["next_offset"] == 1 and len(client.search("Lantaarn", k=1, offset=1)["passages"]) == 1
    with pytest.raises(TypeError, match="kleur"):
        client.search("Lantaarn", kleur=["rood"])


def test_a_stream(client):
    told = list(client.stream(QUESTION))
    assert [kind for kind, _ in told][0] == "evidence" and told[-1][0] == "answer"
    assert told[-1][1]["text"] == client.ask(QUESTION)["text"]
    assert all(data["citations"] for kind, data in told if kind == "sentence")


def test_a_refusal_is_an_error_with_its_reason(client):
    with pytest.raises(ApiError) as wrong:
        client.ask(QUESTION, domein=["zee"])
    assert (wrong.value.status, wrong.value.code, wrong.value.retry_after_s) == (422, "invalid", None)
    with pytest.raises(ApiError) as gone:
        client.answer("0" * 32)
    assert gone.value.code == "answer_gone" and "Stel de vraag opnieuw" in str(gone.value)
    with pytest.raises(ApiError):
        next(client.stream(QUESTION, domein=["zee"]))


def test_a_failure_halfway_is_an_error(client, advisor, monkeypatch):
    def fail(*args, **options):
        raise IndexMissingError("Er is nog geen index.")

    monkeypatch.setattr(advisor, "stream", fail)
    with pytest.raises(ApiError, match="nog geen index") as streamed:
        list(client.stream(QUESTION))
    with pytest.raises(ApiError, match="nog geen index") as whole:
        client.ask(QUESTION)
    assert streamed.value.status == whole.value.status == 503 and whole.value.retry_after_s == 30


def test_a_key_goes_along_and_other_replies_are_told():
    asked = []

    def reply(request):
        asked.append(request.headers.get("authorization"))
        return httpx.Response(502, text="<html>Bad gateway</html>", headers={"Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT"})

    with Client("http://x", key="geheim", transport=httpx.MockTransport(reply)) as client, pytest.raises(ApiError, match="HTTP 502") as bad:
        client.search("x y")
    assert asked == ["Bearer geheim"] and bad.value.retry_after_s is None


def test_many_threads_share_one_client(client):
    found = []
    threads = [threading.Thread(target=lambda: found.append(client.ask(QUESTION)["status"])) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert found == ["answered"] * 8
