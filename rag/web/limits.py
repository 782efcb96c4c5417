"""What one client may ask of the API a minute, and what the advisor takes on at once: RateLimit-* headers, Retry-After, 429 and 503.

All counts are of this process. Behind several replicas each of them counts for itself; one limit over all belongs in the proxy.
"""

from __future__ import annotations

import ipaddress
import math
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rag.identity.types import OWN_SUBJECT
from rag.settings import Settings
from rag.web.metrics import Metrics
from rag.web.places import FullError, Places
from rag.web.problems import API, problem

#: Where a question is asked: these take a place in the row.
QUESTIONS = ("/api/v1/ask", "/v1/chat/completions")
#: Where the chat asks one, and where its answer streams. Its own queue keeps the order there.
_CHAT_ASKS, _CHAT_HEARS = "/gradio_api/queue/join", "/gradio_api/queue/data"
TICKET = "pps.ticket"
#: Clients that are remembered: more, and the one that asked longest ago is forgotten.
_CLIENTS = 20_000
_MINUTE = 60.0


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a client has left: `remaining` requests now, all of them again after `reset_s`; `retry_after_s` is 0 when this one may pass."""

    limit: int
    remaining: int
    reset_s: int
    retry_after_s: int = 0

    def headers(self) -> dict[str, str]:
        found = {"RateLimit-Limit": str(self.limit), "RateLimit-Remaining": str(self.remaining), "RateLimit-Reset": str(self.reset_s)}
        return {**found, "Retry-After": str(self.retry_after_s)} if self.retry_after_s else found


class Rate:
    """A bucket for each client that holds `per_minute` requests and fills evenly. Bounded, and without threads or timers, which the
    libraries for this have: each request would start one."""

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.per_minute = per_minute
        self._clock = clock
        self._full_at: OrderedDict[str, float] = OrderedDict()  # when the bucket of a client is full again

    def take(self, client: str) -> Allowance:
        """Count one request of `client`; one that may not pass is not counted."""
        now, each = self._clock(), _MINUTE / self.per_minute
        full_at = max(now, self._full_at.pop(client, now))
        used = full_at + each - now
        passes = used <= _MINUTE + 1e-9
        self._full_at[client] = full_at + each if passes else full_at
        while len(self._full_at) > _CLIENTS:
            self._full_at.popitem(last=False)
        left = self._full_at[client] - now
        remaining = int((_MINUTE - left) / each + 1e-9)
        return Allowance(self.per_minute, max(0, remaining), math.ceil(left), 0 if passes else max(1, math.ceil(used - _MINUTE)))

    def wait_s(self, client: str) -> int:
        """Seconds until a request of `client` may pass; 0 is now. Counts nothing."""
        now = self._clock()
        used = max(now, self._full_at.get(client, now)) + _MINUTE / self.per_minute - now
        return 0 if used <= _MINUTE + 1e-9 else max(1, math.ceil(used - _MINUTE))


class Doors:
    """What the advisor is busy with, and whether it still takes on more. `busy` counts questions until their reply is sent whole."""

    def __init__(self) -> None:
        self.closing = False
        self.busy = 0

    def close(self) -> None:
        """Take on no more questions: the process is about to stop."""
        self.closing = True


class Limits:
    """ASGI middleware for the API and the questions of the chat."""

    def __init__(self, app: ASGIApp, settings: Settings, places: Places, doors: Doors, metrics: Metrics) -> None:
        self._app, self._places, self._doors, self._metrics = app, places, doors, metrics
        self._rate = Rate(settings.rate_per_minute) if settings.rate_per_minute else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        if scope["type"] != "http" or not (path.startswith(API) or path.endswith((_CHAT_ASKS, _CHAT_HEARS))):
            await self._app(scope, receive, send)
            return
        asks = scope["method"] == "POST" and path in QUESTIONS
        if self._doors.closing and (asks or path.endswith(_CHAT_ASKS)):
            detail = "De adviseur wordt opnieuw gestart. Stel uw vraag over een minuut opnieuw."
            reply = problem(503, detail, code="stopping", headers={"Retry-After": "30"}, path=path)
            await self._refuse("stopping", reply, scope, receive, send)
            return
        headers: dict[str, str] = {}
        if self._rate and path.startswith(API):
            allowance = self._rate.take(client_of(scope))
            headers = allowance.headers()
            if allowance.retry_after_s:
                detail = f"U stelt te veel vragen achter elkaar. Probeer het over {seconds_told(allowance.retry_after_s)} opnieuw."
                await self._refuse("rate", problem(429, detail, code="rate_limited", headers=headers, path=path), scope, receive, send)
                return
        if asks or path.endswith(_CHAT_HEARS):
            await self._question(scope, receive, _with(send, headers), takes_place=asks)
        else:
            await self._app(scope, receive, _with(send, headers))

    async def _question(self, scope: Scope, receive: Receive, send: Send, *, takes_place: bool) -> None:
        ticket = None
        if takes_place:
            try:
                ticket = scope[TICKET] = self._places.take()
            except FullError as error:
                detail = f"Er wachten nu te veel vragen. Probeer het over {seconds_told(error.retry_after_s)} opnieuw."
                headers = {"Retry-After": str(error.retry_after_s)}
                reply = problem(429, detail, code="queue_full", headers=headers, path=scope["path"])
                await self._refuse("queue", reply, scope, receive, send)
                return
        self._doors.busy += 1
        try:
            await self._app(scope, receive, send)
        finally:
            self._doors.busy -= 1
            if ticket:
                ticket.done()

    async def _refuse(self, why: str, reply: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        self._metrics.refused.labels(why).inc()
        await reply(scope, receive, send)


def client_of(scope: Scope) -> str:
    """Who asks: a person or application that is known, else the address. Of an IPv6 address the first half: the rest is the client's own
    to choose."""
    identity = scope.get("state", {}).get("identity")
    if getattr(identity, "source", "") in OWN_SUBJECT:
        return f"{identity.source}:{identity.subject}"
    host = (scope.get("client") or ("",))[0]
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    return str(ipaddress.ip_network(f"{host}/64", strict=False)) if address.version == 6 else host


def seconds_told(count: int) -> str:
    """So many seconds in words."""
    return "1 seconde" if count == 1 else f"{count} seconden"


def _with(send: Send, headers: dict[str, str]) -> Send:
    if not headers:
        return send

    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message).update(headers)
        await send(message)

    return sent
