"""Who asks, before anything else: every address, also those of Gradio and of the files, passes here and is opened by role."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from anyio import to_thread
from fastapi import FastAPI
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from rag.errors import PpsError
from rag.identity import policy
from rag.identity.errors import NotFromProxyError
from rag.identity.header import told_by_proxy
from rag.identity.sessions import Sessions
from rag.identity.sources import Sources, check_start
from rag.identity.types import AMBIENT, Identity, up_to
from rag.settings import Settings
from rag.store.database import Database
from rag.store.ended import EndedSessions
from rag.store.keys import ApiKeys
from rag.web import access
from rag.web.guesses import Guesses
from rag.web.limits import client_of, seconds_told
from rag.web.problems import problem
from rag.web.render import templates

if TYPE_CHECKING:
    from rag.identity.oidc import Provider

ANYBODY = Identity("", "Iedereen", up_to("reader"), "open")
#: Pages that tell who may not enter are shown nowhere else, kept by nobody, and run nothing.
PAGE_HEADERS = {
    "Cache-Control": "no-store",
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; frame-ancestors 'none'; base-uri 'none'",
}
_ROLE_WORDS = {"reader": "lezer (reader)", "editor": "redactie (editor)", "maintainer": "beheerder (maintainer)"}
_CHANGES = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_NO_KEY = "Deze sleutel werkt niet: hij is onbekend, verlopen of ingetrokken. Vraag uw beheerder om een nieuwe."
_UNKNOWN = "De adviseur weet niet wie u bent. Open hem via het adres van uw organisatie, of vraag uw beheerder om hulp."
_PROXIED = (
    "Deze adviseur is alleen ingesteld voor gebruik op zijn eigen machine, maar deze aanvraag komt via een proxy. Uw beheerder kan "
    "instellen wie hem mogen gebruiken; zie docs/identiteit.md."
)
_GUESSED = (
    "Er is te vaak een verkeerd wachtwoord gegeven. Wacht {wait} en probeer het dan opnieuw. "
    "Weet u het wachtwoord niet meer? Vraag het aan uw beheerder."
)
_ELSEWHERE = "Deze opdracht komt van een andere website en is niet uitgevoerd. Open de adviseur zelf en probeer het daar opnieuw."


class Refused(Exception):
    """This request is not let through; `text` is for whoever reads it."""

    def __init__(self, status: int, text: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(text)
        self.status, self.text, self.headers = status, text, headers or {}


class Gate:
    """Knows who asks, by the settings. One for the application; safe for many requests at once.

    Raises:
        ConfigurationError: others can reach the advisor and none is known, or a source is set in part.
    """

    def __init__(self, settings: Settings, database: Database) -> None:
        self.settings = settings
        self.sources: Sources = check_start(settings)
        self.keys = ApiKeys(database)
        self._guesses = Guesses()
        self.ended = EndedSessions(database)
        self.sessions: Sessions | None = None
        self.provider: Provider | None = None
        if self.sources.oidc and settings.session_secret:
            from rag.identity.oidc import Provider  # costs a tenth of a second, which most do not need

            secure = (settings.public_url or "").startswith("https:")
            self.sessions = Sessions(settings.session_secret.get_secret_value(), settings.session_hours, secure=secure)
            self.provider = Provider(settings)

    async def identify(self, asked: HTTPConnection) -> Identity | None:
        """Who asks; None where nothing tells.

        Raises:
            Refused: something tells what is not so.
            PpsError: the database cannot be reached.
        """
        sources = self.sources
        if sources.local:
            if access.through_proxy(asked):
                raise Refused(403, _PROXIED)
            return self._by_password(asked) or access.at_this_machine(asked, self.settings)
        proxied = self._by_proxy(asked)
        by_key = await self._by_key(asked) if sources.keys else None
        known = by_key or await self._by_session(asked) or proxied
        if known is None and not sources.personal:
            known = self._by_password(asked)
        return known or (ANYBODY if sources.open else None)

    def _by_password(self, asked: HTTPConnection) -> Identity | None:
        if not self.settings.editor_password or not access.gives_password(asked):
            return None
        address = self._address(asked)
        wait_s = self._guesses.wait_s(address)
        if wait_s:  # nor is the right one let in then: whoever guesses must not hear that it was right
            raise Refused(429, _GUESSED.format(wait=seconds_told(wait_s)), {"Retry-After": str(wait_s)})
        known = access.by_password(asked, self.settings)
        (self._guesses.right if known else self._guesses.wrong)(address)
        return known

    def _address(self, asked: HTTPConnection) -> str:
        """From where somebody asks who is not known: as our own proxies tell it, else as it is."""
        hops = [hop.strip() for hop in asked.headers.get("x-forwarded-for", "").split(",") if hop.strip()]
        address = asked.client.host if asked.client else ""
        while hops and self.sources.trusts(address):
            address = hops.pop()
        return client_of({"client": (address, 0)})

    def _by_proxy(self, asked: HTTPConnection) -> Identity | None:
        if not self.sources.header:
            return None
        peer = asked.client.host if asked.client else ""
        roles_header = (self.settings.trusted_roles_header or "").lower()
        try:
            return told_by_proxy(asked.headers, peer, self.sources, roles_header, self.settings.roles)
        except NotFromProxyError as error:
            raise Refused(403, str(error)) from error

    async def _by_key(self, asked: HTTPConnection) -> Identity | None:
        kind, _, key = asked.headers.get("authorization", "").partition(" ")
        if kind.lower() != "bearer":
            return None
        found = await to_thread.run_sync(self.keys.identity, key.strip())
        if found is None:
            raise Refused(401, _NO_KEY, {"WWW-Authenticate": 'Bearer error="invalid_token"'})
        return found

    async def _by_session(self, asked: HTTPConnection) -> Identity | None:
        if not self.sessions:
            return None
        found = self.sessions.read(asked.cookies.get(self.sessions.cookie, ""))
        if found and await to_thread.run_sync(self.ended.has, found.session):
            return None
        return found


class Identities:
    """ASGI middleware around the whole application."""

    def __init__(self, app: ASGIApp, gate: Gate) -> None:
        self._gate = gate
        proxies = [str(network) for network in gate.sources.proxies]
        # Only after it is known who asks: the address of the proxy itself counts for that.
        self._app = ProxyHeadersMiddleware(app, trusted_hosts=proxies) if proxies else app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        asked = HTTPConnection(scope)
        need = policy.need(scope.get("method", "GET"), _route_path(scope))
        # Whatever was there before: only this middleware says who asks.
        scope["state"] = {**scope.get("state", {}), "identity": None}
        try:
            if need != policy.PUBLIC:
                known = await self._gate.identify(asked)
                self._admit(asked, known, need)
                scope["state"]["identity"] = known
        except Refused as refused:
            await _reply(self._refusal(asked, refused), scope, receive, send)
            return
        except PpsError as error:
            text = f"Wie u bent, is nu niet na te gaan. {error}"
            await _reply(self._refusal(asked, Refused(503, text, {"Retry-After": "30"})), scope, receive, send)
            return
        await self._app(scope, receive, send if self._gate.sources.local else _private(send))

    def _admit(self, asked: HTTPConnection, known: Identity | None, need: policy.Need) -> None:
        if known is None:
            raise Refused(401, _UNKNOWN, self._challenge())
        changes = asked.scope["type"] == "websocket" or asked.scope["method"] in _CHANGES
        if known.source in AMBIENT and changes and not _own_page(asked, self._gate.settings):
            raise Refused(403, _ELSEWHERE)
        if need == policy.KNOWN or known.may(need):
            return
        settings, sources = self._gate.settings, self._gate.sources
        if sources.local or (known.source == "open" and settings.editor_password and not sources.personal):
            told = access.editors_only(settings)
            raise Refused(told.status_code, str(told.detail), dict(told.headers or {}))
        if known.source == "open":
            raise Refused(401, "Deze pagina is voor de redactie. Log in, of vraag uw beheerder om de rol.", self._challenge())
        raise Refused(
            403, f"U bent bekend als {known.name}, maar hebt hier de rol {_ROLE_WORDS[need]} voor nodig. Vraag die aan uw beheerder."
        )

    def _challenge(self) -> dict[str, str]:
        return {"WWW-Authenticate": "Bearer"} if self._gate.sources.keys else {}

    def _refusal(self, asked: HTTPConnection, refused: Refused) -> Response:
        reads = (
            asked.scope["type"] == "http" and asked.scope["method"] in ("GET", "HEAD") and "text/html" in asked.headers.get("accept", "")
        )
        if not reads:
            return problem(refused.status, refused.text, headers={**refused.headers, "Cache-Control": "no-store"}, path=asked.scope["path"])
        may_login = self._gate.provider is not None
        if refused.status == 401 and may_login and "authorization" not in asked.headers:
            wanted = asked.url.path + (f"?{asked.url.query}" if asked.url.query else "")
            root = asked.scope.get("root_path", "")
            return RedirectResponse(f"{root}{policy.LOGIN}?naar={quote(wanted)}", 303, headers={"Cache-Control": "no-store"})
        return page(refused.status, refused.text, logout=refused.status == 403 and may_login, headers=refused.headers)


def install(app: FastAPI, settings: Settings, database: Database) -> Gate:
    """Put the gate around `app`, and its pages in it. To be called before the chat is mounted, and after all other middleware.
    `database` holds keys and ended sessions, and is closed by whoever made it.

    Raises:
        ConfigurationError: see Gate.
    """
    from rag.web import login

    gate = Gate(settings, database)
    app.include_router(login.router(gate))
    app.add_middleware(Identities, gate=gate)
    return gate


def page(
    status: int, text: str, *, title: str = "", login: bool = False, logout: bool = False, headers: dict[str, str] | None = None
) -> Response:
    """A page that tells `text`, with a link to log in or a button to log out."""
    titles = {401: "Niet ingelogd", 403: "Geen toegang", 429: "Even wachten", 503: "Nu niet beschikbaar"}
    made = templates().get_template("identity.html")
    html = made.render(
        title=title or titles.get(status, "Niet gelukt"),
        text=text,
        login=policy.LOGIN if login else "",
        logout=policy.LOGOUT if logout else "",
    )
    # Browsers hold the redirect after a form against form-action too, and logging out goes on to the organisation's service.
    forms = {"Content-Security-Policy": f"{PAGE_HEADERS['Content-Security-Policy']}; form-action 'self'"}
    return HTMLResponse(html, status, headers={**PAGE_HEADERS, **({} if logout else forms), **(headers or {})})


def _own_page(asked: HTTPConnection, settings: Settings) -> bool:
    """Whether a page of the advisor itself sent this, or no page at all. A browser says so itself, where the address is safe enough."""
    site = asked.headers.get("sec-fetch-site")
    return site in ("same-origin", "none") if site else access.from_here(asked, settings, certain=False)


def _route_path(scope: Scope) -> str:
    """The path as the router reads it: without what the server is mounted under."""
    root, path = scope.get("root_path", ""), scope["path"]
    return path[len(root) :] if root and path.startswith(f"{root}/") else path


def _private(send: Send) -> Send:
    """What was made for somebody is not for a cache between."""

    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message).setdefault("Cache-Control", "private")
        await send(message)

    return sent


async def _reply(response: Response, scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008, "reason": "niet toegestaan"})
        return
    await response(scope, receive, send)
