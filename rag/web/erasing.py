"""Erasing by term: what is past it goes, also when nobody writes or reads."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager, suppress

from anyio import to_thread

from rag.errors import PpsError

#: Seconds between two rounds.
ROUND_S = 3600.0
_log = logging.getLogger(__name__)


@asynccontextmanager
async def erasing(erasers: Iterable[Callable[[], object]], every_s: float = ROUND_S) -> AsyncIterator[None]:
    """Call each of `erasers` now and every so many seconds, as long as the application runs."""
    rounds = asyncio.create_task(_rounds(list(erasers), every_s))
    try:
        yield
    finally:
        rounds.cancel()
        with suppress(asyncio.CancelledError):
            await rounds


async def _rounds(erasers: list[Callable[[], object]], every_s: float) -> None:
    while True:
        for erase in erasers:
            try:
                await to_thread.run_sync(erase)
            except PpsError as error:  # the database is away for a while: the next round, or the next write, erases it
                _log.warning("what is past its term could not be erased: %s", error)
        await asyncio.sleep(every_s)
