"""/healthz (the process lives), /readyz (what it needs is there, each part by name) and /metrics for Prometheus."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx
from anyio import CancelScope, create_task_group, move_on_after, to_thread
from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import text

from rag.advisor import Advisor
from rag.errors import PpsError
from rag.store.database import Database
from rag.web.limits import Doors
from rag.web.metrics import Metrics
from rag.web.problems import MEDIA, problem_data

#: Seconds that one check may take, and that an outcome is good for: whoever asks often does not make the parts busier.
LIMIT_S, FRESH_S = 3.0, 2.0
#: Without these no question is answered. Without the others the advisor answers all the same, so it is ready, and says what is missing.
NEEDED = ("index", "chroma")
OK, UNUSED = "ok", "niet in gebruik"


@dataclass(frozen=True, slots=True)
class State:
    """What each part said, by its name: "ok", "niet in gebruik", or what is wrong with it."""

    parts: dict[str, str]
    corpus_version: str

    @property
    def wrong(self) -> list[str]:
        return [name for name, told in self.parts.items() if told not in (OK, UNUSED)]


class Readiness:
    """Asks the parts. No address, path or key is in what it tells: anybody may read it."""

    def __init__(self, advisor: Advisor, database: Database) -> None:
        self._advisor, self._database = advisor, database
        self._kept: tuple[float, State] | None = None

    async def state(self) -> State:
        """The state now, or that of a moment ago."""
        if self._kept and time.monotonic() - self._kept[0] < FRESH_S:
            return self._kept[1]
        told: dict[str, str] = dict.fromkeys(("index", "chroma", "database", "taalmodel"), "antwoordt niet op tijd")
        checks: dict[str, Callable[[], str]] = {
            "index": self._index,
            "chroma": self._chroma,
            "database": self._store,
            "taalmodel": self._model,
        }
        async with create_task_group() as group:
            for name, check in checks.items():
                group.start_soon(_ask, name, check, told)
        version = ""
        if told["index"] == OK:
            version = self._advisor.searcher.snapshot().corpus_version
        self._kept = time.monotonic(), State(told, version)
        return self._kept[1]

    def _index(self) -> str:
        self._advisor.searcher.snapshot()
        return OK

    def _chroma(self) -> str:
        url = self._advisor.settings.chroma_url
        if url:
            httpx.get(f"{url.rstrip('/')}/api/v2/heartbeat", timeout=LIMIT_S).raise_for_status()
        self._advisor.searcher.search("samenwerking", 1)  # a server that lives may have lost the index, or fail
        return OK

    def _store(self) -> str:
        settings = self._advisor.settings
        if settings.feedback == settings.questions == "uit" and not settings.database_url:
            return UNUSED
        if self._database.exists:  # a SQLite file is made at the first write
            with self._database.session() as session:
                session.execute(text("SELECT 1"))
        return OK

    def _model(self) -> str:
        from rag.models.health import language_models

        if not self._advisor.settings.llm:
            return UNUSED
        checks = language_models(self._advisor.settings, False)
        return OK if all(c.ok for c in checks) else "niet te bereiken of niet volledig; antwoorden bestaan uit zinnen uit de bronnen"


async def _ask(name: str, check: Callable[[], str], told: dict[str, str]) -> None:
    with move_on_after(LIMIT_S):
        try:
            told[name] = await to_thread.run_sync(check, abandon_on_cancel=True)
        except PpsError:
            told[name] = "ontbreekt of is beschadigd" if name == "index" else "niet te bereiken"
        except Exception:  # noqa: BLE001 - each client library fails in its own way, and any of them means the same here
            told[name] = "niet te bereiken"


def router(advisor: Advisor, database: Database, doors: Doors, metrics: Metrics) -> APIRouter:
    """The routes. `doors` tells whether this process is about to stop."""
    made = APIRouter(tags=["Health"])
    readiness = Readiness(advisor, database)

    @made.get("/healthz", summary="The process lives")
    async def healthz() -> dict[str, str]:
        """Says nothing of what the advisor needs: restarting it would not bring that back."""
        return {"status": "ok"}

    @made.get(
        "/readyz",
        summary="Questions can be answered",
        response_model=None,
        responses={200: {"content": {"application/json": {"example": _EXAMPLE}}}, 503: {"content": {MEDIA: {}}}},
    )
    async def readyz() -> JSONResponse:
        """Status 503 where no question can be answered (no index, no Chroma, stopping). `status` is `beperkt` where questions are
        answered without a part: without the database no feedback is kept, without the model answers are sentences of the sources."""
        with CancelScope(shield=True):  # the parts are asked once for everybody who waits
            state = await readiness.state()
        found: dict[str, Any] = {"corpus_version": state.corpus_version, "parts": state.parts, "not_ready": state.wrong}
        if doors.closing:
            detail = "De adviseur stopt en neemt geen nieuwe vragen aan."
            return JSONResponse({**problem_data(503, detail, "stopping"), **found}, 503, {"Retry-After": "30"}, MEDIA)
        if any(name in state.wrong for name in NEEDED):
            detail = f"De adviseur kan nu geen vragen beantwoorden. Niet gereed: {', '.join(state.wrong)}."
            return JSONResponse({**problem_data(503, detail, "not_ready"), **found}, 503, {"Retry-After": "10"}, MEDIA)
        return JSONResponse({"status": "beperkt" if state.wrong else "ok", **found})

    @made.get("/metrics", summary="Figures for Prometheus", response_class=Response, responses={200: {"content": {"text/plain": {}}}})
    def figures() -> Response:
        """Requests, answers by status, time by step, and how many questions run and wait, of this process."""
        return Response(generate_latest(metrics.registry), media_type=CONTENT_TYPE_LATEST)

    return made


_EXAMPLE = {
    "status": "ok",
    "corpus_version": "5f1c0a7be2d94c11",
    "parts": {"index": OK, "chroma": OK, "database": OK, "taalmodel": UNUSED},
    "not_ready": [],
}
