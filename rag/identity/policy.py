"""Which role opens which address: the one place where that is said. What is not named here is for readers, never for anybody."""

from __future__ import annotations

import re
from typing import Literal

from rag.identity.types import Role

#: PUBLIC is for everybody; KNOWN for whoever has an identity, with or without a role.
PUBLIC: Literal["public"] = "public"
KNOWN: Literal["known"] = "known"
Need = Literal["public", "known"] | Role

LOGIN, CALLBACK, LOGOUT, LOGGED_OUT = "/inloggen", "/inloggen/terug", "/uitloggen", "/uitgelogd"
_READS = ("GET", "HEAD", "OPTIONS")
#: Health, the pages around a login and the style that these need.
_PUBLIC = frozenset(
    {
        "/healthz",
        "/readyz",
        LOGIN,
        CALLBACK,
        LOGGED_OUT,
        "/static/source.css",
        "/static/nlds-voorbeeld.css",
        "/static/theme.css",
        "/static/page.css",
        "/oembed",
    }
)
#: What an intranet page shows of a published answer: its id is signed, and it holds nothing else. Not the chat (/embed/chat).
_EMBEDS = re.compile(r"/embed/antwoord/[\w.~-]+|/embed/[\w-]+\.(?:css|js)|/api/v1/embeds/[\w.~-]+")
#: The rooms of editors, with all that lies below them.
_EDITORS = ("/terugkoppeling", "/insluiten", "/api/v1/embeds")


def need(method: str, path: str) -> Need:
    """What asking for `path` needs. `path` is as the router reads it: decoded, without what the server is mounted under."""
    if method in _READS and (path in _PUBLIC or _EMBEDS.fullmatch(path)):
        return PUBLIC
    if path == LOGOUT:
        return KNOWN
    # Also what merely begins like a room of editors: too much is asked for then, never too little.
    return "editor" if path.startswith(_EDITORS) else "reader"
