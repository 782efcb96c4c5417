"""FastAPI with the chat mounted on it: pages, API and health on one port."""

from __future__ import annotations

import sys
import threading
import webbrowser
from collections.abc import Callable
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
from anyio import to_thread
from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from fastapi.staticfiles import StaticFiles
from starlette.middleware.body_limit import RequestBodyLimitMiddleware

from rag.advisor import Advisor
from rag.errors import IndexBusyError, PpsError
from rag.models.shelf import ModelShelf
from rag.settings import Settings
from rag.store.answers import AnswerStore
from rag.store.audit import AuditTrail
from rag.store.behind import Behind
from rag.store.database import Database
from rag.store.questions import QuestionStore
from rag.types import Answer
from rag.web import about, api, docs_page, embed, export, feedback, guides, health, identity, logs, loopback, openai_api, problems
from rag.web.erasing import erasing
from rag.web.limits import Doors, Limits
from rag.web.lost import LostPages
from rag.web.metrics import Metrics, Watch
from rag.web.offers import offers_of
from rag.web.places import Places
from rag.web.recent import RecentAnswers
from rag.web.report import Reports
from rag.web.row import places_of
from rag.web.security import MAX_BODY, PlainInputs, Security
from rag.web.source_page import message_page, source_page
from rag.web.strays import BareErrors, add_unknown


def create_app(advisor: Advisor, shelf: ModelShelf | None = None, *, with_chat: bool = True) -> FastAPI:
    """The whole web application for `advisor`; without the chat it is made in a moment. `shelf` holds the language models that a reader
    may choose. `app.state.doors` tells what is being answered (rag.web.stopping)."""
    settings = advisor.settings
    database = Database(settings.database)  # one for all that keeps something: one pool, one look at the tables
    shelf = shelf or ModelShelf(advisor.settings, advisor.chat_model)
    reports = Reports(advisor)
    places, doors = Places(settings.questions_at_once, settings.questions_waiting), Doors()
    behind = Behind(database)
    answers = AnswerStore(database, behind, settings)
    metrics, recent = Metrics(places), RecentAnswers(settings.answers_minutes, answers)
    _listen(advisor, metrics.answered, logs.answered, recent.keep)
    questions = QuestionStore(database, settings.questions, settings.questions_days)
    advisor.record = questions.recorder(behind)
    if settings.keep_gaps:
        _listen(advisor, lambda answer: reports.gaps.record(answer, advisor.searcher.snapshot().lexical.knows))

    @asynccontextmanager
    async def lifespan(_: FastAPI):  # noqa: ANN202
        threading.Thread(target=_warm, args=(advisor,), daemon=True).start()
        erasers = [AuditTrail(database, settings.audit_days).erase_expired, questions.erase_expired, answers.erase_expired]
        async with erasing(erasers), erasing([answers.erase_expired] if answers.on else [], 60):
            yield
        await to_thread.run_sync(behind.close)
        database.close()

    app = FastAPI(title="PPS-adviseur", version="1", docs_url=None, redoc_url=None, lifespan=lifespan)
    app.state.doors = doors
    # The chat asks for a script of Gradio's below the same address, where Gradio's own route does not come to.
    gradio_files = [("gradio", "templates/frontend/static")]
    app.mount("/static", StaticFiles(directory=Path(__file__).parent / "static", packages=gradio_files), name="static")

    app.add_middleware(PlainInputs)
    app.add_middleware(Limits, settings=settings, places=places, doors=doors, metrics=metrics)
    problems.install(app)
    docs_page.install(app)
    app.include_router(health.router(advisor, database, doors, metrics))
    app.include_router(api.router(advisor, recent))
    app.include_router(openai_api.router(advisor))

    @app.get("/bron/{document_id}", response_class=HTMLResponse, responses={404: {"content": {"text/html": {}}}}, tags=["Pages"])
    def source(document_id: str, passage: str | None = None) -> HTMLResponse:
        """The page of a document, with the passage that an answer cites marked in it."""
        page = source_page(advisor.searcher.store, document_id, passage)
        if page is None:
            text = "Dit document staat niet (meer) in de bronnen van de adviseur."
            return HTMLResponse(message_page("Document niet gevonden", text), 404)
        return HTMLResponse(page)

    @app.get("/corpus", response_class=HTMLResponse, include_in_schema=False)
    def corpus() -> HTMLResponse:
        return HTMLResponse(reports.corpus_page())

    @app.get("/kennisgaten", response_class=HTMLResponse, include_in_schema=False)
    def gaps() -> HTMLResponse:
        return HTMLResponse(reports.gaps_page())

    app.include_router(export.router(advisor))
    app.include_router(feedback.router(advisor, database))
    app.include_router(about.router(advisor))
    app.include_router(guides.guides_router(advisor))
    app.include_router(embed.router(advisor, database))

    identity.install(app, settings, database)  # around all that is above, and the chat
    # The last one stands outermost: every reply is counted and gets its headers, also one of another middleware.
    app.add_middleware(RequestBodyLimitMiddleware, max_body_size=MAX_BODY)  # a route may set another limit
    for middleware in (BareErrors, LostPages, Security):
        app.add_middleware(middleware)
    app.add_middleware(Watch, metrics=metrics, log=logs.request)
    add_unknown(app)
    return _with_chat(app, advisor, shelf, metrics) if with_chat else app


