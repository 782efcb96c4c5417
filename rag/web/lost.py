"""An address that does not exist is told as a page, to readers. Programs keep the reply that they would have had."""

from __future__ import annotations

from fastapi.responses import HTMLResponse
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rag.web.source_page import message_page

#: Addresses that only programs ask for.
_PROGRAMS = ("/api/", "/gradio_api/", "/static/")


class LostPages:
    """ASGI middleware: a 404 without a page of its own, asked for by a browser that shows pages, becomes one.

    Needed around everything: Gradio, mounted at "/", answers for every address that is not a route here.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not _reads_pages(scope):
            await self._app(scope, receive, send)
            return
        lost = False

        async def told(message: Message) -> None:
            nonlocal lost
            if message["type"] == "http.response.start" and _is_bare_404(message):
                lost = True
            if not lost:
                await send(message)

        await self._app(scope, receive, told)
        if lost:
            text = "Dit adres bestaat niet op deze website. Misschien is de pagina verplaatst of is het adres niet goed overgenomen."
            await HTMLResponse(message_page("Pagina niet gevonden", text), 404)(scope, receive, send)


def _reads_pages(scope: Scope) -> bool:
    if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD") or scope["path"].startswith(_PROGRAMS):
        return False
    return "text/html" in Headers(scope=scope).get("accept", "")


def _is_bare_404(message: Message) -> bool:
    headers = Headers(raw=message.get("headers", []))
    return message["status"] == 404 and not headers.get("content-type", "").startswith("text/html")
