"""The questions that are being answered now, so that a reader can stop one, or leave."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager

from rag.context import Cancellation

#: Stops of questions that have not begun yet (they wait for their turn) are remembered, this many.
_WAITING = 1000


class Running:
    """Cancellations by run, a name that the page makes for each question. Safe for many threads; belongs to one process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._runs: dict[str, tuple[str, Cancellation]] = {}
        self._stopped: OrderedDict[str, None] = OrderedDict()

    @contextmanager
    def run(self, name: str, session: str = "") -> Iterator[Cancellation]:
        """The cancellation of a question while it is answered; cancelled already where it was stopped before it began."""
        cancellation = Cancellation()
        with self._lock:
            if name in self._stopped:
                del self._stopped[name]
                cancellation.cancel()
            self._runs[name] = session, cancellation
        try:
            yield cancellation
        finally:
            with self._lock:
                self._runs.pop(name, None)

    def stop(self, name: str) -> None:
        """Stop the question `name`, now or as soon as it begins."""
        with self._lock:
            found = self._runs.get(name)
            if not found and name:
                self._stopped[name] = None
                while len(self._stopped) > _WAITING:
                    self._stopped.popitem(last=False)
        if found:
            found[1].cancel()

    def leave(self, session: str) -> None:
        """Stop whatever is being answered for a page that was closed."""
        with self._lock:
            left = [cancellation for owner, cancellation in self._runs.values() if owner == session]
        for cancellation in left:
            cancellation.cancel()
