"""Turns for questions: so many are answered at once, so many may wait, and whoever comes then is told when to come back."""

from __future__ import annotations

import asyncio
import math
import time
from collections import deque


class FullError(Exception):
    """There is no place left to wait. `retry_after_s` (whole seconds) is when there probably is."""

    def __init__(self, retry_after_s: int) -> None:
        super().__init__(f"full for some {retry_after_s} s")
        self.retry_after_s = retry_after_s


class Ticket:
    """A place in the row. It must be given back with `done`, whatever happens."""

    def __init__(self, places: Places) -> None:
        self._places = places
        self._turn = asyncio.Event()
        self._started = 0.0

    @property
    def place(self) -> int:
        """0 when it is this one's turn, 1 for the first that waits."""
        return 0 if self._turn.is_set() else self._places.place_of(self)

    async def turn(self, within_s: float | None = None) -> bool:
        """Wait for the turn; False when it did not come within so many seconds."""
        try:
            await asyncio.wait_for(self._turn.wait(), within_s)
        except TimeoutError:
            return False
        return True

    def done(self) -> None:
        """Give the place back. A second call changes nothing."""
        self._places.leave(self)

    def begin(self) -> None:
        self._started = time.monotonic()
        self._turn.set()

    @property
    def seconds(self) -> float:
        """How long its turn lasts by now; 0 while it waits."""
        return time.monotonic() - self._started if self._started else 0.0


class Places:
    """The row of one process. All of it happens in the thread of the event loop, so it needs no lock.

    `at_once` turns run together and `waiting` more may wait, but none longer than `max_wait_s` by what answers took lately: whoever
    waits for long gives up, and then the work was for nothing.
    """

    def __init__(self, at_once: int, waiting: int, max_wait_s: float = 60.0) -> None:
        self.at_once, self.max_waiting, self.max_wait_s = at_once, waiting, max_wait_s
        self.typical_s = 1.0
        self._running: set[Ticket] = set()
        self._waiting: deque[Ticket] = deque()

    @property
    def running(self) -> int:
        return len(self._running)

    @property
    def waiting(self) -> int:
        return len(self._waiting)

    def take(self) -> Ticket:
        """A ticket, with the turn already where one is free.

        Raises:
            FullError: too many wait, or it would take too long.
        """
        ticket = Ticket(self)
        if self.running < self.at_once:
            self._start(ticket)
            return ticket
        wait_s = self.typical_s * (self.waiting + 1) / self.at_once
        if self.waiting >= self.max_waiting or wait_s > self.max_wait_s:
            raise FullError(min(300, max(1, math.ceil(min(wait_s, self.typical_s * self.max_waiting / self.at_once)))))
        self._waiting.append(ticket)
        return ticket

    def place_of(self, ticket: Ticket) -> int:
        return self._waiting.index(ticket) + 1 if ticket in self._waiting else 0

    def leave(self, ticket: Ticket) -> None:
        if ticket in self._running:
            self._running.discard(ticket)
            self.typical_s += 0.2 * (ticket.seconds - self.typical_s)
        elif ticket in self._waiting:
            self._waiting.remove(ticket)
        while self._waiting and self.running < self.at_once:
            self._start(self._waiting.popleft())

    def _start(self, ticket: Ticket) -> None:
        self._running.add(ticket)
        ticket.begin()
