"""Keeps one model server running: starts it when it is first needed, starts it again when it dies, ends it with this process."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import httpx

from rag.errors import ModelError, ModelTimeoutError, PpsError
from rag.models.server import Options

COMMAND = (sys.executable, "-m", "rag.models.server")
ROOT = Path(__file__).resolve().parents[2]
#: A server that dies more often than this in a minute is given up, for as long as COOL_DOWN_S.
RESTARTS, WINDOW_S, COOL_DOWN_S = 3, 60.0, 20.0
_LOG_BYTES = 5_000_000


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where the server listens, and the key that it asks for."""

    address: str
    key: str


class Supervisor:
    """One server for all threads of this process.

    `prepare` makes the options once a start is due (it may take long: it checks the file); it gets the key to use. `name` is the
    model's, for messages. Seconds: `start_s` that a start may take.
    """

    def __init__(
        self,
        name: str,
        prepare: Callable[[str], Options],
        log: Path,
        *,
        start_s: float = 180.0,
        command: Sequence[str] = COMMAND,
    ) -> None:
        self.name, self._prepare, self._log, self._start_s, self._command = name, prepare, log, start_s, command
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._process: subprocess.Popen | None = None
        self._endpoint: Endpoint | None = None
        self._failure: tuple[float, PpsError] | None = None
        self._closing = threading.Event()

    def endpoint(self, wait_s: float, stopped: Callable[[], bool] = lambda: False) -> Endpoint:
        """Where the server listens; started where needed. `stopped` true ends the wait early.

        Raises:
            ModelTimeoutError: not ready within `wait_s` seconds; it goes on starting.
            ModelError: it cannot be started, or keeps dying.
        """
        deadline = time.monotonic() + wait_s
        with self._changed:
            self._ensure_running()
            while self._endpoint is None:
                if self._failure:
                    raise self._failure[1]
                left = deadline - time.monotonic()
                if left <= 0 or stopped():
                    raise ModelTimeoutError(f"Het taalmodel {self.name} wordt nog geladen. Probeer het over een minuut opnieuw.")
                self._changed.wait(min(left, 0.5))
            return self._endpoint

    def close(self) -> None:
        """End the server. The next `endpoint` starts it again."""
        with self._changed:
            thread, self._thread = self._thread, None
            self._closing.set()
            self._endpoint = self._failure = None
            if self._process:
                self._process.kill()
        if thread:
            thread.join(10)

    def _ensure_running(self) -> None:
        if self._thread and self._thread.is_alive():
            return
        if self._failure and time.monotonic() - self._failure[0] < COOL_DOWN_S:
            return
        self._failure, self._closing = None, threading.Event()
        # This thread starts every server process and outlives it: on Linux a process can be tied to the thread that started it.
        self._thread = threading.Thread(target=self._supervise, args=(self._closing,), name=f"model {self.name}", daemon=True)
        self._thread.start()

    def _supervise(self, closing: threading.Event) -> None:
        deaths: deque[float] = deque()
        process: subprocess.Popen | None = None
        try:
            while not closing.is_set():
                key = secrets.token_urlsafe(24)
                process = self._launch(key, closing)
                if process and (address := self._await_ready(process, closing)):
                    self._tell(closing, endpoint=Endpoint(address, key))
                    process.wait()
                    self._tell(closing)
                if process:
                    _end(process)
                now = time.monotonic()
                deaths.append(now)
                while now - deaths[0] > WINDOW_S:
                    deaths.popleft()
                if len(deaths) > RESTARTS:
                    raise ModelError(f"Het taalmodel {self.name} stopt telkens. De reden staat in {self._log}.")
                closing.wait(0.25 * 2 ** len(deaths))
        except PpsError as error:
            self._tell(closing, failure=error)
        except Exception as error:  # noqa: BLE001 - who waits must hear of whatever went wrong here
            self._tell(closing, failure=ModelError(f"Het taalmodel {self.name} start niet: {error}"))
        finally:
            if process:
                _end(process)

    def _tell(self, closing: threading.Event, *, endpoint: Endpoint | None = None, failure: PpsError | None = None) -> None:
        with self._changed:
            if closing is not self._closing or closing.is_set():  # closed, and perhaps already started anew
                return
            self._endpoint = endpoint
            self._failure = (time.monotonic(), failure) if failure else None
            self._changed.notify_all()

    def _launch(self, key: str, closing: threading.Event) -> subprocess.Popen | None:
        """A fresh process that has its options; None when closed in the meantime."""
        options = self._prepare(key)
        with self._open_log() as log, self._changed:
            if closing.is_set():
                return None
            process = self._process = subprocess.Popen(
                self._command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                cwd=ROOT,
                start_new_session=True,  # Ctrl+C is for this process, which then lets the server go
            )
        with suppress(BrokenPipeError):
            process.stdin.write(options.as_json().encode() + b"\n")
            process.stdin.flush()
        return process

    def _open_log(self) -> BinaryIO:
        try:
            self._log.parent.mkdir(parents=True, exist_ok=True)
            append = not self._log.exists() or self._log.stat().st_size < _LOG_BYTES
            return self._log.open("ab" if append else "wb")
        except OSError:  # a folder that may only be read still gives a model that runs
            return open(os.devnull, "wb")

    def _await_ready(self, process: subprocess.Popen, closing: threading.Event) -> str | None:
        """The address of the started server; None when it died while starting.

        Raises:
            ModelError: it cannot load the model, or takes too long.
        """
        deadline = time.monotonic() + self._start_s
        timer = threading.Timer(self._start_s, process.kill)
        timer.start()
        try:
            line = process.stdout.readline()
        finally:
            timer.cancel()
        told: dict = {}
        with suppress(ValueError):
            told = json.loads(line)
        if "error" in told:
            raise ModelError(f"Het taalmodel {self.name} is niet geladen. Meer staat in {self._log}. ({told['error']})")
        while (address := told.get("address")) and process.poll() is None and time.monotonic() < deadline and not closing.is_set():
            with suppress(httpx.HTTPError):
                if httpx.get(f"{address}/health", timeout=5, trust_env=False).status_code == 200:
                    return address
            closing.wait(0.1)
        if time.monotonic() >= deadline:
            raise ModelError(f"Het taalmodel {self.name} was na {self._start_s:g} s nog niet geladen. Meer staat in {self._log}.")
        return None


def _end(process: subprocess.Popen) -> None:
    process.kill()
    process.wait()
    for stream in (process.stdin, process.stdout):
        with suppress(OSError):
            stream.close()
