"""Figures for Prometheus, and the middleware that takes them. No text of a question, no address of a reader."""

from __future__ import annotations

import time

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, PlatformCollector, ProcessCollector
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rag.types import Answer
from rag.web.places import Places

_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
_BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120)


class Metrics:
    """The figures of one application, in a registry of its own."""

    def __init__(self, places: Places) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)
        own = {"registry": self.registry}
        self.requests = Counter("pps_http_requests", "Requests by route and status", ["method", "route", "status"], **own)
        self.seconds = Histogram("pps_http_request_seconds", "Until the whole reply was sent", ["route"], buckets=_BUCKETS, **own)
        self.answers = Counter("pps_answers", "Finished answers, of the chat and the API", ["status", "writer"], **own)
        self.steps = Histogram("pps_step_seconds", "Time that each step of an answer took", ["step"], buckets=_BUCKETS, **own)
        self.refused = Counter("pps_refused", "Requests refused: too many of one client, full, or stopping", ["reason"], **own)
        self.watch_row("questions", places, "over the API")

    def watch_row(self, name: str, places: Places, where: str = "in the chat") -> None:
        """Count who is in a row as pps_NAME_running and pps_NAME_waiting."""
        own = {"registry": self.registry}
        Gauge(f"pps_{name}_running", f"Questions {where} that are answered now", **own).set_function(lambda: places.running)
        Gauge(f"pps_{name}_waiting", f"Questions {where} that wait for their turn", **own).set_function(lambda: places.waiting)

    def answered(self, answer: Answer) -> None:
        """Count a finished answer. The name of a model is not a label: an administrator may change it at will."""
        self.answers.labels(answer.status, "extractive" if answer.model == "extractief" else "model").inc()
        for step, ms in answer.timings_ms.items():
            self.steps.labels(step).observe(ms / 1000)


class Watch:
    """ASGI middleware: counts every request, and tells `log` of it (method, route, status, milliseconds)."""

    def __init__(self, app: ASGIApp, metrics: Metrics, log: object = None) -> None:
        self._app, self._metrics, self._log = app, metrics, log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started, status = time.perf_counter(), 0

        async def seen(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        own = scope.get("app")
        try:
            await self._app(scope, receive, seen)
        finally:
            seconds = time.perf_counter() - started
            method = scope["method"] if scope["method"] in _METHODS else "other"
            route = route_of(scope, own)
            self._metrics.requests.labels(method, route, str(status)).inc()
            self._metrics.seconds.labels(route).observe(seconds)
            if callable(self._log):
                self._log(method, route, status, seconds * 1000)


def route_of(scope: Scope, own: object) -> str:
    """The pattern of the route, never the address itself: that may hold what a reader typed. "chat" is all of Gradio."""
    if own is not None and scope.get("app") is not own:
        return "chat"
    route = scope.get("route")
    return getattr(route, "path_format", "") or getattr(route, "path", "") or "none"
