"""Answers on other pages: the page for a frame, oEmbed, and the API with the script of <pps-antwoord>. Editors: rag.web.embed_editor."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response

from rag.advisor import Advisor
from rag.embeds import view
from rag.embeds.origins import frame_ancestors
from rag.embeds.words import WORDS
from rag.store.database import Database
from rag.web import embed_editor
from rag.web.access import base_url, from_here
from rag.web.embed_shelf import Shelf
from rag.web.embed_snippets import oembed_address
from rag.web.render import templates
from rag.web.told import ApiRoute, PageRoute

STATIC = Path(__file__).parent / "static"
THEMES = {"licht", "donker", "auto"}
#: What a page in a frame may do: show itself with its own style and tell its height. Who may hold it is added for each embed.
_POLICY = "default-src 'none'; style-src 'self'; script-src 'self'; base-uri 'none'; form-action 'none'"
#: Files that pages of others load from here: name, media type, and what they are made of.
_PARTS = {
    "antwoord.css": ("text/css", ("nlds-voorbeeld.css", "theme.css", "embed.css")),
    "antwoord.js": ("text/javascript", ("embed_antwoord.js",)),
    "hoogte.js": ("text/javascript", ("embed_hoogte.js",)),
    "pps-antwoord.js": ("text/javascript", ("pps-antwoord.js",)),
}
#: Pixels that an answer takes across where nobody says otherwise.
WIDTH = 640


class _FramePage(PageRoute):
    """What goes wrong is told within the frame, whoever holds it: that text is the same for everybody."""

    def _page(self, status: int, text: str, headers: dict[str, str] | None = None) -> HTMLResponse:
        page = templates().get_template("embed_message.html")
        html = page.render(
            title="Niet gelukt", text=text, words=WORDS["nl"], language="nl", theme="auto", site="", site_title=WORDS["nl"].title
        )
        return HTMLResponse(html, status, headers=_frame_headers("frame-ancestors *"))


def router(advisor: Advisor, database: Database) -> APIRouter:
    """All routes of embeds, those of editors among them. `database` is closed by whoever made it."""
    shelf = Shelf.of(advisor, database)
    made = APIRouter()
    made.include_router(_pages(shelf))
    made.include_router(_programs(shelf))
    made.include_router(embed_editor.router(advisor, shelf))
    return made


def _pages(shelf: Shelf) -> APIRouter:
    """The page of one answer, and the files that it and pages of others load."""
    made = APIRouter(route_class=_FramePage, include_in_schema=False)
    parts = {name: (media, "\n".join((STATIC / n).read_text(encoding="utf-8") for n in of)) for name, (media, of) in _PARTS.items()}

    for name, (media, text) in parts.items():
        made.add_api_route(f"/embed/{name}", _part(text, media), methods=["GET"])

    @made.get("/embed/antwoord/{public}")
    def answer(public: str, request: Request, thema: str = "auto") -> HTMLResponse:
        site = base_url(request, shelf.settings)
        around = {"theme": thema if thema in THEMES else "auto", "site": site}
        found = shelf.find(public)
        language = found.content.language if found else "nl"
        around |= {"language": language, "site_title": WORDS[language].title}
        if found is None or found.revoked:
            words = WORDS[language]
            told = {"title": words.gone_title, "text": words.gone} if found else {"title": words.unknown_title, "text": words.unknown}
            page = templates().get_template("embed_message.html").render(words=words, **told, **around)
            allowed = frame_ancestors(found.origins) if found else "frame-ancestors *"
            return HTMLResponse(page, 410 if found else 404, headers=_frame_headers(allowed))
        at = view.Addresses(site, public)
        shown = view.shown(found, shelf.fresh(found), at)
        page = templates().get_template("embed_answer.html").render(e=shown, oembed=oembed_address(at), **around)
        return HTMLResponse(page, headers=_frame_headers(frame_ancestors(found.origins)))

    return made


def _part(text: str, media: str) -> Callable[[], Response]:
    """A route for a file that any page may load: it holds nothing of any answer."""
    headers = {"Cache-Control": "public, max-age=600", "Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"}

    def route() -> Response:
        return Response(text, media_type=f"{media}; charset=utf-8", headers=headers)

    return route


def _programs(shelf: Shelf) -> APIRouter:
    """The same answer for programs: JSON for pages of allowed websites, and oEmbed for systems that make pages."""
    made = APIRouter(route_class=ApiRoute, tags=["Embeds"])

    @made.get(
        "/api/v1/embeds/{public}",
        responses={
            403: {"description": "Deze website mag het antwoord niet tonen"},
            404: {"description": "Op dit adres staat geen antwoord"},
            410: {"description": "Het antwoord is ingetrokken"},
        },
    )
    def embed(public: str, request: Request) -> Response:
        """A published answer with its sources and whether those changed since. Pages of websites that it is not meant for are refused."""
        found = shelf.find(public)
        if found is None:
            return _problem(404, WORDS["nl"].unknown_title, WORDS["nl"].unknown, {"Access-Control-Allow-Origin": "*"})
        origin = request.headers.get("origin")
        elsewhere = origin is not None or request.headers.get("sec-fetch-site", "none") not in ("none", "same-origin")
        if elsewhere and origin not in found.origins and not from_here(request, shelf.settings):
            text = "Deze website mag dit antwoord niet tonen. De redactie van de adviseur kan haar toestaan."
            return _problem(403, "Niet toegestaan", text, {"Vary": "Origin"})
        headers = {"Vary": "Origin", **({"Access-Control-Allow-Origin": origin} if origin else {})}
        if found.revoked:
            words = WORDS[found.content.language]
            return _problem(410, words.gone_title, words.gone, headers)
        site = base_url(request, shelf.settings)
        return JSONResponse(view.shown(found, shelf.fresh(found), view.Addresses(site, public)), headers={**_PRIVATE, **headers})

    @made.get(
        "/oembed",
        responses={404: {"description": "Op dit adres staat geen antwoord"}, 501: {"description": "Alleen JSON, geen XML"}},
    )
    def oembed(
        request: Request,
        url: Annotated[str, Query(max_length=2000, description="Adres van een ingesloten antwoord van deze adviseur")],
        format: Annotated[str, Query(max_length=20)] = "json",  # noqa: A002 - the name that oEmbed gives it
        maxwidth: Annotated[int, Query(ge=1, le=100_000)] = WIDTH,
        maxheight: Annotated[int, Query(ge=1, le=100_000)] = 100_000,
    ) -> Response:
        """oEmbed 1.0, type rich. Only addresses of this advisor are known; nothing is fetched."""
        if format != "json":
            return _problem(501, "Niet ondersteund", "Dit adres geeft alleen JSON: vraag format=json.")
        site = base_url(request, shelf.settings)
        public, query = _own(url, site)
        found = shelf.find(public)
        if found is None or found.revoked:
            return _problem(404, "Niet gevonden", "Op dit adres staat geen antwoord van deze adviseur, of het is ingetrokken.")
        at = view.Addresses(site, public)
        width = min(WIDTH, maxwidth)
        height = min(view.height(found.content, width), maxheight)
        frame = {"question": found.content.question, "urls": {"page": at.page + query}}
        html = templates().get_template("embed_iframe.html").render(e=frame, width=width, height=height)
        name = WORDS[found.content.language].title
        told = {"version": "1.0", "type": "rich", "title": found.content.question, "provider_name": name, "provider_url": at.chat}
        return JSONResponse({**told, "cache_age": 3600, "html": html.strip(), "width": width, "height": height}, headers=_PRIVATE)

    return made


_PRIVATE = {"Cache-Control": "no-cache", "Cross-Origin-Resource-Policy": "same-origin"}


def _frame_headers(ancestors: str) -> dict[str, str]:
    return {"Content-Security-Policy": f"{_POLICY}; {ancestors}", "Cache-Control": "no-cache", "Referrer-Policy": "no-referrer"}


def _own(url: str, site: str) -> tuple[str, str]:
    """The public id in an address of this site, and the look that it asks for; an empty id where it is no such address."""
    before = f"{urlsplit(site).path}/embed/antwoord/"
    try:
        asked, here = urlsplit(url), urlsplit(site)
    except ValueError:
        return "", ""
    if (asked.scheme.lower(), asked.netloc.lower()) != (here.scheme.lower(), here.netloc.lower()) or not asked.path.startswith(before):
        return "", ""
    theme = asked.query.removeprefix("thema=")
    return asked.path.removeprefix(before), f"?thema={theme}" if asked.query.startswith("thema=") and theme in THEMES else ""


_CODES = {403: "website_not_allowed", 404: "not_found", 410: "withdrawn", 501: "format_not_offered"}


def _problem(status: int, title: str, text: str, headers: dict[str, str] | None = None) -> JSONResponse:
    body = {"type": "about:blank", "title": title, "status": status, "detail": text, "code": _CODES[status]}
    return JSONResponse(body, status, media_type="application/problem+json", headers={**_PRIVATE, **(headers or {})})
