"""Everything that goes wrong over HTTP as one kind of reply (RFC 9457, application/problem+json), in Dutch, saying what to do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any

import httpx
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, Response
from pydantic import BaseModel, Field
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import Scope

from rag.errors import PpsError
from rag.web.source_page import message_page

MEDIA = "application/problem+json"
#: Where programs come: nothing there ever answers with a page.
API = ("/api/", "/v1/")

#: By HTTP status: a name for programs, a title, and what to do where nothing better is known.
_KNOWN = {
    400: ("bad_request", "Verzoek klopt niet", "De adviseur kan dit verzoek niet lezen. Kijk op /docs hoe het moet."),
    401: ("not_signed_in", "Niet ingelogd", "Log in, of stuur een geldige sleutel mee."),
    403: ("forbidden", "Geen toegang", "U hebt hier geen toegang toe. Vraag uw beheerder om hulp."),
    404: ("not_found", "Niet gevonden", "Dit adres bestaat niet. Kijk op /docs welke adressen er zijn."),
    405: ("method_not_allowed", "Methode niet toegestaan", "Dit adres kent deze methode niet. De kopregel Allow zegt welke wel."),
    406: ("not_acceptable", "Vorm niet beschikbaar", "Dit antwoord is er niet in de gevraagde vorm. Kijk op /docs welke er zijn."),
    409: ("conflict", "Nog bezig", "Ditzelfde verzoek wordt nog beantwoord. Probeer het zo opnieuw."),
    413: ("too_large", "Te groot", "Wat u stuurt, is te groot. Stuur minder tegelijk."),
    415: ("unsupported_media_type", "Soort inhoud onbekend", "Stuur de inhoud als application/json."),
    422: ("invalid", "Gegevens kloppen niet", "Verbeter wat hieronder staat en stuur het opnieuw."),
    429: ("too_many_requests", "Te veel vragen", "Wacht het aantal seconden van de kopregel Retry-After en probeer het opnieuw."),
    500: ("internal_error", "Er ging iets mis", "Er ging iets mis in de adviseur. Probeer het opnieuw, of meld het aan uw beheerder."),
    503: ("unavailable", "Nu niet beschikbaar", "De adviseur kan dit nu niet doen. Probeer het over een minuut opnieuw."),
}
#: pydantic's kinds of mistakes, by the start of their name.
_WRONG = {
    "missing": "ontbreekt",
    "json_invalid": "is geen JSON",
    "string_too_long": "is te lang",
    "string_too_short": "is te kort",
    "string_pattern_mismatch": "heeft niet de goede vorm",
    "too_long": "telt te veel onderdelen",
    "too_short": "telt te weinig onderdelen",
    "greater_than": "is te klein",
    "less_than": "is te groot",
    "enum": "is geen geldige keuze",
    "literal_error": "is geen geldige keuze",
    "int": "is geen geheel getal",
    "bool": "is geen ja of nee (true, false)",
    "string": "is geen tekst",
    "list": "is geen lijst",
    "extra_forbidden": "is hier niet bekend",
}


class Wrong(BaseModel):
    """One thing that is wrong with what was sent, named by its place; what was sent is not repeated."""

    loc: str = Field(examples=["body.question"])
    msg: str = Field(examples=["ontbreekt"])


class Problem(BaseModel):
    """What went wrong (RFC 9457). `detail` may be shown to a reader; `code` is for programs and does not change."""

    type: str = "about:blank"
    title: str = Field(examples=["Te veel vragen"])
    status: int = Field(examples=[429])
    detail: str = Field(examples=["Er wachten nu te veel vragen. Probeer het over 5 seconden opnieuw."])
    code: str = Field(examples=["queue_full"])
    errors: list[Wrong] | None = Field(None, description="What is wrong, place by place; only with status 422")


def title_of(status: int) -> str:
    """What a status is called."""
    return _KNOWN[status][1]


def problem_data(status: int, detail: str = "", code: str = "", errors: Iterable[dict[str, str]] = (), path: str = "") -> dict[str, Any]:
    """The members of a problem. Below /v1/ they hold `error` as well, in which OpenAI's clients look."""
    name, title, advice = _KNOWN.get(status) or ("error", "Niet gelukt", "Probeer het opnieuw, of vraag uw beheerder om hulp.")
    data: dict[str, Any] = {"type": "about:blank", "title": title, "status": status, "detail": detail or advice, "code": code or name}
    wrong = list(errors)
    if wrong:
        data["errors"] = wrong
    if path.startswith("/v1/"):
        message = " ".join([data["detail"], *(f"{w['loc']} {w['msg']}." for w in wrong)])
        kind = "server_error" if status >= 500 else "rate_limit_error" if status == 429 else "invalid_request_error"
        data["error"] = {"message": message, "type": kind, "param": None, "code": data["code"]}
    return data


def problem(
    status: int,
    detail: str = "",
    *,
    code: str = "",
    errors: Iterable[dict[str, str]] = (),
    headers: Mapping[str, str] | None = None,
    path: str = "",
) -> JSONResponse:
    """The reply for a problem. `path` is the address that was asked."""
    return JSONResponse(problem_data(status, detail, code, errors, path), status, headers=dict(headers or {}), media_type=MEDIA)


def responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """For a route's OpenAPI: these statuses come as a problem."""
    content = {MEDIA: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {s: {"description": _KNOWN[s][1], "content": content} for s in statuses}


def install(app: FastAPI) -> None:
    """Let `app` tell every error as a problem; to people who look at a page, as a page."""
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _invalid)
    for kind in (PpsError, httpx.TransportError, ConnectionError):
        app.add_exception_handler(kind, _unavailable)
    app.add_exception_handler(Exception, _failed)


def reply(scope: Scope, status: int, detail: str = "", headers: Mapping[str, str] | None = None) -> Response:
    """A problem, or a page of it for whoever reads one."""
    path = scope["path"]
    if "text/html" in Headers(scope=scope).get("accept", "") and not path.startswith((*API, "/static/", "/gradio_api/")):
        data = problem_data(status, detail)
        return HTMLResponse(message_page(data["title"], data["detail"]), status, headers=dict(headers or {}))
    return problem(status, detail, headers=headers, path=path)


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    english = error.detail in {s.phrase for s in HTTPStatus} | {"Content Too Large", "There was an error parsing the body"}
    detail = "" if english or not isinstance(error.detail, str) else error.detail
    if error.status_code == 404:  # LostPages makes a page of it where one is read
        return problem(404, detail, headers=error.headers, path=request.url.path)
    return reply(request.scope, error.status_code, detail, error.headers)


async def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    errors = [{"loc": ".".join(str(part) for part in e["loc"])[:200], "msg": _wrong(e["type"])} for e in error.errors()[:20]]
    return problem(422, errors=errors, path=request.url.path)


def _wrong(kind: str) -> str:
    return next((words for start, words in _WRONG.items() if kind.startswith(start)), "klopt niet")


def told(error: Exception) -> tuple[int, str]:
    """The status and what may be said of an exception: the words of our own errors, and of others that a part is away, or nothing."""
    if isinstance(error, PpsError):
        return 503, str(error)
    if isinstance(error, httpx.TransportError | ConnectionError):  # Chroma's client passes these on as they are
        return 503, "Een onderdeel van de adviseur is nu niet te bereiken. Probeer het over een minuut opnieuw; /readyz zegt welk."
    return 500, ""


async def _unavailable(request: Request, error: Exception) -> Response:
    status, detail = told(error)
    return reply(request.scope, status, detail, {"Retry-After": "30"})


async def _failed(request: Request, _: Exception) -> Response:
    return reply(request.scope, 500)
