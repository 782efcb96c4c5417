"""A real process that is told to stop: what runs is finished, what is new hears when to come back."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import httpx
import pytest

from tests.conftest import LANTAARN, write_document
from tests.fakes import ModelServer, Script

ROOT = Path(__file__).resolve().parent.parent.parent
ASKED = {"question": "Wat is project Lantaarn?"}
SENTENCE = "Project Lantaarn is een samenwerking van het OM, de politie en drie banken tegen factuurfraude. [1] "


@pytest.fixture
def model():
    made = ModelServer()
    yield made
    made.close()


@pytest.fixture
def process(tmp_path, model):
    """The product over a small corpus, with a model that answers as the test says; its address and the process."""
    folder = tmp_path / "bronnen"
    folder.mkdir()
    write_document(folder, "project-lantaarn", LANTAARN, titel="Project Lantaarn")
    own = {name: value for name, value in os.environ.items() if not name.startswith("PPS_")}
    wanted = {"PPS_INDEX_DIR": str(tmp_path / "index"), "PPS_CORPUS": str(folder), "PPS_PORT": "0", "PPS_LLM": f"m@{model.url}"}
    wanted |= {"PPS_STOP_S": "20", "PPS_LOG_FORMAT": "json", "OMP_NUM_THREADS": "1"}
    log = (tmp_path / "log").open("w+")
    code = "import sys; from rag.cli import main; sys.exit(main(['serve']))"
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        wanted["PPS_PORT"] = str(s.getsockname()[1])
    made = subprocess.Popen([sys.executable, "-c", code], env={**own, **wanted}, cwd=ROOT, stdout=log, stderr=log)
    address = f"http://127.0.0.1:{wanted['PPS_PORT']}"
    deadline = time.monotonic() + 120
    while True:
        try:
            if httpx.get(f"{address}/readyz", timeout=2).status_code == 200:
                break
        except httpx.TransportError:
            pass
        assert made.poll() is None and time.monotonic() < deadline, (tmp_path / "log").read_text()[-3000:]
        time.sleep(0.2)
    yield address, made, tmp_path / "log"
    if made.poll() is None:
        made.kill()
    made.wait(10)
    log.close()


def asking(address, found):
    """A thread in which a question is asked; `found` gets the lines of the stream, and at the end how it went."""

    def ask():
        try:
            with httpx.stream("POST", f"{address}/api/v1/ask", json=ASKED, headers={"Accept": "text/event-stream"}, timeout=60) as reply:
                for line in reply.iter_lines():
                    found.append(line)
        except httpx.TransportError:
            found.append("broken off")

    thread = threading.Thread(target=ask)
    thread.start()
    return thread


def test_what_runs_is_finished_and_what_is_new_comes_back(process, model):
    address, made, log = process
    go = threading.Event()
    model.script = Script(pieces=[SENTENCE, "Het convenant van project Lantaarn is op 3 oktober 2023 getekend. [1]"], last_waits_for=go)
    lines: list[str] = []
    thread = asking(address, lines)
    while not any(line == "event: sentence" or line == "event: evidence" for line in lines):
        time.sleep(0.05)
    made.send_signal(signal.SIGTERM)
    deadline = time.monotonic() + 10
    while httpx.get(f"{address}/readyz").status_code != 503:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    refused = httpx.post(f"{address}/api/v1/ask", json=ASKED)
    assert refused.status_code == 503 and refused.headers["retry-after"] == "30" and refused.json()["code"] == "stopping"
    assert httpx.post(f"{address}/gradio_api/queue/join", json={"data": []}).status_code == 503
    assert httpx.get(f"{address}/healthz").status_code == httpx.get(f"{address}/bron/project-lantaarn").status_code == 200
    assert made.poll() is None
    go.set()
    thread.join(30)
    assert lines[-1] != "broken off"
    answer = json.loads(lines[lines.index("event: answer") + 1].removeprefix("data: "))
    assert "getekend" in answer["text"] and answer["model"] == "m"
    assert made.wait(15) == 0
    told = [json.loads(line) for line in log.read_text().splitlines() if line.startswith("{")]
    assert {t.get("route") for t in told} >= {"/api/v1/ask", "/readyz"} and "factuurfraude" not in json.dumps(told)


def test_an_answer_in_the_chat_is_finished_too(process, model):
    address, made, _ = process
    go = threading.Event()
    model.script = Script(pieces=[SENTENCE, "Het convenant van project Lantaarn is op 3 oktober 2023 getekend. [1]"], last_waits_for=go)
    config = httpx.get(f"{address}/config").json()
    asking = next(d for d in config["dependencies"] if d["api_name"] == "vraag")
    values = {c["id"]: c["props"].get("value") for c in config["components"]}
    data = [ASKED["question"], "", [], [], values[asking["inputs"][4]]]
    joined = httpx.post(f"{address}/gradio_api/queue/join", json={"data": data, "fn_index": asking["id"], "session_hash": "s"})
    assert joined.status_code == 200
    lines: list[str] = []

    def listen():
        with httpx.stream("GET", f"{address}/gradio_api/queue/data", params={"session_hash": "s"}, timeout=60) as reply:
            lines.extend(reply.iter_lines())

    thread = threading.Thread(target=listen)
    thread.start()
    deadline = time.monotonic() + 10
    while not model.script.history:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    made.send_signal(signal.SIGTERM)
    time.sleep(1)
    assert made.poll() is None
    go.set()
    thread.join(30)
    assert "process_completed" in "".join(lines) and "oktober 2023 getekend" in "".join(lines)
    assert made.wait(15) == 0


def test_with_nothing_running_it_stops_at_once(process):
    address, made, _ = process
    started = time.monotonic()
    made.send_signal(signal.SIGTERM)
    assert made.wait(10) == 0 and time.monotonic() - started < 6


def test_a_second_signal_does_not_wait(process, model):
    address, made, _ = process
    model.script = Script(pieces=[SENTENCE, "x"], last_waits_for=threading.Event())
    lines: list[str] = []
    thread = asking(address, lines)
    while not lines:
        time.sleep(0.05)
    made.send_signal(signal.SIGTERM)
    time.sleep(0.5)
    assert made.poll() is None
    made.send_signal(signal.SIGTERM)
    made.wait(10)
    thread.join(10)
    assert lines[-1] == "broken off"
