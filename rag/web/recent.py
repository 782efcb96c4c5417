"""Answers that are still remembered: to read again by id, and to give again to whoever repeats a request. In memory, and where the
organisation lets questions be kept with their text also in the database (rag.store.answers), for other replicas."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from anyio import CancelScope, to_thread
from cachetools import TTLCache

from rag.errors import PpsError
from rag.store.answers import REPEAT_S, AnswerStore, OtherRequestError, StillBusyError
from rag.store.questions import NEVER_KEPT
from rag.types import Answer

#: Answers and repeated requests that are kept in memory at most; some tens of kilobytes each.
MOST = 500
#: A repetition can be a second try of something that failed: these are made anew.
_FAILED = ("error_model", "error_timeout")


class RecentAnswers:
    """The last answers by id, for `minutes` (0 keeps none). Safe for many threads; what is in memory is gone when the process stops."""

    def __init__(self, minutes: int, store: AnswerStore | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self.minutes, self.store = minutes, store
        self._lock = threading.Lock()
        self._kept: TTLCache[str, dict[str, Any]] = TTLCache(MOST, max(1, minutes * 60), clock)

    def keep(self, answer: Answer) -> None:
        if self.minutes and answer.status not in NEVER_KEPT:
            with self._lock:
                self._kept[answer.id] = answer.as_dict()
            if self.store:
                self.store.keep(answer)

    def get(self, answer_id: str) -> dict[str, Any] | None:
        """The answer; None where it is not remembered (any more).

        Raises:
            PpsError: it may be in the database, which cannot be reached.
        """
        with self._lock:
            found = self._kept.get(answer_id)
        return found or (self.store.get(answer_id) if self.store else None)


@dataclass
class _Given:
    digest: str
    answer: dict[str, Any] | None = None
    shared: bool = False  # begun in the database too


class Repeats:
    """Answers by client and Idempotency-Key. Used in the thread of the event loop only. A database that is away leaves the memory."""

    def __init__(self, store: AnswerStore | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self._store = store if store and store.on else None
        self._kept: TTLCache[tuple[str, str], _Given] = TTLCache(MOST, REPEAT_S, clock)

    async def begin(self, client: str, key: str, body: bytes) -> dict[str, Any] | None:
        """The answer that was given before; None where this is the first time, which is then to be ended with `end`.

        Raises:
            OtherRequestError: the same key with another body.
            StillBusyError: the first one is not finished.
        """
        digest = hashlib.sha256(body).hexdigest()
        given = self._kept.get((client, key))
        if given is None:
            return await self._first(client, key, digest)
        if given.digest != digest:
            raise OtherRequestError
        if given.answer is None:
            raise StillBusyError
        return given.answer

    async def _first(self, client: str, key: str, digest: str) -> dict[str, Any] | None:
        """Nothing is known of it here; perhaps another replica knows."""
        given = self._kept[client, key] = _Given(digest)
        if self._store is None:
            return None
        try:
            with CancelScope(shield=True):  # what was begun there must be known here, to be ended
                given.answer = await to_thread.run_sync(self._store.begin, _name(client, key), digest)
            given.shared = given.answer is None
        except PpsError:
            return None
        except BaseException:
            self._kept.pop((client, key), None)
            raise
        return given.answer

    def end(self, client: str, key: str, answer: dict[str, Any] | None) -> None:
        """Remember the answer; without one, or with a failure, a repetition is answered anew."""
        given = self._kept.get((client, key))
        if given is None or given.answer is not None:
            return
        if answer is not None and answer["status"] in _FAILED:
            answer = None
        if answer is None:
            del self._kept[client, key]
        else:
            given.answer = answer
        if given.shared and self._store:
            self._store.end(_name(client, key), answer)


def _name(client: str, key: str) -> str:
    """What is kept of a client and its key: neither can be read back from it."""
    return hashlib.sha256(f"{client}\n{key}".encode()).hexdigest()
