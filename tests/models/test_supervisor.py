"""The process beside the advisor, for real: shared, started again, given up, and gone when the advisor is."""

import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from rag.compose.chat_models import ChatModel
from rag.errors import ModelError, ModelTimeoutError
from rag.models import supervisor as supervising
from rag.models.local import LocalRunner
from rag.models.server import Options
from rag.models.supervisor import ROOT, Supervisor
from rag.settings import Settings

COMMAND = (sys.executable, "-m", "tests.models.fake_engine")


@pytest.fixture
def made(tmp_path):
    """Makes supervisors of a model that behaves as told; they end with the test."""
    all_made = []

    def make(behaviour="fine", **options):
        path = tmp_path / "model.gguf"
        path.write_text(behaviour)
        supervisor = Supervisor("proef", lambda key: Options(str(path), key), tmp_path / "logs" / "proef.log", command=COMMAND, **options)
        all_made.append(supervisor)
        return supervisor

    yield make
    for supervisor in all_made:
        supervisor.close()


def pid_of(endpoint) -> int:
    return httpx.get(f"{endpoint.address}/health", timeout=5).json()["pid"]


def gone(pid: int, within_s: float = 5.0) -> bool:
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        with open(f"/proc/{pid}/stat") as f:
            if f.read().rsplit(")", 1)[1].split()[0] == "Z":
                return True
        time.sleep(0.05)
    return False


def test_threads_share_one_server_that_outlives_them(made):
    supervisor = made()
    with ThreadPoolExecutor(8) as threads:
        found = set(threads.map(lambda _: supervisor.endpoint(20), range(8)))
    assert len(found) == 1
    endpoint = found.pop()
    time.sleep(0.3)  # the threads that asked for it have ended
    pid = pid_of(endpoint)
    assert endpoint.address.startswith("http://127.0.0.1:") and len(endpoint.key) >= 32
    with open(f"/proc/{pid}/cmdline") as f:
        assert endpoint.key not in f.read(), "the key is not for whoever lists processes"
    supervisor.close()
    assert gone(pid)
    again = supervisor.endpoint(20)
    assert again != endpoint and pid_of(again) != pid


def test_a_server_that_dies_is_started_again_with_another_key(made):
    supervisor = made()
    first = supervisor.endpoint(20)
    os.kill(pid_of(first), signal.SIGKILL)
    deadline = time.monotonic() + 15
    while (second := supervisor.endpoint(20)) == first:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    assert second.key != first.key and pid_of(second) > 0


@pytest.mark.parametrize(("behaviour", "told"), [("crash", "stopt telkens"), ("refuse", "no GGUF magic")])
def test_a_server_that_cannot_start_is_given_up_and_tried_later(made, monkeypatch, behaviour, told, tmp_path):
    monkeypatch.setattr(supervising, "COOL_DOWN_S", 1.0)
    supervisor = made(behaviour)
    for _ in range(2):
        with pytest.raises(ModelError, match=told):
            supervisor.endpoint(30)
    assert "something on standard output" in (tmp_path / "logs" / "proef.log").read_text()
    (tmp_path / "model.gguf").write_text("fine")
    time.sleep(1.1)
    assert pid_of(supervisor.endpoint(20)) > 0


def test_who_waits_is_told_that_it_is_still_loading(made):
    supervisor = made("slow")
    started = time.monotonic()
    with pytest.raises(ModelTimeoutError, match="nog geladen"):
        supervisor.endpoint(0.5)
    with pytest.raises(ModelTimeoutError):
        supervisor.endpoint(20, stopped=lambda: True)
    assert time.monotonic() - started < 8
    assert pid_of(supervisor.endpoint(20)) > 0, "it went on loading"


def test_a_start_has_a_limit(made):
    with pytest.raises(ModelError, match="nog niet geladen"):
        made("slow", start_s=1.0).endpoint(20)


