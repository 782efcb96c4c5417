"""The API, version 1: ask (JSON or server-sent events), read an answer again, search."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Annotated, Any

from anyio import to_thread
from fastapi import APIRouter, Header, HTTPException, Path, Query, Request
from fastapi.responses import JSONResponse, Response

from rag.advisor import Advisor
from rag.context import Cancellation
from rag.guard.question import has_words, normalise
from rag.knowledge.documents import Domein, Fase, Rol, Soort
from rag.store.answers import OtherRequestError, StillBusyError
from rag.types import Filters
from rag.web import events
from rag.web.access import asker_of
from rag.web.api_types import EXAMPLE, AnswerOut, Ask, Found
from rag.web.limits import TICKET, client_of
from rag.web.places import Ticket
from rag.web.problems import problem, responses
from rag.web.recent import RecentAnswers, Repeats
from rag.web.told import ApiRoute

_STREAM = "event: evidence\ndata: {…}\n\nevent: sentence\ndata: {…}\n\nevent: answer\ndata: {…}\n\n"
_Key = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        max_length=200,
        pattern=r"^[\x21-\x7e]+$",
        description="A name of your own for this request. Sent again within ten minutes with the same body, it gives the same answer, "
        "where it is remembered: in this process, or where the organisation keeps questions with their text, in all of them.",
        examples=["7c6f1a52-vraag-1"],
    ),
]


def router(advisor: Advisor, recent: RecentAnswers) -> APIRouter:
    """The routes below /api/v1, over `advisor`."""
    made = APIRouter(prefix="/api/v1", route_class=ApiRoute, tags=["Advisor"])
    repeats = Repeats(recent.store)

    @made.post(
        "/ask",
        summary="Ask a question",
        max_body_size=2_000_000,
        response_model=None,
        responses={
            200: {
                "model": AnswerOut,
                "description": "An answer, also where the advisor gives none: see `status`",
                "content": {"application/json": {"example": EXAMPLE}, events.MEDIA: {"example": _STREAM}},
            },
            **responses(409, 413, 422, 429, 503),
        },
    )
    async def ask(body: Ask, request: Request, idempotency_key: _Key = None) -> Response:
        """As JSON, or with `Accept: text/event-stream` as events while the answer is made: `waiting` (`place` in the row), `evidence`
        (the passages), `sentence` (each with the citations that it names), `answer` (the whole, as in JSON) or `error` (a problem)."""
        streams = events.MEDIA in request.headers.get("accept", "")
        finished: Callable[[dict[str, Any] | None], None] = _nobody
        if idempotency_key:
            client = client_of(request.scope)
            try:
                before = await repeats.begin(client, idempotency_key, body.model_dump_json().encode())
            except OtherRequestError:
                return problem(422, "Deze Idempotency-Key is al gebruikt voor een andere vraag. Kies een nieuwe.", code="key_reused")
            except StillBusyError:
                return problem(409, code="in_progress", headers={"Retry-After": "1"})
            if before:
                return _replayed(before, streams)
            finished = partial(repeats.end, client, idempotency_key)
        ticket: Ticket | None = request.scope.get(TICKET)
        cancellation, asker = Cancellation(), asker_of(request)

        def start():  # noqa: ANN202 - the advisor's events
            return advisor.stream(body.question, body.filters(), turns=body.turns(), cancellation=cancellation, asker=asker)

        if streams:
            lines = events.server_sent(ticket, start, cancellation, finished)
            return events.Stream(lines, finished, {})
        answer = None
        try:
            if ticket:
                await ticket.turn()
            given = await to_thread.run_sync(lambda: advisor.ask(body.question, body.filters(), turns=body.turns(), asker=asker))
            answer = given.as_dict()
        finally:
            finished(answer)
        return JSONResponse(answer)

    @made.get(
        "/answers/{answer_id}",
        summary="Read an answer again",
        response_model=None,
        responses={200: {"model": AnswerOut, "content": {"application/json": {"example": EXAMPLE}}}, **responses(404, 422, 429, 503)},
    )
    def answer(answer_id: Annotated[str, Path(pattern=r"^[0-9a-f]{32}$", examples=[EXAMPLE["id"]])]) -> Response:
        """The last ones are remembered for a short while, by this process; by all replicas only where the organisation keeps questions with
        their text. After that, and where the question was refused, it is 404."""
        found = recent.get(answer_id)
        if found:
            return JSONResponse(found, headers={"Cache-Control": "no-store"})
        kept = f"De adviseur onthoudt een antwoord {recent.minutes} minuten" if recent.minutes else "De adviseur onthoudt geen antwoorden"
        return problem(404, f"Dit antwoord is hier niet (meer). {kept}. Stel de vraag opnieuw.", code="answer_gone")

    @made.get("/search", summary="Search passages", responses=responses(422, 429, 503))
    def search(
        q: Annotated[str, Query(min_length=2, max_length=2000, description="Words or a question", examples=["convenant gegevens delen"])],
        k: Annotated[int, Query(ge=1, le=50, description="Passages on a page")] = 10,
        offset: Annotated[int, Query(ge=0, le=200, description="Passages to pass over: `next_offset` of the page before")] = 0,
        domein: Annotated[list[Domein], Query(max_length=20)] = [],  # noqa: B006 - FastAPI copies it
        rol: Annotated[list[Rol], Query(max_length=20)] = [],  # noqa: B006
        fase: Annotated[list[Fase], Query(max_length=20)] = [],  # noqa: B006
        soort: Annotated[list[Soort], Query(max_length=20)] = [],  # noqa: B006
    ) -> Found:
        """Passages, best first, a page at a time."""
        question = normalise(q)
        if not has_words(question):
            raise HTTPException(422, "In q staat geen woord om naar te zoeken.")
        filters = Filters(tuple(domein), tuple(rol), tuple(fase), tuple(soort))
        hits = advisor.searcher.search(question, offset + k + 1, filters)
        more = len(hits) > offset + k
        page = [h.as_dict() for h in hits[offset : offset + k]]
        return Found.model_validate({"question": question, "passages": page, "next_offset": offset + k if more else None})

    return made


def _nobody(_: dict[str, Any] | None) -> None:
    """Whoever sends no Idempotency-Key is not waited for."""


def _replayed(answer: dict[str, Any], streams: bool) -> Response:
    headers = {"Idempotency-Replayed": "true"}
    if streams:
        return events.Stream(events.again(answer), _nobody, headers)
    return JSONResponse(answer, headers=headers)
