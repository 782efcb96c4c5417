"""A server that stops gracefully: what is being answered is finished first, and new questions hear when to come back."""

from __future__ import annotations

import signal
import time
from types import FrameType

import uvicorn

from rag.web.limits import Doors

#: Seconds for what is left then: open pages of the chat keep a connection that never ends by itself.
LEFT_S = 2


class Server(uvicorn.Server):
    """At the first SIGTERM or Ctrl+C the doors close: a new question gets 503, /readyz says so, and running answers have `grace_s`
    seconds. With nothing running, or at the second signal, it stops at once."""

    def __init__(self, config: uvicorn.Config, doors: Doors, grace_s: float) -> None:
        config.timeout_graceful_shutdown = LEFT_S
        super().__init__(config)
        self._doors, self._grace_s = doors, grace_s
        self._until = 0.0

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        if self._doors.closing:
            self.should_exit = self.force_exit = True
            return
        if sig == signal.SIGINT:  # told on once stopped, as "interrupted"; after SIGTERM whoever called us cleans up as usual
            self._captured_signals.append(sig)
        self._until = time.monotonic() + self._grace_s
        self._doors.close()

    async def on_tick(self, counter: int) -> bool:
        if self._doors.closing and (not self._doors.busy or time.monotonic() > self._until):
            self.should_exit = True
        return await super().on_tick(counter)
