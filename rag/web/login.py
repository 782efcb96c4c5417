"""The pages around a login: to the organisation's service, back from it, and out again; and who one is, for programs."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from anyio import to_thread
from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import BaseModel

from rag.identity.errors import LoginRefusedError, LoginUnreachableError
from rag.identity.policy import CALLBACK, LOGGED_OUT, LOGIN, LOGOUT
from rag.identity.sessions import LOGIN_S, Sessions
from rag.identity.types import ROLES, Role
from rag.web.access import base_url, identity_of
from rag.web.identity import PAGE_HEADERS, page

if TYPE_CHECKING:
    from rag.identity.oidc import Provider
    from rag.web.identity import Gate

_ASIDE = "naar"
_ELSEWHERE = "U logt niet bij de adviseur zelf in of uit, maar bij uw organisatie of uw computer. Vraag uw beheerder als u hulp nodig hebt."


class Me(BaseModel):
    """Who asks. `logout` is the page on which to log out; empty where that is not done here."""

    name: str
    roles: list[Role]
    source: str
    logout: str


def router(gate: Gate) -> APIRouter:
    """The routes over `gate`."""
    settings = gate.settings
    made = APIRouter()

    @made.get(LOGIN, include_in_schema=False)
    async def login(request: Request, naar: str = "/") -> Response:
        if not gate.provider or not gate.sessions:
            return page(404, _ELSEWHERE, title="Inloggen")
        request.scope["session"] = {}
        try:
            response = await gate.provider.begin(request, base_url(request, settings) + CALLBACK)
        except LoginUnreachableError as error:
            return page(503, str(error), login=True, headers={"Retry-After": "60"})
        packed = gate.sessions.pack_login({**request.scope["session"], _ASIDE: inside(naar)})
        _set(response, gate.sessions, gate.sessions.login_cookie, packed, LOGIN_S)
        response.headers["Cache-Control"] = "no-store"
        return response

    @made.get(CALLBACK, include_in_schema=False)
    async def back(request: Request) -> Response:
        if not gate.provider or not gate.sessions:
            return page(404, _ELSEWHERE, title="Inloggen")
        return await _finish(request, gate.provider, gate.sessions)

    @made.get(LOGOUT, include_in_schema=False)
    async def ask_logout(request: Request) -> Response:
        known = identity_of(request)
        if not gate.sessions or not known or known.source != "oidc":
            return page(404, _ELSEWHERE, title="Uitloggen")
        return page(200, f"U bent ingelogd als {known.name}.", title="Uitloggen", logout=True)

    @made.post(LOGOUT, include_in_schema=False)
    async def logout(request: Request) -> Response:
        known, here = identity_of(request), base_url(request, settings) + LOGGED_OUT
        if not gate.sessions or not gate.provider or not known or known.source != "oidc":
            return page(404, _ELSEWHERE, title="Uitloggen")
        await to_thread.run_sync(gate.ended.end, known.session, datetime.fromtimestamp(known.until, UTC))
        response = RedirectResponse(await gate.provider.goodbye(here), 303, headers={"Cache-Control": "no-store"})
        _drop(response, gate.sessions, gate.sessions.cookie)
        return response

    @made.get(LOGGED_OUT, include_in_schema=False)
    async def logged_out() -> Response:
        return page(200, "U bent uitgelogd.", title="Uitgelogd", login=gate.provider is not None)

    @made.get("/api/v1/me")
    async def me(request: Request) -> Me:
        """Who the advisor takes the caller for, and what that allows."""
        known = identity_of(request)
        if known is None:  # only where the gate does not stand before this route
            return Me(name="", roles=[], source="", logout="")
        roles = [r for r in ROLES if r in known.roles]
        return Me(name=known.name, roles=roles, source=known.source, logout=LOGOUT if known.source == "oidc" else "")

    return made


def inside(address: str) -> str:
    """`address` where it stays within the advisor, else the chat: a link to log in must not lead to somebody else's website."""
    safe = address.startswith("/") and not address.startswith("//") and "\\" not in address and address.isprintable()
    return address if safe and len(address) <= 1500 and not address.startswith((LOGIN, LOGOUT)) else "/"


async def _finish(request: Request, provider: Provider, sessions: Sessions) -> Response:
    """The visitor is back from the service: a session, or why there is none."""
    begun = sessions.unpack_login(request.cookies.get(sessions.login_cookie, ""))
    wanted = inside(str(begun.pop(_ASIDE, "/")))
    request.scope["session"] = begun
    try:
        known = await provider.finish(request)
    except LoginRefusedError as error:
        response = page(403, str(error), title="Niet ingelogd", login=True)
    except LoginUnreachableError as error:
        response = page(503, str(error), login=True, headers={"Retry-After": "60"})
    else:
        role = max(known.roles, key=ROLES.index, default=None)
        response = RedirectResponse(wanted, 303, headers={"Cache-Control": PAGE_HEADERS["Cache-Control"], "Referrer-Policy": "no-referrer"})
        _set(response, sessions, sessions.cookie, sessions.begin(known.subject, known.name, role), sessions.lasts_s)
    _drop(response, sessions, sessions.login_cookie)
    return response


def _set(response: Response, sessions: Sessions, name: str, value: str, lasts_s: int) -> None:
    response.set_cookie(name, value, max_age=lasts_s, path="/", httponly=True, samesite="lax", secure=sessions.secure)


def _drop(response: Response, sessions: Sessions, name: str) -> None:
    response.delete_cookie(name, path="/", httponly=True, samesite="lax", secure=sessions.secure)
