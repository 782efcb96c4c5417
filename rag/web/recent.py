"""Answers that this process still remembers: to read again by id, and to give again to whoever repeats a request. In memory only."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from cachetools import TTLCache

from rag.types import Answer

#: Answers and repeated requests that are kept at most; some tens of kilobytes each.
MOST = 500
#: Seconds in which the same Idempotency-Key gives the same answer.
REPEAT_S = 600
#: A repetition can be a second try of something that failed: these are made anew.
_FAILED = ("error_model", "error_timeout")
#: The question itself may not be kept.
_NOT_KEPT = ("refused_personal_data", "refused_unsafe")


class RecentAnswers:
    """The last answers by id, for `minutes` (0 keeps none). Safe for many threads; gone when the process stops."""

    def __init__(self, minutes: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.minutes = minutes
        self._lock = threading.Lock()
        self._kept: TTLCache[str, dict[str, Any]] = TTLCache(MOST, max(1, minutes * 60), clock)

    def keep(self, answer: Answer) -> None:
        if self.minutes and answer.status not in _NOT_KEPT:
            with self._lock:
                self._kept[answer.id] = answer.as_dict()

    def get(self, answer_id: str) -> dict[str, Any] | None:
        with self._lock:
            return self._kept.get(answer_id)


class OtherRequestError(Exception):
    """The key was used before, for something else."""


class StillBusyError(Exception):
    """The first request with this key is still being answered."""


@dataclass
class _Given:
    digest: str
    answer: dict[str, Any] | None = None


class Repeats:
    """Answers by client and Idempotency-Key. Used in the thread of the event loop only."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._kept: TTLCache[tuple[str, str], _Given] = TTLCache(MOST, REPEAT_S, clock)

    def begin(self, client: str, key: str, body: bytes) -> dict[str, Any] | None:
        """The answer that was given before; None where this is the first time, which is then to be ended with `end`.

        Raises:
            OtherRequestError: the same key with another body.
            StillBusyError: the first one is not finished.
        """
        digest = hashlib.sha256(body).hexdigest()
        given = self._kept.get((client, key))
        if given is None:
            self._kept[client, key] = _Given(digest)
            return None
        if given.digest != digest:
            raise OtherRequestError
        if given.answer is None:
            raise StillBusyError
        return given.answer

    def end(self, client: str, key: str, answer: dict[str, Any] | None) -> None:
        """Remember the answer; without one, or with a failure, a repetition is answered anew."""
        given = self._kept.get((client, key))
        if given is None or given.answer is not None:
            return
        if answer is None or answer["status"] in _FAILED:
            del self._kept[client, key]
        else:
            given.answer = answer
