"""FastAPI with the chat mounted on it: pages, API and health on one port."""

from __future__ import annotations

import json
import sys
import threading
import webbrowser
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from enum import Enum
from pathlib import Path
from typing import Annotated

from anyio import to_thread
from fastapi import FastAPI, HTTPException, Query, Request
from fastapi.responses import HTMLResponse, JSONResponse, StreamingResponse
from fastapi.staticfiles import StaticFiles
from pydantic import BaseModel, Field

from rag.advisor import Advisor
from rag.context import Cancellation, Event
from rag.errors import IndexBusyError, PpsError
from rag.knowledge.documents import Domein, Fase, Rol, Soort
from rag.models.shelf import ModelShelf
from rag.settings import Settings
from rag.statuses import statuses
from rag.types import Filters, Turn
from rag.web.report import Reports
from rag.web.source_page import message_page, source_page

StatusName = Enum("StatusName", {name: name for name in statuses()}, type=str)


class EarlierTurn(BaseModel):
    """A question asked before in the same conversation: from its answer, `standalone_question`, the cited documents and `status`."""

    question: str = Field(max_length=4000, examples=["Wat is PPS volgens TNO?"])
    documents: list[str] = Field([], max_length=50)
    status: StatusName = StatusName.answered


class Ask(BaseModel):
    """A question with what it is narrowed to. With `history` it may be a follow-up ("en voor de FIOD?")."""

    question: str = Field(max_length=200_000, examples=["Wat is PPS volgens TNO?"])
    history: list[EarlierTurn] = Field([], max_length=20)
    domein: list[Domein] = []
    rol: list[Rol] = []
    fase: list[Fase] = []
    soort: list[Soort] = []

    def filters(self) -> Filters:
        return Filters(tuple(self.domein), tuple(self.rol), tuple(self.fase), tuple(self.soort))

    def turns(self) -> tuple[Turn, ...]:
        return tuple(Turn(t.question, tuple(t.documents), t.status.value) for t in self.history)


def create_app(advisor: Advisor, shelf: ModelShelf | None = None) -> FastAPI:
    """The whole web application for `advisor`. `shelf` holds the language models that a reader may choose."""
    shelf = shelf or ModelShelf(advisor.settings, advisor.chat_model)
    reports = Reports(advisor)
    if advisor.settings.keep_gaps and advisor.on_answer is None:
        advisor.on_answer = lambda answer: reports.gaps.record(answer, advisor.searcher.snapshot().lexical.knows)

    @asynccontextmanager
    async def lifespan(_: FastAPI):  # noqa: ANN202
        threading.Thread(target=_warm, args=(advisor,), daemon=True).start()
        yield

    app = FastAPI(title="PPS-adviseur", version="1", docs_url="/docs", redoc_url=None, lifespan=lifespan)
    app.mount("/static", StaticFiles(directory=Path(__file__).parent / "static"), name="static")

    @app.middleware("http")
    async def headers(request: Request, call_next):  # noqa: ANN001, ANN202
        response = await call_next(request)
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        response.headers.setdefault("Referrer-Policy", "same-origin")
        return response

    @app.exception_handler(PpsError)
    async def told(_: Request, error: PpsError) -> JSONResponse:
        problem = {"type": "about:blank", "title": "Niet gelukt", "status": 503, "detail": str(error)}
        return JSONResponse(problem, 503, media_type="application/problem+json")

    @app.get("/healthz")
    def healthz() -> dict[str, str]:
        return {"status": "ok"}

    @app.get("/readyz")
    def readyz() -> dict[str, str]:
        return {"status": "ok", "corpus_version": advisor.searcher.snapshot().corpus_version}

    @app.get("/bron/{document_id}", response_class=HTMLResponse)
    def source(document_id: str, passage: str | None = None) -> HTMLResponse:
        page = source_page(advisor.searcher.store, document_id, passage)
        if page is None:
            text = "Dit document staat niet (meer) in de bronnen van de adviseur."
            return HTMLResponse(message_page("Document niet gevonden", text), 404)
        return HTMLResponse(page)

    @app.get("/corpus", response_class=HTMLResponse)
    def corpus() -> HTMLResponse:
        return HTMLResponse(reports.corpus_page())

    @app.get("/kennisgaten", response_class=HTMLResponse)
    def gaps() -> HTMLResponse:
        return HTMLResponse(reports.gaps_page())

    @app.post("/api/v1/ask")
    def ask(body: Ask, request: Request):  # noqa: ANN202 - JSON or a stream, as the caller accepts
        if "text/event-stream" in request.headers.get("accept", ""):
            cancellation = Cancellation()
            events = advisor.stream(body.question, body.filters(), turns=body.turns(), cancellation=cancellation)
            return StreamingResponse(_server_sent(events, cancellation), media_type="text/event-stream")
        return advisor.ask(body.question, body.filters(), turns=body.turns()).as_dict()

    @app.get("/api/v1/search")
    def search(
        q: Annotated[str, Query(min_length=2, max_length=2000)],
        k: Annotated[int, Query(ge=1, le=50)] = 10,
        domein: Annotated[list[Domein], Query()] = [],  # noqa: B006 - FastAPI copies it
        rol: Annotated[list[Rol], Query()] = [],  # noqa: B006
    ) -> dict:
        if not q.strip():
            raise HTTPException(422, "q is leeg")
        hits = advisor.searcher.search(q, k, Filters(tuple(domein), tuple(rol)))
        return {"question": q, "passages": [h.as_dict() for h in hits]}

    import gradio as gr

    from rag.web import chat

    return gr.mount_gradio_app(
        app,
        chat.build(advisor, shelf),
        path="/",
        theme=chat.theme(),
        css=chat.css(),
        head=chat.head(),
        footer_links=[],
        run_history=False,
        enable_monitoring=False,
        show_error=False,
        ssr_mode=False,
        pwa=False,
    )