def test_a_preparation_that_fails_is_told(tmp_path):
    def prepare(key):
        raise ModelError("Het bestand is beschadigd.")

    with pytest.raises(ModelError, match="beschadigd"):
        Supervisor("proef", prepare, tmp_path / "log", command=COMMAND).endpoint(10)


def test_without_a_place_for_the_log_it_runs_all_the_same(tmp_path):
    (tmp_path / "model.gguf").write_text("fine")
    supervisor = Supervisor(
        "proef", lambda key: Options(str(tmp_path / "model.gguf"), key), tmp_path / "model.gguf" / "log", command=COMMAND
    )
    try:
        assert pid_of(supervisor.endpoint(20)) > 0
    finally:
        supervisor.close()


def test_closing_while_it_loads_ends_it(made):
    supervisor = made("slow")
    with pytest.raises(ModelTimeoutError):
        supervisor.endpoint(0.5)
    pid = supervisor._process.pid
    started = time.monotonic()
    supervisor.close()
    assert time.monotonic() - started < 8 and gone(pid)


@pytest.mark.parametrize("behaviour", ["fine", "slow"])
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_the_server_goes_with_its_parent_however_that_ends(tmp_path, behaviour, how):
    (tmp_path / "model.gguf").write_text(behaviour)
    code = f"""
        import time
        from pathlib import Path
        from rag.models.server import Options
        from rag.models.supervisor import Supervisor
        folder = Path({str(tmp_path)!r})
        s = Supervisor("proef", lambda key: Options(str(folder / "model.gguf"), key), folder / "log", command={COMMAND!r})
        try:
            s.endpoint(1.0 if {behaviour!r} == "slow" else 20)
        except Exception:
            pass
        print(s._process.pid, flush=True)
        time.sleep(60)
    """
    parent = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code)], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    pid = int(parent.stdout.readline())
    assert not gone(pid, 0.2)
    parent.send_signal(how)
    parent.wait(10)
    assert gone(pid, 4.0)


def test_a_chat_model_of_this_machine(made, tmp_path):
    (tmp_path / "model.gguf").write_text("fine")
    settings = Settings(_env_file=None, models_dir=tmp_path / "models")
    runner = LocalRunner("proef", lambda: tmp_path / "model.gguf", settings, COMMAND)
    model = ChatModel("proef", timeout_s=20, runner=runner)
    try:
        model.warm()
        reply = model.stream([("human", "vraag")], grammar="root ::= [a-z]+")
        assert "214" in "".join(reply)
        usage = reply.usage
        assert usage.finish == "stop" and usage.completion_tokens == 2 and usage.prompt_tokens > 100, "cache_prompt and grammar were sent"
        pid = runner._supervisor._process.pid
        os.kill(pid, signal.SIGKILL)
        assert "214" in "".join(model.stream([("human", "vraag")])), "the next question gets the server that was started anew"
    finally:
        model.close()
    assert gone(runner._supervisor._process.pid)


def test_a_question_is_not_held_by_a_model_that_loads(made, tmp_path):
    (tmp_path / "model.gguf").write_text("slow")
    settings = Settings(_env_file=None, models_dir=tmp_path)
    runner = LocalRunner("proef", lambda: tmp_path / "model.gguf", settings, COMMAND)
    model = ChatModel("proef", timeout_s=20, first_s=1.0, runner=runner)
    started = time.monotonic()
    try:
        with pytest.raises(ModelTimeoutError):
            list(model.stream([("human", "vraag")]))
        assert time.monotonic() - started < 8
        model.first_s = 20
        assert "214" in "".join(model.stream([("human", "vraag")]))
    finally:
        model.close()


def test_two_close_at_once(made):
    supervisor = made()
    supervisor.endpoint(20)
    threads = [threading.Thread(target=supervisor.close) for _ in range(2)]
    for t in threads:
        t.start()
    for t in threads:
        t.join(10)
    assert gone(supervisor._process.pid)