def _with_chat(app: FastAPI, advisor: Advisor, shelf: ModelShelf, metrics: Metrics) -> FastAPI:

    import gradio as gr

    from rag.web import chat

    offers = offers_of(app, advisor.settings)  # every route of ours is there by now
    suggestions, row = chat.Suggestions(advisor), places_of(advisor.settings, chat.CONCURRENCY)
    metrics.watch_row("chat", row)
    if advisor.settings.embed_origins:
        from rag.web import embed_chat

        embed_chat.mount(app, advisor, shelf, suggestions, row)
    for language, path in (("en", "/en"), ("nl", "/")):  # the last one answers for every other address
        app = gr.mount_gradio_app(
            app,
            chat.build(advisor, shelf, language, offers, suggestions, row),
            path=path,
            theme=chat.theme(),
            head=chat.head(language),
            footer_links=[],
            run_history=False,
            enable_monitoring=False,
            show_error=False,
            ssr_mode=False,
            pwa=False,
        )
    return app


def serve(settings: Settings, *, open_browser: bool = False) -> None:
    """Bring the index up to date, then serve until stopped."""
    import uvicorn

    from rag.knowledge.job import index_corpus
    from rag.web.stopping import Server

    loopback.check(settings)
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
    loopback.keep_here(app, settings)
    address = f"http://{settings.host}:{settings.port}"

    class Announcing(Server):
        async def startup(self, sockets=None) -> None:  # noqa: ANN001
            await super().startup(sockets)
            if self.started:
                print(f"De adviseur staat klaar op {address} — stoppen met Ctrl+C.", flush=True)
                if open_browser:
                    threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()

    config = uvicorn.Config(app, host=settings.host, port=settings.port, log_level="warning", **loopback.UVICORN)
    logs.set_up(settings.log_format)
    server = Announcing(config, app.state.doors, settings.stop_s)
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
    except (PpsError, httpx.TransportError, ConnectionError) as error:  # told to whoever asks the first question; the server goes on
        print(error, file=sys.stderr)


def _listen(advisor: Advisor, *listeners: Callable[[Answer], object]) -> None:
    """Tell `listeners` of every finished answer too, besides whoever was told already."""
    told = [*([advisor.on_answer] if advisor.on_answer else []), *listeners]

    def tell(answer: Answer) -> None:
        for listener in told:
            listener(answer)

    advisor.on_answer = tell
