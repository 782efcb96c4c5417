"""What browsers are told not to do with our pages, and which of Gradio's routes are open."""

from __future__ import annotations

import json
import re

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rag.web.problems import problem

#: Most bytes of a request, unless a route allows less. A conversation with its sources, as the browser sends it to export, fits.
MAX_BODY = 4_000_000
#: Our own pages: only our own files, and no script or style inside the page.
OWN = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
    "frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
#: Gradio's pages start from a script inside the page and make functions of text, so these two must be open there. What comes from a
#: document, a reader or a model is escaped by our templates before it gets there (tests/web/test_render.py).
GRADIO = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
    "font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; object-src 'none'; form-action 'self'; base-uri 'self'; "
    "frame-ancestors 'self'"
)
_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
#: What the chat needs of Gradio's API. The rest can take files, fetch addresses or run a step without its queue: closed.
_GRADIO_API = re.compile(r"^(?:/[a-z]{2}|/embed/chat)?/gradio_api(?:/(?P<rest>.*))?$")
_GRADIO_OPEN = re.compile(r"(?:queue/(?:join|data)|heartbeat/[^/]+|startup-events|app_id|info|cancel|reset|theme\.css)/?")
#: Files of Gradio whose names hold a digest of what is in them: a browser may keep them for good.
DIGESTED = re.compile(r"/assets/[\w.]+-[\w-]{8,}\.(?:js|css)$")
_GRADIO_CLOSED = re.compile(r"/(?:file|proxy)[=/]|/(?:monitoring|runs|run-history|dev|vibe[^/]*)(?:/|$)")


class Security:
    """ASGI middleware: headers on every reply, where the route itself did not set them; Gradio's spare routes do not exist."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        own = scope.get("app")

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _ALWAYS.items():
                    headers.setdefault(name, value)
                if message["status"] == 200 and DIGESTED.search(scope["path"]):
                    headers["Cache-Control"] = "private, max-age=31536000, immutable"
                headers.setdefault("Content-Security-Policy", OWN if scope.get("app") is own else GRADIO)
            await send(message)

        if is_closed(scope["path"]):
            await problem(404, path=scope["path"])(scope, receive, guarded)
            return
        await self._app(scope, receive, guarded)


def is_closed(path: str) -> bool:
    """Whether this is a route of Gradio that the chat does not need."""
    found = _GRADIO_API.match(path)
    if found:
        return not _GRADIO_OPEN.fullmatch(found["rest"] or "")
    return bool(_GRADIO_CLOSED.search(path)) and not path.startswith(("/api/", "/static/", "/bron/"))


class PlainInputs:
    """ASGI middleware: the chat is told text and lists of text, never an object.

    Gradio takes an object in any input for a file, and fetches it from the address that it names: a caller could let this server ask
    something of other machines.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].rstrip("/").endswith("/gradio_api/queue/join"):
            await self._app(scope, receive, send)
            return
        body = b""
        more = True
        while more:
            message = await receive()
            if message["type"] != "http.request":
                return  # the caller left
            body += message.get("body", b"")
            more = message.get("more_body", False)
        if not is_plain(body):
            await problem(422, "De chat neemt alleen tekst aan.", path=scope["path"])(scope, receive, send)
            return
        given = False

        async def again() -> Message:
            nonlocal given
            if given:
                return await receive()
            given = True
            return {"type": "http.request", "body": body, "more_body": False}

        await self._app(scope, again, send)


def is_plain(body: bytes) -> bool:
    """Whether `data` of this JSON holds no object, however deep; False too where it cannot be read."""
    try:
        asked = json.loads(body)
    except (ValueError, RecursionError):
        return False
    waiting = [asked.get("data") if isinstance(asked, dict) else asked]
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            return False
        if isinstance(part, list):
            waiting += part
    return True
