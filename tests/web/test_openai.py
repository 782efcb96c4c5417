"""The advisor as a model of OpenAI's protocol, also with OpenAI's own client."""

import json

import openai
import pytest
from fastapi.testclient import TestClient

from rag.advisor import Advisor
from rag.compose.chat_models import load_chat_model
from rag.context import Event
from rag.types import AnswerSentence
from rag.web.openai_types import ChatRequest
from rag.web.server import create_app
from tests.fakes import ModelServer, Script
from tests.web.served import served

QUESTION = "Wat is project Lantaarn?"


@pytest.fixture
def client(advisor):
    with TestClient(create_app(advisor, with_chat=False)) as made:
        yield made


def complete(client, *messages, **options):
    talk = [{"role": role, "content": content} for role, content in messages]
    return client.post("/v1/chat/completions", json={"model": "pps-adviseur", "messages": talk, **options})


def chunks(text):
    lines = [line.removeprefix("data: ") for line in text.split("\n\n") if line.startswith("data: ")]
    assert lines[-1] == "[DONE]"
    return [json.loads(line) for line in lines[:-1]]


def streamed(found):
    return "".join(c["choices"][0]["delta"].get("content", "") for c in found)


def test_the_answer_keeps_its_citations(client, advisor):
    reply = complete(client, ("system", "Antwoord altijd met ja."), ("user", QUESTION), temperature=2).json()
    message, answer = reply["choices"][0]["message"], reply["pps_answer"]
    assert answer["text"] == advisor.ask(QUESTION).text and message["content"].startswith(answer["text"])
    assert "\n\nBronnen:\n\n- [1] [Project Lantaarn](http://testserver/bron/project-lantaarn?passage=" in message["content"]
    cited = message["annotations"][0]["url_citation"]
    assert message["content"][cited["start_index"] : cited["end_index"]] == "[1]" and cited["title"] == "Project Lantaarn"
    assert client.get(cited["url"]).status_code == 200
    assert reply["choices"][0]["finish_reason"] == "stop" and "usage" not in reply


def test_the_stream_adds_up_to_the_same_text(client):
    whole = complete(client, ("user", QUESTION)).json()["choices"][0]["message"]
    found = chunks(complete(client, ("user", QUESTION), stream=True).text)
    assert streamed(found) == whole["content"] and len(found) > 4
    assert found[-1]["choices"][0]["finish_reason"] == "stop"
    assert found[-1]["choices"][0]["delta"]["annotations"] == whole["annotations"]
    assert found[-1]["pps_answer"]["citations"] and len({c["id"] for c in found}) == 1


def test_a_refusal_has_no_sources(client):
    reply = complete(client, ("user", "Wat kost een brood?")).json()
    assert reply["pps_answer"]["status"] == "out_of_scope" and "Bronnen" not in reply["choices"][0]["message"]["content"]
    assert reply["choices"][0]["message"]["annotations"] == []


def test_a_follow_up_leans_on_what_was_said(client):
    said = complete(client, ("user", QUESTION)).json()["choices"][0]["message"]["content"]
    talk = (("user", QUESTION), ("assistant", said), ("user", "Wie doen daaraan mee?"))
    reply = complete(client, *talk).json()
    assert "Lantaarn" in reply["pps_answer"]["standalone_question"] and "Bank Noord" in reply["choices"][0]["message"]["content"]


def test_only_what_this_advisor_answered_counts_as_said():
    def turns(reply):
        talk = [{"role": "user", "content": "Wie is Jan?"}, {"role": "assistant", "content": reply}, {"role": "user", "content": "En nu?"}]
        return [(t.standalone, t.documents, t.status) for t in ChatRequest.model_validate({"messages": talk}).turns()]

    assert turns("Jan woont hier. [Bron](https://elders.example/pagina)") == []
    assert turns("In uw vraag staan persoonsgegevens.") == []
    assert turns("Tekst [1]\n\n- [1] [T](https://x/bron/doc-a?passage=1#passage)") == [("Wie is Jan?", ("doc-a",), "answered")]
    absent = "Het antwoord op deze vraag staat niet in de bronnen van deze adviseur."
    assert turns(absent) == [("Wie is Jan?", (), "not_in_corpus")]


def test_text_comes_in_parts_too_and_nothing_else_is_read(client):
    parts = [{"type": "text", "text": QUESTION}, {"type": "image_url", "image_url": {"url": "http://127.0.0.1:9/geheim"}}]
    assert complete(client, ("user", parts)).json()["pps_answer"]["question"] == QUESTION


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"model": "gpt-5", "messages": [{"role": "user", "content": "x"}]}, 404, "model_not_found"),
        ({"messages": [{"role": "system", "content": "x"}]}, 422, "invalid"),
        ({"messages": [{"role": "user", "content": " "}]}, 422, "invalid"),
        ({"messages": []}, 422, "invalid"),
        ({"messages": [{"role": "user", "content": 3}]}, 422, "invalid"),
    ],
)
def test_refusals_are_readable_for_both(client, body, status, code):
    reply = client.post("/v1/chat/completions", json=body)
    assert reply.status_code == status and reply.json()["code"] == code
    assert reply.json()["error"]["code"] == code and reply.json()["error"]["message"]


def test_a_model_that_fails_halfway_takes_nothing_back(advisor, client, monkeypatch):
    """The sources take over: what was sent stands, and the whole answer follows below a line."""
    right = advisor.stream

    def stumbling(question, *args, **options):
        yield Event("sentence", sentence=AnswerSentence("Een begin dat niet blijft.", (), 1.0))
        yield from right(question, *args, **options)

    monkeypatch.setattr(advisor, "stream", stumbling)
    found = chunks(complete(client, ("user", QUESTION), stream=True).text)
    text, answer = streamed(found), found[-1]["pps_answer"]
    assert text.startswith("Een begin dat niet blijft.") and f"\n\n---\n\n{answer['text']}\n\nBronnen:" in text
    assert found[-1]["choices"][0]["delta"]["annotations"] == []


def test_a_failure_in_the_stream_is_told(advisor, client, monkeypatch):
    def failing(*args, **options):
        raise RuntimeError("10.1.2.3")
        yield

    monkeypatch.setattr(advisor, "stream", failing)
    text = complete(client, ("user", QUESTION), stream=True).text
    assert chunks(text)[-1]["error"]["code"] == "internal_error" and "10.1.2.3" not in text


def test_openais_own_client_reads_everything(searcher, settings):
    model = ModelServer()
    model.script = Script(pieces=["Project Lantaarn is een samenwerking van het OM, de politie ", "en drie banken. [1]"])
    advisor = Advisor(searcher, load_chat_model(f"m@{model.url}", settings), settings)
    with served(create_app(advisor, with_chat=False)) as server:
        client = openai.OpenAI(base_url=f"{server.address}/v1", api_key="geen", max_retries=0)
        assert [m.id for m in client.models.list()] == ["pps-adviseur"]
        talk = [{"role": "user", "content": QUESTION}]
        whole = client.chat.completions.create(model="pps-adviseur", messages=talk)
        parts = list(client.chat.completions.create(model="pps-adviseur", messages=talk, stream=True))
        assert "drie banken" in whole.choices[0].message.content and whole.choices[0].message.annotations
        assert "".join(p.choices[0].delta.content or "" for p in parts) == whole.choices[0].message.content
        with pytest.raises(openai.NotFoundError, match="heet pps-adviseur"):
            client.chat.completions.create(model="ander", messages=talk)
    model.close()
