"""The real language model on this machine, from the command line to the answer. Needs the model: make test-model."""

import os
import time

import pytest

from rag.advisor import Advisor
from rag.compose.chat_models import load_chat_model
from rag.models.catalogue import Catalogue
from rag.models.folder import ModelFolder
from rag.settings import Settings

pytestmark = pytest.mark.real_model
#: Read before the settings of the developer are taken away from the tests.
MODELS_DIR = os.environ.get("PPS_MODELS_DIR")
QUESTION = "Hoeveel valse rekeningen zijn door project Lantaarn geblokkeerd?"


@pytest.fixture
def local(corpus, index_dir) -> Settings:
    place = {"models_dir": MODELS_DIR} if MODELS_DIR else {}
    # Other work on the machine must not decide whether a test passes: the limits are wide.
    return Settings(corpus=[corpus], index_dir=index_dir, llm_local_timeout_s=180, _env_file=None, **place)


@pytest.fixture
def model(local):
    made = load_chat_model("lokaal", local)
    yield made
    made.close()


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def busy(pid: int) -> int:
    """Ticks of processor time that the process has used."""
    with open(f"/proc/{pid}/stat") as f:
        fields = f.read().rsplit(")", 1)[1].split()
    return int(fields[11]) + int(fields[12])


def idle(pid: int, within_s: float) -> bool:
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        before = busy(pid)
        time.sleep(0.5)
        if busy(pid) - before <= 5:
            return True
    return False


def test_the_file_is_the_one_of_the_catalogue(local):
    model = Catalogue(local.models_dir).get()
    assert ModelFolder(local.models_dir).verify(model, deep=True).stat().st_size == model.size


def test_a_question_in_dutch_gets_an_answer_of_which_every_sentence_is_cited(run_sync, encoder, local):
    run_sync(encoder)
    advisor = Advisor.from_settings(local, llm="lokaal")
    try:
        advisor.chat_model.warm()
        pid = advisor.chat_model.runner._supervisor._process.pid
        answer = advisor.ask(QUESTION)
    finally:
        advisor.chat_model.close()
    assert answer.status == "answered" and "214" in answer.text
    assert answer.sentences and all(s.citations for s in answer.sentences)
    assert all(c.quote in c.passage.text for c in answer.citations)
    assert not alive(pid), "the server is gone after close"


def test_text_options_and_counts(model):
    reply = model.stream([("system", "Antwoord kort."), ("human", "Noem drie Nederlandse steden.")], max_tokens=30)
    assert "".join(reply).strip()
    usage = reply.usage
    assert usage.prompt_tokens > 10 and 0 < usage.completion_tokens <= 30 and usage.finish in ("stop", "length") and usage.first_s > 0
    asked = [("human", "Is water nat?")]
    assert "".join(model.stream(asked, grammar='root ::= "ja" | "nee"')) in ("ja", "nee")
    assert "3" not in "".join(model.stream([("human", "Tel van 1 tot 9: 1, 2,")], stop=["3"], max_tokens=30))


@pytest.mark.parametrize("prompt", ["Tel uitgebreid van één tot duizend.", "De politie en het OM werken samen met banken. " * 200])
def test_the_server_stops_when_the_reader_leaves(model, prompt):
    model.warm()
    pid = model.runner._supervisor._process.pid
    reply = model.stream([("human", prompt)], max_tokens=3000)
    if len(prompt) < 100:
        next(reply)
    else:
        model.first_s = 1.0  # the reader leaves while the model still reads
        with pytest.raises(Exception, match="niet begonnen"):
            next(model.stream([("human", prompt)]))
    reply.close()
    assert idle(pid, 20)


def test_the_key_is_asked_for(model):
    import httpx

    model.warm()
    endpoint = model.runner._supervisor.endpoint(1)
    body = {"messages": [{"role": "user", "content": "x"}], "max_tokens": 1}
    assert httpx.post(f"{endpoint.address}/v1/chat/completions", json=body, timeout=30).status_code == 401
    assert all(
        httpx.get(f"{endpoint.address}{path}", timeout=5).status_code >= 400 for path in ("/slots", "/props", "/metrics", "/v1/models")
    )
    log = (model.runner._settings.models_dir / "qwen2.5-coder-1.5b.log").read_text(errors="replace")
    assert endpoint.key not in log and "Is water nat" not in log, "neither key nor question is in the log"
