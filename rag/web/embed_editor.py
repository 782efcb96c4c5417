"""The pages on which editors publish answers for other pages, and keep an eye on them: /insluiten. They work without JavaScript."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Depends, Form, HTTPException, Path, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from rag.advisor import Advisor
from rag.embeds.confirm import Confirmed, Confirmer, Given, NotEmbeddableError, read
from rag.embeds.embed import Embed
from rag.embeds.origins import OriginError, parse_origins
from rag.export.said import TooMuchError
from rag.settings import Settings
from rag.store.tokens import VALID_S, FormTokens
from rag.web.access import acting, base_url, editors_only, from_here, is_editor
from rag.web.embed_pages import PAGE, EmbedPages
from rag.web.embed_shelf import Shelf
from rag.web.export import MAX_BYTES, library
from rag.web.told import PageRoute

COOKIE = "pps_insluiten"
#: Nothing of these pages is kept by a browser or shown within another page; they show the page of an embed in a frame.
_HEADERS = {
    "Cache-Control": "no-store",
    "X-Frame-Options": "DENY",
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; frame-src 'self'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'",
}
_STALE = "Het formulier is verlopen of komt niet van deze pagina. Ga terug, ververs de pagina en probeer het opnieuw."
_GONE = "Dit ingesloten antwoord is er niet (meer)."
_Id = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")]
_Short = Annotated[str, Form(max_length=500)]
_Long = Annotated[str, Form(max_length=10_000)]
_Answer = Annotated[str, Form(max_length=MAX_BYTES)]


class _Page(PageRoute):
    headers = _HEADERS


def only_editors(request: Request, settings: Settings) -> None:
    """The one place that decides who may do this. Raises HTTPException for whoever may not."""
    if not is_editor(request, settings):
        raise editors_only(settings)


def router(advisor: Advisor, shelf: Shelf) -> APIRouter:
    """The pages over `shelf`."""
    settings = advisor.settings
    tokens = FormTokens(shelf.store.database)
    confirmer = Confirmer(lambda: library(advisor), shelf.passages)
    pages = EmbedPages(shelf)

    def editor(request: Request) -> None:
        only_editors(request, settings)

    def own_page(request: Request) -> None:
        if not from_here(request, settings):
            raise HTTPException(403, _STALE)

    def own_form(request: Request, token: _Short = "") -> None:
        own_page(request)
        if not tokens.fits(token, request.cookies.get(COOKIE, "")):
            raise HTTPException(403, _STALE)

    made = APIRouter(prefix=PAGE, dependencies=[Depends(editor)], route_class=_Page, include_in_schema=False)
    form = {"dependencies": [Depends(own_form)], "max_body_size": MAX_BYTES}

    def with_token(request: Request, make: Callable[[str], str], status: int = 200) -> HTMLResponse:
        """The page that `make` makes of a token, with the cookie that the token belongs to."""
        visitor = request.cookies.get(COOKIE) or secrets.token_urlsafe(24)
        response = HTMLResponse(make(tokens.make(visitor)), status, headers=_HEADERS)
        secure = request.url.scheme == "https" or (settings.public_url or "").startswith("https:")
        response.set_cookie(COOKIE, visitor, max_age=VALID_S, path=PAGE, httponly=True, samesite="strict", secure=secure)
        return response

    def found(embed_id: str) -> Embed:
        embed = shelf.store.get(embed_id)
        if not embed:
            raise HTTPException(404, _GONE)
        return embed

    def checked(given: Given) -> Confirmed:
        try:
            return confirmer.confirmed(given)
        except (NotEmbeddableError, TooMuchError) as error:
            raise HTTPException(422, str(error)) from None

    def received(text: str) -> Given:
        try:
            return read(text)
        except NotEmbeddableError as error:
            raise HTTPException(422, str(error)) from None

    def asked(question: str) -> tuple[Given, Confirmed | None, str]:
        """The answer of now; without what can be published and with the reason for it where it is none."""
        answer = advisor.ask(question)
        given = Given.model_validate(answer.as_dict())
        try:
            return given, confirmer.confirmed(given), ""
        except (NotEmbeddableError, TooMuchError) as error:
            return given, None, f"{answer.text} {error}" if not answer.sentences else str(error)

    @made.get("")
    def listed(request: Request, gedaan: Annotated[str, Query(max_length=20)] = "", pagina: Annotated[int, Query(ge=1, le=999)] = 1):  # noqa: ANN202
        return with_token(request, lambda token: pages.listed(token, done=gedaan, page=pagina))

    @made.post("/vraag", **form)
    def ask(request: Request, vraag: _Long = "") -> HTMLResponse:
        question = " ".join(vraag.split())
        if not question:
            return with_token(request, lambda token: pages.listed(token, wrong="Schrijf een vraag."), 422)
        given, confirmed, why = asked(question)
        if confirmed is None:
            return with_token(request, lambda token: pages.listed(token, wrong=why, question=question), 422)
        return with_token(request, lambda token: pages.check(token, given, confirmed))

    @made.post("", dependencies=[Depends(own_page)], max_body_size=MAX_BYTES)
    def hand_in(request: Request, antwoord: _Answer) -> HTMLResponse:
        """From the chat: shows what would be published. Nothing is kept, so the page of the chat needs no token."""
        given = received(antwoord)
        confirmed = checked(given)
        return with_token(request, lambda token: pages.check(token, given, confirmed))

    @made.post("/publiceren", **form)
    def publish(request: Request, antwoord: _Answer, websites: _Long = "", nagekeken: _Short = "") -> Response:
        given = received(antwoord)
        confirmed = checked(given)
        origins, wrong = _origins(websites)
        if nagekeken != "ja":
            wrong["nagekeken"] = "Kijk het antwoord na, en vink aan dat u dat hebt gedaan."
        if wrong:
            return with_token(request, lambda token: pages.check(token, given, confirmed, websites, wrong), 422)
        embed = Embed(confirmed.content, origins)
        shelf.signer.public(embed.id)  # first: without a secret there would be an embed without an address
        shelf.store.publish(embed, acting(request, settings))
        return _to(f"{PAGE}/{embed.id}", "geplaatst")

    @made.get("/{embed_id}")
    def one(request: Request, embed_id: _Id, gedaan: Annotated[str, Query(max_length=20)] = "") -> HTMLResponse:
        embed, site = found(embed_id), base_url(request, settings)
        return with_token(request, lambda token: pages.one(token, embed, site, done=gedaan))

    @made.post("/{embed_id}/websites", **form)
    def allow(request: Request, embed_id: _Id, websites: _Long = "") -> Response:
        embed, site = found(embed_id), base_url(request, settings)
        origins, wrong = _origins(websites)
        if wrong:
            return with_token(request, lambda token: pages.one(token, embed, site, websites=websites, wrong=wrong), 422)
        shelf.store.allow(embed_id, origins, acting(request, settings))
        return _to(f"{PAGE}/{embed_id}", "websites")

    @made.post("/{embed_id}/intrekken", **form)
    def revoke(request: Request, embed_id: _Id) -> Response:
        shelf.store.revoke(found(embed_id).id, acting(request, settings))
        return _to(f"{PAGE}/{embed_id}", "ingetrokken")

    @made.post("/{embed_id}/wissen", **form)
    def erase(request: Request, embed_id: _Id, zeker: _Short = "") -> Response:
        if zeker != "ja":
            raise HTTPException(400, "Vink aan dat u het zeker weet. Ga terug en probeer het opnieuw.")
        shelf.store.erase(found(embed_id).id, acting(request, settings))
        return _to(PAGE, "gewist")

    @made.post("/{embed_id}/opnieuw", **form)
    def ask_again(request: Request, embed_id: _Id) -> HTMLResponse:
        embed = found(embed_id)
        given, confirmed, why = asked(embed.content.question)
        return with_token(request, lambda token: pages.compared(token, embed, given, confirmed, why))

    @made.post("/{embed_id}/vervangen", **form)
    def replace(request: Request, embed_id: _Id, antwoord: _Answer, versie: Annotated[int, Form(ge=1)], nagekeken: _Short = "") -> Response:
        embed, given = found(embed_id), received(antwoord)
        confirmed = checked(given)
        if nagekeken != "ja":
            wrong = {"nagekeken": "Kijk het nieuwe antwoord na, en vink aan dat u dat hebt gedaan."}
            return with_token(request, lambda token: pages.compared(token, embed, given, confirmed, wrong=wrong), 422)
        shelf.store.replace(embed_id, versie, confirmed.content, acting(request, settings))
        return _to(f"{PAGE}/{embed_id}", "vervangen")

    return made


def _origins(text: str) -> tuple[tuple[str, ...], dict[str, str]]:
    """The websites in a form, and what is wrong with them."""
    try:
        found = tuple(parse_origins(text))
    except OriginError as error:
        return (), {"websites": str(error)}
    return found, {} if found else {"websites": "Noem ten minste één website waarop dit antwoord mag staan."}


def _to(address: str, done: str) -> RedirectResponse:
    """Back to a page after a change, so that reloading it changes nothing again."""
    return RedirectResponse(f"{address}?gedaan={done}", 303, headers=_HEADERS)
