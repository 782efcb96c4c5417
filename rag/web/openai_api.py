"""The advisor as a model for front ends that speak OpenAI's protocol: POST /v1/chat/completions and GET /v1/models.

Citations stay: as [1] in the text with the sources below it, as `annotations` of the message, and the whole answer in `pps_answer`.
"""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator, Iterator
from typing import Any
from uuid import uuid4

from anyio import to_thread
from fastapi import APIRouter, Path, Request
from fastapi.responses import JSONResponse, Response

from rag.advisor import Advisor
from rag.compose.draft import markdown
from rag.context import Cancellation, Event
from rag.types import AnswerSentence
from rag.web import events
from rag.web.access import asker_of, base_url
from rag.web.limits import TICKET
from rag.web.openai_types import MODEL, ChatRequest, annotations, ending
from rag.web.problems import problem, responses
from rag.web.told import ApiRoute

_CHUNK, _WHOLE = "chat.completion.chunk", "chat.completion"
_DONE = "data: [DONE]\n\n"


def router(advisor: Advisor) -> APIRouter:
    """The routes below /v1, over `advisor`."""
    made = APIRouter(prefix="/v1", route_class=ApiRoute, tags=["OpenAI-compatible"])
    started = int(time.time())
    card = {"id": MODEL, "object": "model", "created": started, "owned_by": advisor.settings.organisation or "pps-adviseur"}

    @made.get("/models", summary="List the one model there is")
    def models() -> dict[str, Any]:
        return {"object": "list", "data": [card]}

    @made.get("/models/{model}", summary="Describe it", response_model=None, responses=responses(404))
    def model(model: str = Path(max_length=200, examples=[MODEL])) -> Response:
        return JSONResponse(card) if model == MODEL else _no_model()

    @made.post(
        "/chat/completions",
        summary="Ask a question as a chat",
        max_body_size=4_000_000,
        response_model=None,
        responses={200: {"content": {"application/json": {}, events.MEDIA: {}}}, **responses(404, 413, 422, 429, 503)},
    )
    async def completions(body: ChatRequest, request: Request) -> Response:
        """As JSON, or with `stream` as OpenAI's chunks. `usage` is left out: the advisor counts no tokens."""
        if body.model != MODEL:
            return _no_model()
        question = body.question()
        if question is None:
            return problem(422, "Er is geen bericht van de gebruiker (role: user) met tekst.", path=request.url.path)
        base, ticket = base_url(request, advisor.settings), request.scope.get(TICKET)
        cancellation, asker = Cancellation(), asker_of(request)

        def start() -> Iterator[Event]:
            return advisor.stream(question, turns=body.turns(), cancellation=cancellation, asker=asker)

        if body.stream:
            return events.Stream(_chunks(events.moments(ticket, start, cancellation), base), lambda _: None, {})
        if ticket:
            await ticket.turn()
        given = (await to_thread.run_sync(lambda: advisor.ask(question, turns=body.turns(), asker=asker))).as_dict()
        return JSONResponse(completion(given, base))

    return made


def completion(answer: dict[str, Any], base: str) -> dict[str, Any]:
    """The whole answer in OpenAI's form. `base` is the address of the advisor, for links."""
    content = answer["text"] + ending(answer, base)
    message = {"role": "assistant", "content": content, "refusal": None, "annotations": annotations(content, answer, base)}
    return {
        "id": f"chatcmpl-{answer['id']}",
        "object": _WHOLE,
        "created": int(time.time()),
        "model": MODEL,
        "choices": [{"index": 0, "message": message, "finish_reason": "stop", "logprobs": None}],
        "pps_answer": answer,
    }


async def _chunks(moments: AsyncIterator[Event | int | None], base: str) -> AsyncIterator[str]:
    """The same as chunks. What was sent is never taken back: where the finished text goes on otherwise (a model that failed halfway, and
    the sources took over), it follows whole, under a line."""
    head = {"id": f"chatcmpl-{uuid4().hex}", "object": _CHUNK, "created": int(time.time()), "model": MODEL}
    told: list[AnswerSentence] = []
    sent = ""
    yield _chunk(head, {"role": "assistant", "content": ""})
    try:
        async for moment in moments:
            if not isinstance(moment, Event):
                yield ": nog bezig\n\n"
            elif moment.kind == "sentence" and moment.sentence:
                told.append(moment.sentence)
                text = markdown(told)
                yield _chunk(head, {"content": text[len(sent) :]})
                sent = text
            elif moment.answer:
                answer = moment.answer.as_dict()
                text = answer["text"]
                rest = text[len(sent) :] if text.startswith(sent) else f"\n\n---\n\n{text}"
                yield _chunk(head, {"content": rest + ending(answer, base)})
                whole = answer["text"] + ending(answer, base)
                marks = annotations(whole, answer, base) if text.startswith(sent) else []
                yield _chunk({**head, "pps_answer": answer}, {"annotations": marks}, "stop")
    except Exception as error:  # noqa: BLE001 - the reply has begun with status 200, so this is the only way to tell
        yield f"data: {json.dumps(events.failure(error, '/v1/'), ensure_ascii=False)}\n\n"
    yield _DONE


def _chunk(head: dict[str, Any], delta: dict[str, Any], finish: str | None = None) -> str:
    data = {**head, "choices": [{"index": 0, "delta": delta, "finish_reason": finish, "logprobs": None}]}
    return f"data: {json.dumps(data, ensure_ascii=False)}\n\n"


def _no_model() -> Response:
    return problem(404, f"Dit model is er niet. Het model van deze adviseur heet {MODEL}.", code="model_not_found", path="/v1/models")
