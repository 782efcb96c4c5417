"""The whole chat in a frame on pages of the websites in PPS_EMBED_ORIGINS: /embed/chat, with ?domein=… narrowed to domains."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import gradio as gr
from fastapi import FastAPI, Request
from fastapi.responses import RedirectResponse
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rag.advisor import Advisor
from rag.embeds.origins import frame_ancestors
from rag.knowledge.documents import Domein
from rag.models.shelf import ModelShelf
from rag.web import chat, labels
from rag.web.places import Places

PATH = "/embed/chat"
_SCRIPT = Path(__file__).parent / "static" / "embed_chat.js"
_DOMAINS = frozenset(get_args(Domein))


def mount(app: FastAPI, advisor: Advisor, shelf: ModelShelf, suggestions: chat.Suggestions, row: Places) -> None:
    """Add it to `app`, before what answers for every other address."""

    @app.get(PATH, include_in_schema=False)
    def with_slash(request: Request) -> RedirectResponse:
        query = request.url.query
        return RedirectResponse(f"chat/?{query}" if query else "chat/", 307)

    options = {"footer_links": [], "run_history": False, "enable_monitoring": False, "show_error": False, "ssr_mode": False, "pwa": False}
    gr.mount_gradio_app(app, build(advisor, shelf, suggestions, row), path=PATH, theme=chat.theme(), head=head(), **options)
    app.add_middleware(ChatFrames, origins=advisor.settings.embed_origins)


def build(advisor: Advisor, shelf: ModelShelf, suggestions: chat.Suggestions, row: Places | None = None) -> gr.Blocks:
    """The chat of the Dutch site, with the domains of its address ticked. Other pages of the site open beside the page around it."""
    page = chat.build(advisor, shelf, "nl", frozenset(), suggestions, row)
    label = labels.texts("nl")["domain"]
    domains = next(block for block in page.blocks.values() if isinstance(block, gr.CheckboxGroup) and block.label == label)

    def ticked(request: gr.Request) -> list[str]:
        return asked_for(request.query_params.getlist("domein"))

    with page:
        page.load(ticked, None, [domains], show_progress="hidden", api_visibility="private")
    return page


def head() -> str:
    """What stands in the head of that page."""
    return f"<script>{_SCRIPT.read_text(encoding='utf-8')}</script>\n{chat.head('nl')}"


def asked_for(named: list[str]) -> list[str]:
    """The domains among `named`, which may also stand behind a comma; what is no domain is passed over."""
    return list(dict.fromkeys(d for text in named[:20] for d in text[:500].split(",") if d in _DOMAINS))


class ChatFrames:
    """ASGI middleware, outermost: only these websites may hold the chat in a frame. It adds to the policy that the chat has already."""

    def __init__(self, app: ASGIApp, origins: list[str]) -> None:
        self._app = app
        self._ancestors = frame_ancestors(origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not (scope["path"] == PATH or scope["path"].startswith(f"{PATH}/")):
            await self._app(scope, receive, send)
            return

        async def framed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                kept = [p for p in headers.get("content-security-policy", "").split(";") if p.split()[:1] not in ([], ["frame-ancestors"])]
                headers["Content-Security-Policy"] = "; ".join([*(p.strip() for p in kept), self._ancestors])
                if "x-frame-options" in headers:
                    del headers["x-frame-options"]
            await send(message)

        await self._app(scope, receive, framed)
