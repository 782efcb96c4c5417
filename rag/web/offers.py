"""What else this advisor offers beside answers: the chat shows a button only for what is there."""

from __future__ import annotations

from fastapi import FastAPI
from starlette.routing import Match

from rag.settings import Settings

#: A route that is there when the part is.
_ROUTES = {
    "export": ("POST", "/api/v1/export"),
    "feedback": ("POST", "/api/v1/answers/0/feedback"),
    "guides": ("GET", "/advies"),
    "embeds": ("POST", "/insluiten"),
    "about": ("GET", "/over"),
    "about_en": ("GET", "/en/over"),
    "accessibility": ("GET", "/toegankelijkheid"),
}


def offers_of(app: FastAPI, settings: Settings) -> frozenset[str]:
    """The names of the parts (keys of _ROUTES) that `app` has and the settings leave on."""
    there = {name for name, (method, path) in _ROUTES.items() if _has(app, method, path)}
    return frozenset(there - ({"feedback"} if settings.feedback == "uit" else set()))


def _has(app: FastAPI, method: str, path: str) -> bool:
    scope = {"type": "http", "method": method, "path": path, "root_path": "", "headers": []}
    return any(route.matches(scope)[0] == Match.FULL for route in app.router.routes)
