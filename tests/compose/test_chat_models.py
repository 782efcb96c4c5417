"""Chat models against a real HTTP server that misbehaves: whatever it does, the reader hears of it in time."""

import threading
import time

import pytest
from langchain_core.language_models import FakeListChatModel

from rag.compose.chat_models import MAX_CHARS, ChatModel, is_local, load_chat_model
from rag.errors import ConfigurationError, ModelError, ModelTimeoutError
from rag.settings import Settings, get_settings
from tests.fakes import ModelServer, Script

ASK = [("human", "Wat is PPS?")]


@pytest.fixture
def server():
    made = ModelServer()
    yield made
    made.close()


@pytest.fixture
def model(server):
    return load(server)


def load(server, **settings):
    values = {"llm_timeout_s": 3, "llm_first_s": 1.5, **settings}
    return load_chat_model(f"proef@{server.url}", Settings(_env_file=None, **values))


def test_pieces_arrive_as_they_are_written(model, server):
    server.script = Script(pieces=["Een ", "antwoord."], delay_s=0.5)
    reply = model.stream(ASK)
    started = time.monotonic()
    assert next(reply) == "Een " and time.monotonic() - started < 2.5
    assert list(reply) == ["antwoord."]
    assert 0 < reply.usage.first_s < reply.usage.total_s - 0.1 and reply.usage.prompt_tokens is None


def test_options_reach_the_endpoint(model, server):
    server.script.pieces = ["ja"]
    assert list(model.stream(ASK, stop=["\n\n"], max_tokens=7, grammar='root ::= "ja"')) == ["ja"]
    sent = server.script.history[0]
    assert sent["stop"] == ["\n\n"] and sent["max_completion_tokens"] == 7
    assert "grammar" not in sent, "only a model on this machine is known to take one"


def test_both_spellings_headers_and_query(server, monkeypatch):
    server.script.pieces = ["ja"]
    monkeypatch.setenv("PPS_LLM_HEADERS", '{"api-key": "geheim"}')
    monkeypatch.setenv("PPS_LLM_QUERY", '{"api-version": "1"}')
    seen = []
    server.on_request = lambda path, headers: seen.append((path, headers.get("api-key")))
    for spec in (f"proef@{server.url}", f"openai:proef@{server.url}"):
        model = load_chat_model(spec, get_settings())
        assert model.name == "proef" and list(model.stream(ASK)) == ["ja"]
    assert seen == [("/v1/chat/completions?api-version=1", "geheim")] * 2 and "geheim" not in repr(get_settings())


@pytest.mark.parametrize(
    ("script", "told"),
    [
        (Script(status=401), "PPS_LLM_API_KEY"),
        (Script(status=404), "controleer PPS_LLM"),
        (Script(status=429), "te druk"),
        (Script(status=500), "HTTP 500"),
        (Script(raw=b"<html><body>Welkom</body></html>"), "niet te lezen"),
        (Script(raw=b"data: {kapot\n\n"), "niet te lezen"),
        (Script(raw=b'data: {"error": {"message": "vol"}}\n\n'), "gaf een fout"),
        (Script(raw=b"\x00\xff\xfe\n\n"), "Het taalmodel proef"),
        (Script(raw=b""), "niet te lezen"),
        (Script(raw=b"40\r\n: nog", headers={"Transfer-Encoding": "chunked"}), "verbrak de verbinding"),
        (Script(pieces=[]), "Het taalmodel proef"),
        (Script(pieces=[" ", "\n"]), "leeg antwoord"),
        (Script(pieces=["woord "] * 5000), "hield niet op"),
    ],
)
def test_every_trouble_is_told_in_dutch_and_in_time(model, server, script, told):
    server.script = script
    started, length = time.monotonic(), 0
    with pytest.raises(ModelError, match=told) as caught:
        for piece in model.stream(ASK):
            length += len(piece)
    assert time.monotonic() - started < 8 and length <= MAX_CHARS and "html" not in str(caught.value).lower()


@pytest.mark.parametrize(
    ("script", "limit_s", "told"),
    [
        (Script(pieces=["nooit"], hang_after=0), 1.5, "niet begonnen"),
        (Script(comments=True), 1.5, "niet begonnen"),
        (Script(pieces=[" "] * 500, delay_s=0.1), 1.5, "niet begonnen"),
        (Script(pieces=["x"] * 500, delay_s=0.1), 3, "niet klaar"),
        (Script(pieces=["een", "twee"], hang_after=1), 3, "niet klaar"),
    ],
)
def test_an_endpoint_without_end_is_left_in_time(model, server, script, limit_s, told):
    server.script = script
    started = time.monotonic()
    with pytest.raises(ModelTimeoutError, match=told):
        list(model.stream(ASK))
    assert limit_s - 0.1 < time.monotonic() - started < limit_s + 5


