"""The row of the chat: so many answers at once, and whoever waits sees the place; whoever comes when it is full hears when to come back."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator

from anyio import to_thread

from rag.context import Cancellation
from rag.settings import Settings
from rag.web.places import FullError, Places
from rag.web.turn import TurnView

#: Questions that wait in the chat for each one that may wait over the API: people see their place, and stay.
_WAITING = 4
#: Places that are told in a second, to all who wait together: each telling redraws a page.
_TELLINGS = 40


def places_of(settings: Settings, at_once: int) -> Places:
    """The one row for all pages of the chat of this process."""
    return Places(at_once, _WAITING * settings.questions_waiting)


async def in_turn(
    row: Places, asked: str, key: str, cancellation: Cancellation, views: Callable[[], Iterator[TurnView]]
) -> AsyncIterator[TurnView]:
    """The views of a question once it is its turn, and before that its place in `row`. `key` names a turn that gets no answer."""
    try:
        ticket = row.take()
    except FullError as error:
        yield TurnView(asked, "failed", key, busy_s=max(2, error.retry_after_s))
        return
    try:
        told = 0
        while ticket.place:
            if ticket.place != told:
                told = ticket.place
                yield TurnView(asked, "waiting", place=told)
            await ticket.turn(max(1.0, row.waiting / _TELLINGS))
            if cancellation.cancelled:
                yield TurnView(asked, "stopped", key)
                return
        steps = views()
        while (view := await to_thread.run_sync(next, steps, None)) is not None:
            yield view
    finally:
        ticket.done()
