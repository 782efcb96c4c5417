"""The pages on which editors handle feedback: the queue, one item with its gold question, and the gold questions as a file."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from typing import Annotated
from urllib.parse import parse_qs

from fastapi import APIRouter, Depends, Form, HTTPException, Path, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from rag.advisor import Advisor
from rag.store import gold
from rag.store.audit import Act, AuditTrail
from rag.store.feedback import Feedback, Filter, State
from rag.store.queue import FeedbackStore
from rag.store.tables import STATES, VERDICTS
from rag.store.tokens import VALID_S, FormTokens
from rag.web.access import acting, editors_only, from_here, is_editor
from rag.web.review_page import KEYS, PAGE, Pages, View
from rag.web.told import PageRoute

COOKIE = "pps_formulier"
#: Nothing of these pages is kept by a browser or shown within another page, and they load only their own style.
_HEADERS = {
    "Cache-Control": "no-store",
    "X-Frame-Options": "DENY",
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
}
_STALE = "Het formulier is verlopen of komt niet van deze pagina. Ga terug, ververs de pagina en probeer het opnieuw."
_Id = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")]
_Short = Annotated[str, Form(max_length=500)]
_Long = Annotated[str, Form(max_length=10_000)]


class _Page(PageRoute):
    headers = _HEADERS


def router(advisor: Advisor, store: FeedbackStore) -> APIRouter:
    """The pages over `store`."""
    settings = advisor.settings
    tokens = FormTokens(store.database)
    trail = AuditTrail(store.database, settings.audit_days)
    pages = Pages(store, advisor.searcher.store, settings.feedback)

    def editor(request: Request) -> None:
        if not is_editor(request, settings):
            raise editors_only(settings)

    def own_form(request: Request, token: _Short = "") -> None:
        if not from_here(request, settings) or not tokens.fits(token, request.cookies.get(COOKIE, "")):
            raise HTTPException(403, _STALE)

    made = APIRouter(prefix=PAGE, dependencies=[Depends(editor)], route_class=_Page, include_in_schema=False)
    form = {"dependencies": [Depends(own_form)], "max_body_size": 200_000}

    def with_token(request: Request, make: Callable[[str], str], status: int = 200) -> HTMLResponse:
        """The page that `make` makes of a token, with the cookie that the token belongs to."""
        visitor = request.cookies.get(COOKIE) or secrets.token_urlsafe(24)
        response = HTMLResponse(make(tokens.make(visitor)), status, headers=_HEADERS)
        secure = request.url.scheme == "https" or (settings.public_url or "").startswith("https:")
        response.set_cookie(COOKIE, visitor, max_age=VALID_S, path=PAGE, httponly=True, samesite="strict", secure=secure)
        return response

    def item(feedback_id: str) -> Feedback:
        found = store.get(feedback_id)
        if not found:
            raise HTTPException(404, "Dit oordeel is er niet (meer).")
        return found

    @made.get("")
    def queue(request: Request, gedaan: Annotated[str, Query(max_length=20)] = "") -> HTMLResponse:
        return with_token(request, lambda token: pages.queue(_view(request.url.query), token, gedaan))

    @made.get("/goudvragen.jsonl")
    def gold_questions(request: Request) -> Response:
        trail.add(Act(acting(request, settings), "goudvragen.opgehaald"))
        headers = {**_HEADERS, "Content-Disposition": 'attachment; filename="goudvragen.jsonl"'}
        return Response(gold.lines(store.with_gold()), media_type="application/jsonl; charset=utf-8", headers=headers)

    @made.get("/{feedback_id}")
    def one(request: Request, feedback_id: _Id, gedaan: Annotated[str, Query(max_length=20)] = "") -> HTMLResponse:
        found, view = item(feedback_id), _view(request.url.query)
        return with_token(request, lambda token: pages.item(found, view, token, done=gedaan))

    @made.post("/{feedback_id}/staat", **form)
    def state(request: Request, feedback_id: _Id, staat: Annotated[State, Form()], lijst: _Short = "") -> RedirectResponse:
        if not store.set_state(feedback_id, staat, acting(request, settings)):
            raise HTTPException(404, "Dit oordeel is er niet (meer).")
        return _to(PAGE, lijst, "stand")

    @made.post("/{feedback_id}/wissen", **form)
    def erase(request: Request, feedback_id: _Id, zeker: _Short = "", lijst: _Short = "") -> RedirectResponse:
        if zeker != "ja":
            raise HTTPException(400, "Vink aan dat u het zeker weet. Ga terug en probeer het opnieuw.")
        store.delete([feedback_id], acting(request, settings))
        return _to(PAGE, lijst, "gewist")

    @made.post("/{feedback_id}/goud", **form)
    def make_gold(
        request: Request,
        feedback_id: _Id,
        vraag: _Long = "",
        soort: _Short = "",
        documenten: _Long = "",
        kernpunten: _Long = "",
        weg: _Short = "",
        lijst: _Short = "",
    ) -> Response:
        found = item(feedback_id)
        address = f"{PAGE}/{feedback_id}"
        if weg:
            store.set_gold(feedback_id, None, acting(request, settings))
            return _to(address, lijst, "geen_goud")
        filled = gold.Gold(
            " ".join(vraag.split()), soort, tuple(re.split(r"[\s,]+", documenten.strip())) if documenten.strip() else (), _lines(kernpunten)
        )
        wrong = gold.problems(filled, pages.paragraphs)
        if wrong:
            return with_token(request, lambda token: pages.item(found, _view(lijst), token, filled, wrong), 422)
        store.set_gold(feedback_id, filled.as_dict(), acting(request, settings))
        return _to(address, lijst, "goud")

    return made


def _lines(text: str) -> tuple[str, ...]:
    return tuple(filter(None, (" ".join(line.split()) for line in text.splitlines())))


def _view(query: str) -> View:
    """What of the queue an address asks for. What it does not know, it passes over: the address may have been typed."""
    asked = {k: v[0] for k, v in parse_qs(query[:2000], max_num_fields=20).items()} if query else {}
    state, verdict, document, page = (asked.get(k, "") for k in KEYS)
    if "staat=" not in query:
        state = "nieuw"
    chosen = Filter(state if state in STATES else "", verdict if verdict in VERDICTS else "", document[:200])
    return View(chosen, max(1, int(page)) if page.isascii() and page.isdigit() and len(page) < 6 else 1)


def _to(address: str, query: str, done: str) -> RedirectResponse:
    """Back to a page after a change, so that reloading it changes nothing again."""
    return RedirectResponse(f"{address}?{_view(query).query}&gedaan={done}", 303, headers=_HEADERS)
