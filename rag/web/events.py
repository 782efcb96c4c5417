"""An answer as server-sent events: waiting, evidence, sentence, answer, error."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

from anyio import to_thread
from fastapi.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from rag.context import Cancellation, Event
from rag.web.places import Ticket
from rag.web.problems import problem_data, told

MEDIA = "text/event-stream"
#: No proxy may keep events back until there are more.
HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
#: Seconds between two tellings of the place in the row, and between signs of life while a model thinks.
PLACE_S, ALIVE_S = 1.0, 15.0
_log = logging.getLogger(__name__)


class Stream(StreamingResponse):
    """A stream of events that tells `finished` at the end in any case, also where the reader left before the first line was asked for."""

    def __init__(self, lines: AsyncIterator[str] | Iterator[str], finished: Callable[[None], object], headers: dict[str, str]) -> None:
        super().__init__(lines, media_type=MEDIA, headers={**HEADERS, **headers})
        self._finished = finished

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._finished(None)


def line(kind: str, data: object) -> str:
    return f"event: {kind}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"


def event_data(event: Event) -> dict[str, Any]:
    """The data of one event of the advisor."""
    if event.kind == "evidence":
        return {"passages": [h.as_dict() for h in event.hits]}
    if event.sentence:
        return {**event.sentence.as_dict(), "new_citations": [c.as_dict() for c in event.citations if c.n in event.sentence.citations]}
    return event.answer.as_dict() if event.answer else {}


def again(answer: dict[str, Any]) -> Iterator[str]:
    """The events of an answer that was given before."""
    if answer["passages"]:
        yield line("evidence", {"passages": answer["passages"]})
    for sentence in answer["sentences"]:
        cited = [c for c in answer["citations"] if c["n"] in sentence["citations"]]
        yield line("sentence", {**sentence, "new_citations": cited})
    yield line("answer", answer)


async def moments(
    ticket: Ticket | None, start: Callable[[], Iterator[Event]], cancellation: Cancellation
) -> AsyncIterator[Event | int | None]:
    """What can be told, as it comes: an int is the place in the row, None only means that the work goes on.

    Whoever stops listening cancels the work, and with it the language model.
    """
    step: asyncio.Future[Event | None] | None = None
    try:
        while ticket and not await ticket.turn(PLACE_S):
            yield ticket.place
        events = start()
        while True:
            step = asyncio.ensure_future(to_thread.run_sync(next, events, None, abandon_on_cancel=True))
            while not (await asyncio.wait({step}, timeout=ALIVE_S))[0]:
                yield None
            event = step.result()
            if event is None:
                return
            yield event
    finally:
        cancellation.cancel()
        if step and not step.done():
            step.cancel()


async def server_sent(
    ticket: Ticket | None,
    start: Callable[[], Iterator[Event]],
    cancellation: Cancellation,
    finished: Callable[[dict[str, Any] | None], None],
) -> AsyncIterator[str]:
    """The lines of the stream. `finished` is told the answer, or None where there is none, whatever happens."""
    answer: dict[str, Any] | None = None
    try:
        async for moment in moments(ticket, start, cancellation):
            if moment is None:
                yield ": nog bezig\n\n"
            elif isinstance(moment, int):
                yield line("waiting", {"place": moment})
            else:
                data = event_data(moment)
                answer = data if moment.kind == "answer" else answer
                yield line(moment.kind, data)
    except Exception as error:  # noqa: BLE001 - the reply has begun with status 200, so this is the only way to tell
        yield line("error", failure(error))
    finally:
        finished(answer)


def failure(error: Exception, path: str = "") -> dict[str, Any]:
    """The problem of an exception in the middle of a stream; one of an unknown kind is logged."""
    status, detail = told(error)
    if status == 500:
        _log.error("a stream failed", exc_info=error)
    return problem_data(status, detail, path=path)
