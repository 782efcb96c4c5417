"""A real start: refused where others would get in unknown, and what then is open. On the shipped program, as an administrator runs it."""

import os
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from rag.cli import main
from tests.identity.provider import free_port

APP = Path(__file__).resolve().parent.parent.parent / "app.py"


@pytest.fixture
def start(tmp_path, corpus):
    """Starts the program with these settings; `wait` until it serves, or not."""
    running = []

    def run(*arguments, wait=True, **settings):
        own = {k: v for k, v in os.environ.items() if not k.startswith("PPS_")}
        port = free_port()
        environment = {**own, "PPS_INDEX_DIR": str(tmp_path / "index"), "PPS_CORPUS": str(corpus), "PPS_PORT": str(port), **settings}
        log = (tmp_path / "log").open("w+")
        process = subprocess.Popen([sys.executable, str(APP), *arguments], env=environment, cwd=tmp_path, stdout=log, stderr=log)
        running.append(process)
        if not wait:
            code = process.wait(90)
            return code, (tmp_path / "log").read_text()
        deadline = time.monotonic() + 120
        while True:
            try:
                httpx.get(f"http://127.0.0.1:{port}/healthz", timeout=2)
                return f"http://127.0.0.1:{port}"
            except httpx.TransportError:
                assert process.poll() is None and time.monotonic() < deadline, (tmp_path / "log").read_text()[-2000:]
                time.sleep(0.2)

    yield run
    for process in running:
        process.terminate()
        process.wait(20)


def test_reachable_by_others_it_does_not_start_and_says_what_to_choose(start, tmp_path):
    code, told = start("--host", "0.0.0.0", wait=False)
    assert code == 1 and "PPS_OIDC_ISSUER" in told and "PPS_OPEN=ja" in told and "Traceback" not in told
    assert not (tmp_path / "index").exists(), "it worked for half a minute before it refused"


def test_with_half_a_login_it_does_not_start(start):
    code, told = start(
        wait=False, PPS_OIDC_ISSUER="https://login.example.nl", PPS_OIDC_CLIENT_ID="pps", PPS_PUBLIC_URL="https://pps.example.nl"
    )
    assert code == 1 and "PPS_OIDC_CLIENT_SECRET, PPS_SESSION_SECRET" in told and "Traceback" not in told


def test_known_elsewhere_it_does_not_start_without_identities(start):
    code, told = start(wait=False, PPS_PUBLIC_URL="https://pps.example.nl")
    assert code == 1 and "PPS_PUBLIC_URL" in told and "Traceback" not in told


def test_on_the_machine_itself_it_starts_as_ever_and_knows_no_other_name(start):
    address = start()
    assert httpx.get(f"{address}/corpus").status_code == 200
    assert httpx.get(f"{address}/corpus", headers={"Host": "kwaad.example"}).status_code == 403
    assert httpx.get(f"{address}/corpus", headers={"X-Forwarded-For": "10.0.0.1"}).status_code == 403


def test_a_local_program_cannot_pass_for_the_proxy_by_forwarding(start):
    """uvicorn as it comes believes X-Forwarded-For from this machine: then everybody here could be the proxy."""
    address = start(PPS_TRUSTED_HEADER="X-Remote-User", PPS_TRUSTED_PROXIES="10.0.0.5", PPS_ROLES='{"*": "maintainer"}')
    assert httpx.get(f"{address}/corpus").status_code == 401
    forged = {"X-Remote-User": "beheerder", "X-Forwarded-For": "10.0.0.5"}
    assert httpx.get(f"{address}/corpus", headers=forged).status_code == 403


def test_a_key_made_on_the_command_line_opens_a_running_advisor_until_it_is_revoked(start, tmp_path, monkeypatch, capsys):
    address = start(PPS_API_KEYS="ja")
    monkeypatch.setenv("PPS_INDEX_DIR", str(tmp_path / "index"))
    assert main(["keys", "create", "intranet"]) == 0
    key = capsys.readouterr().out.splitlines()[0]
    held = {"Authorization": f"Bearer {key}"}
    assert httpx.get(f"{address}/api/v1/search?q=Lantaarn", headers=held, timeout=60).status_code == 200
    assert main(["keys", "revoke", key.split("_")[1]]) == 0
    assert httpx.get(f"{address}/api/v1/search?q=Lantaarn", headers=held, timeout=60).status_code == 401
