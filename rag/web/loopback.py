"""Before an advisor serves: whether all who can reach it are known, and that one which asks nobody is reached by its own machine only."""

from __future__ import annotations

from fastapi import FastAPI
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

from rag.identity.sources import check_address, check_start
from rag.settings import Settings
from rag.web.access import asked_by_loopback_name
from rag.web.problems import problem

#: For uvicorn: only rag.web.identity says whose word counts for where a request comes from, by PPS_TRUSTED_PROXIES.
UVICORN = {"proxy_headers": False}
_NAME = "Deze adviseur is alleen ingesteld voor gebruik op zijn eigen machine. Open hem daar als http://127.0.0.1 met zijn poort."


def check(settings: Settings) -> None:
    """Whether the advisor may be served as it is set.

    Raises:
        ConfigurationError: others can reach it and nobody has to be known; the message says the choices.
    """
    check_address(settings, check_start(settings))


def keep_here(app: FastAPI, settings: Settings) -> None:
    """Where nobody is asked who they are, let `app` answer under names of this machine only. Before the first request."""
    if check_start(settings).local:
        app.add_middleware(LoopbackNames)


class LoopbackNames:
    """ASGI middleware that knows only the names of this machine.

    A website can point its own name at 127.0.0.1, and would then read along in the browser of whoever visits it.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket" and not asked_by_loopback_name(HTTPConnection(scope)):
            await send({"type": "websocket.close", "code": 1008, "reason": "niet toegestaan"})
        elif scope["type"] == "http" and not asked_by_loopback_name(HTTPConnection(scope)):
            await problem(403, _NAME, path=scope["path"])(scope, receive, send)
        else:
            await self._app(scope, receive, send)
