"""The web application over a small corpus, served from a thread of the test, so that a test can make it slow, fail or stop."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from fastapi import FastAPI


class Served:
    """A server on a free port of its own, or on `port`."""

    def __init__(self, app: FastAPI, port: int = 0) -> None:
        self.server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="critical"))
        self._thread = threading.Thread(target=self.server.run, daemon=True)
        self._thread.start()
        deadline = time.monotonic() + 30
        while not self.server.started:
            assert self._thread.is_alive() and time.monotonic() < deadline, "the server did not start"
            time.sleep(0.05)
        self.port = self.server.servers[0].sockets[0].getsockname()[1]
        self.address = f"http://127.0.0.1:{self.port}"

    def stop(self) -> None:
        """Stop, breaking off whatever is being answered."""
        self.server.force_exit = True
        self.server.should_exit = True
        self._thread.join(15)


@contextmanager
def served(app: FastAPI) -> Iterator[Served]:
    """`app` while it is served."""
    made = Served(app)
    try:
        yield made
    finally:
        made.stop()
