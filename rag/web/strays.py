"""What no route of ours answers: addresses of the API that do not exist, and errors that a library tells in plain English text."""

from __future__ import annotations

from fastapi import FastAPI, Request
from fastapi.responses import Response
from starlette.datastructures import Headers
from starlette.routing import Match
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rag.web.problems import API, problem, reply

_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


def add_unknown(app: FastAPI) -> None:
    """Answer for every address of the API that no route has. To be called after the last route and before the chat, which is mounted at
    "/" and would take them."""

    async def unknown(request: Request) -> Response:
        path = request.url.path
        allowed = _allowed(app, request.scope, unknown)
        if allowed:
            return problem(405, headers={"Allow": ", ".join(allowed)}, path=path)
        return problem(404, path=path)

    for prefix in API:
        app.add_api_route(prefix + "{rest:path}", unknown, methods=list(_METHODS), include_in_schema=False)


def _allowed(app: FastAPI, scope: Scope, unknown: object) -> list[str]:
    """The methods that other routes have for this address."""
    routes = [r for r in app.router.routes if getattr(r, "endpoint", None) is not unknown and getattr(r, "path", None) != ""]
    asked = [{**scope, "method": m} for m in _METHODS]
    return [s["method"] for s in asked if any(r.matches(dict(s))[0] is Match.FULL for r in routes)]


class BareErrors:
    """ASGI middleware: an error that some library tells in plain English text is told as a problem, or to a reader as a page."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status = 0

        async def passed(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start" and message["status"] >= 400 and _is_bare(message):
                status = message["status"]
            if not status:
                await send(message)

        await self._app(scope, receive, passed)
        if status:
            await reply(scope, status)(scope, receive, send)


def _is_bare(message: Message) -> bool:
    kind = Headers(raw=message.get("headers", [])).get("content-type", "")
    return kind.startswith("text/plain")