@pytest.mark.parametrize("script", [Script(pieces=["x"] * 500, delay_s=0.05), Script(comments=True)])
def test_letting_go_closes_the_connection(model, server, script):
    server.script = script
    if script.pieces:
        assert next(model.stream(ASK)) == "x"  # the reply is let go of here
    else:
        with pytest.raises(ModelTimeoutError):
            next(model.stream(ASK))
    assert script.gone.wait(8), "the server writes on for nobody"


def test_another_thread_can_end_the_wait(model, server):
    server.script = Script(comments=True)
    reply = model.stream(ASK)
    threading.Timer(0.4, reply.close).start()
    started = time.monotonic()
    assert list(reply) == [] and time.monotonic() - started < 5 and server.script.gone.wait(8)
    reply.close()
    never_read = model.stream(ASK)
    never_read.close()
    assert list(never_read) == []


def test_one_cut_reply_leaves_the_others_alone(model, server):
    server.script = Script(pieces=["a", "b", "c", "d"], delay_s=0.2)
    replies = [model.stream(ASK) for _ in range(3)]
    assert [next(r) for r in replies] == ["a"] * 3
    replies[1].close()
    assert list(replies[0]) == list(replies[2]) == ["b", "c", "d"] and list(replies[1]) == []


def test_a_busy_endpoint_is_asked_once_more_when_there_is_time(model, server):
    server.script = Script(status=429, headers={"Retry-After": "0.4"}, then=Script(pieces=["toch"]))
    assert list(model.stream(ASK)) == ["toch"]
    again = Script(status=503, headers={"Retry-After": "0.2"})
    server.script = Script(status=429, headers={"Retry-After": "0.2"}, then=again)
    with pytest.raises(ModelError, match="niet beschikbaar"):
        list(model.stream(ASK))
    assert len(again.history) == 1, "once, not for ever"


@pytest.mark.parametrize("after", ["60", "-1", "Wed, 25 Nov 2026 12:00:00 GMT", "gauw"])
def test_a_wait_that_does_not_fit_is_not_waited(model, server, after):
    server.script = Script(status=429, headers={"Retry-After": after})
    started = time.monotonic()
    with pytest.raises(ModelError, match="te druk"):
        list(model.stream(ASK))
    assert time.monotonic() - started < 2.9 and len(server.script.history) == 1


def test_an_endpoint_that_is_not_there_is_told(server):
    model = load(server)
    server.close()
    with pytest.raises(ModelError, match="niet te bereiken"):
        list(model.stream(ASK))


def test_a_key_never_ends_up_in_a_message(server):
    model = load_chat_model(f"proef@{server.url}", Settings(_env_file=None, llm_api_key="sk-geheim"))
    server.script.status = 401
    with pytest.raises(ModelError) as caught:
        list(model.stream(ASK))
    assert "geheim" not in str(caught.value) + repr(model.name)


def test_no_thread_stays_behind(model, server):
    server.script = Script(pieces=["x"] * 500, delay_s=0.05)
    before = threading.active_count()
    for _ in range(5):
        next(model.stream(ASK))
    deadline = time.monotonic() + 3
    while threading.active_count() > before and time.monotonic() < deadline:
        time.sleep(0.05)
    assert threading.active_count() <= before


def test_any_langchain_model_fits():
    model = ChatModel("eigen", FakeListChatModel(responses=["Een antwoord."]))
    assert "".join(model.stream(ASK)) == "Een antwoord."
    model.warm()
    model.close()


@pytest.mark.parametrize("spec", ["gpt", "openai:gpt", "gpt@ftp://x", "lokaalmodel", "LOKAAL"])
def test_a_wrong_spec_is_told(spec):
    with pytest.raises(ConfigurationError, match="naam@adres"):
        load_chat_model(spec, Settings(_env_file=None))


@pytest.mark.parametrize("variable", ["PPS_LLM_HEADERS", "PPS_LLM_QUERY"])
def test_a_setting_that_is_no_json_is_told(monkeypatch, variable):
    monkeypatch.setenv(variable, "{kapot")
    with pytest.raises(ConfigurationError, match=f"{variable}.*geen JSON"):
        get_settings()


@pytest.mark.parametrize(
    ("spec", "local"),
    [
        ("lokaal", True),
        ("lokaal:eigen-8b", True),
        ("llama.cpp:modellen/x.gguf", True),
        ("lokaal@http://x/v1", False),
        ("gpt@http://x", False),
    ],
)
def test_which_specs_run_here(spec, local):
    assert is_local(spec) is local
