"""Who may do what: editors, and only pages of this advisor itself."""

from __future__ import annotations

import base64
import binascii
import hmac
from urllib.parse import urlsplit

from fastapi import HTTPException, Request
from starlette.requests import HTTPConnection

from rag.identity.types import OWN_SUBJECT, Identity, up_to
from rag.models.shelf import LOOPBACK
from rag.settings import Settings
from rag.store.audit import Actor

#: What proxies add. nginx adds none of them unless told to, but speaks HTTP/1.0, which no browser does.
_FORWARDED = ("forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-real-ip")


def base_url(request: Request, settings: Settings) -> str:
    """The address of the advisor as its readers know it, without a slash at the end."""
    return (settings.public_url or str(request.base_url)).rstrip("/")


def from_here(request: HTTPConnection, settings: Settings, *, certain: bool = True) -> bool:
    """Whether the request comes from a page of this advisor. Without `certain`, a caller that is no browser and names no origin passes."""
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return False
    named = request.headers.get("origin") or request.headers.get("referer")
    if not named:
        return not certain
    own = {request.headers.get("host", "").lower()}
    if settings.public_url:
        own.add(urlsplit(settings.public_url).netloc.lower())
    try:
        # The scheme is not compared: behind a proxy the advisor itself is asked over http.
        return urlsplit(named).netloc.lower() in own - {""}
    except ValueError:
        return False


def identity_of(request: HTTPConnection) -> Identity | None:
    """Who asks, as rag.web.identity found it; None on a public page, and where that is not in front of this application."""
    return request.scope.get("state", {}).get("identity")


def asker_of(request: HTTPConnection) -> str:
    """The subject of the person or application that asks; empty where nobody in particular is known."""
    known = identity_of(request)
    return known.subject if known and known.source in OWN_SUBJECT else ""


def is_editor(request: HTTPConnection, settings: Settings) -> bool:
    """Whether this visitor may do what editors do."""
    known = identity_of(request)
    return (known or at_this_machine(request, settings)).may("editor")


def acting(request: HTTPConnection, settings: Settings) -> Actor:
    """The same visitor, for the trail of what editors did."""
    known = identity_of(request) or at_this_machine(request, settings)
    return Actor(known.subject or known.source, known.source)


def at_this_machine(request: HTTPConnection, settings: Settings) -> Identity:
    """Who asks where no identities are set: with the editors' password an editor; without one set, the machine itself may do all."""
    if settings.editor_password:
        editor = by_password(request, settings)
        return editor or Identity("", "Deze machine", up_to("reader"), "lokaal")
    elsewhere = bool(settings.public_url) or through_proxy(request)  # behind a proxy on this machine everybody seems to be here
    at = request.client.host if request.client else ""
    here = not elsewhere and _host(request) in LOOPBACK and at in LOOPBACK
    return Identity("", "Deze machine", up_to("maintainer" if here else "reader"), "lokaal")


def by_password(request: HTTPConnection, settings: Settings) -> Identity | None:
    """The editor who gave the password that editors share; None without it or with another."""
    if not settings.editor_password:
        return None
    if not _password_fits(request.headers.get("authorization", ""), settings.editor_password.get_secret_value()):
        return None
    return Identity("redactie", "Redactie", up_to("editor"), "wachtwoord")


def gives_password(request: HTTPConnection) -> bool:
    """Whether a name and password come along, right or wrong."""
    return request.headers.get("authorization", "").partition(" ")[0].lower() == "basic"


def through_proxy(request: HTTPConnection) -> bool:
    """Whether anything tells that a proxy passed this on."""
    return request.scope.get("http_version") == "1.0" or any(h in request.headers for h in _FORWARDED)


def asked_by_loopback_name(request: HTTPConnection) -> bool:
    """Whether the advisor was asked under a name of this machine itself; another name may be one that a website pointed here."""
    return _host(request) in LOOPBACK


def editors_only(settings: Settings) -> HTTPException:
    """What a visitor is told who may not do what editors do."""
    if settings.editor_password:
        return HTTPException(
            401, "Deze pagina is voor de redactie. Log in.", {"WWW-Authenticate": 'Basic realm="Terugkoppeling", charset="UTF-8"'}
        )
    return HTTPException(
        403,
        "Deze pagina opent alleen op de machine van de adviseur zelf. "
        "Uw beheerder kan haar voor de redactie openen met een wachtwoord (PPS_EDITOR_PASSWORD).",
    )


def _host(request: HTTPConnection) -> str:
    """The name under which this advisor was asked, without its port; empty where there is none that can be read."""
    try:
        return urlsplit(f"//{request.headers.get('host', '')}").hostname or ""
    except ValueError:
        return ""


def _password_fits(header: str, password: str) -> bool:
    kind, _, encoded = header.partition(" ")
    if kind.lower() != "basic":
        return False
    try:
        given = base64.b64decode(encoded.strip(), validate=True).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return False
    return hmac.compare_digest(given.partition(":")[2].encode(), password.encode())
