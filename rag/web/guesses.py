"""Guessing the password that editors share is slow: from one address, and from all of them together. Counts are of this process."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from cachetools import TTLCache

from rag.web.limits import Rate

#: Wrong passwords a minute: from one address, and from all together, so that many addresses are of little help.
EACH, ALL = 5, 30
#: Seconds that an address from which the right password came passes the count of all, so that a stranger who guesses keeps no editor out,
#: and how many such addresses are remembered.
KNOWN_S, KNOWN = 12 * 3600, 1000
_EVERYBODY = ""
_log = logging.getLogger(__name__)


class Guesses:
    """Wrong passwords of late, by address. Bounded in memory. Used in the thread of the event loop only."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._each, self._all = Rate(EACH, clock), Rate(ALL, clock)
        self._known: TTLCache[str, bool] = TTLCache(KNOWN, KNOWN_S, clock)

    def wait_s(self, address: str) -> int:
        """Seconds until a password from `address` is looked at again; 0 is now."""
        together = 0 if address in self._known else self._all.wait_s(_EVERYBODY)
        return max(self._each.wait_s(address), together)

    def wrong(self, address: str) -> None:
        """A wrong password came from `address`."""
        self._each.take(address)
        self._all.take(_EVERYBODY)
        if self.wait_s(address):
            _log.warning("wrong passwords of editors follow each other too fast: the next ones have to wait")

    def right(self, address: str) -> None:
        """The right password came from `address`."""
        self._known[address] = True