def serve(settings: Settings, *, open_browser: bool = False) -> None:
    """Bring the index up to date, then serve until stopped."""
    import uvicorn

    from rag.knowledge.job import index_corpus

    try:
        report = index_corpus(settings, show_progress=sys.stderr.isatty() or not (settings.index_dir / "passages.sqlite").exists())
        for problem in report.errors:
            print(f"Niet ingelezen — {problem['message']}", file=sys.stderr)
    except IndexBusyError as error:
        print(f"{error} De adviseur start met de bestaande index.", file=sys.stderr)
    advisor = Advisor.from_settings(settings)
    advisor.searcher.snapshot()
    shelf = ModelShelf(settings, advisor.chat_model)
    app = create_app(advisor, shelf)
    address = f"http://{settings.host}:{settings.port}"

    class Server(uvicorn.Server):
        async def startup(self, sockets=None) -> None:  # noqa: ANN001
            await super().startup(sockets)
            if self.started:
                print(f"De adviseur staat klaar op {address} — stoppen met Ctrl+C.", flush=True)
                if open_browser:
                    threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()

    server = Server(uvicorn.Config(app, host=settings.host, port=settings.port, log_level="warning"))
    try:
        server.run()
    except SystemExit:
        raise PpsError(
            f"Poort {settings.port} is al in gebruik. Sluit het andere programma, of kies een andere poort: PPS_PORT=7861 make run"
        ) from None
    finally:
        shelf.close()
        advisor.close()


def _warm(advisor: Advisor) -> None:
    try:
        advisor.warm()
    except PpsError as error:  # shown to whoever asks the first question; the server itself keeps running
        print(error, file=sys.stderr)


async def _server_sent(events: Iterator[Event], cancellation: Cancellation) -> AsyncIterator[str]:
    """The events as they come. A reader who goes away cancels this, and with it the language model."""
    try:
        while event := await to_thread.run_sync(next, events, None, abandon_on_cancel=True):
            yield f"event: {event.kind}\ndata: {json.dumps(_event_data(event), ensure_ascii=False)}\n\n"
    finally:
        cancellation.cancel()


def _event_data(event: Event) -> dict:
    if event.kind == "evidence":
        return {"passages": [h.as_dict() for h in event.hits]}
    if event.sentence:
        return {**event.sentence.as_dict(), "new_citations": [c.as_dict() for c in event.citations if c.n in event.sentence.citations]}
    return event.answer.as_dict() if event.answer else {}
