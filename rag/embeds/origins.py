"""Which websites may show an embed: read from what people type, in the form in which browsers name them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

#: Most websites of one embed: each stands in a header of every reply.
MAX_ORIGINS = 20
#: A name or IPv4 address. A policy header cannot name an IPv6 address, and what else may stand in it must not come from a form.
_HOST = re.compile(r"(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]{0,62})(?:\.[a-z0-9](?:[a-z0-9-]{0,62}))*")
_DEFAULT = {"http": 80, "https": 443}


class OriginError(ValueError):
    """A website cannot be used; the message is Dutch and names it."""


def parse_origins(text: str) -> list[str]:
    """The origins in `text`, separated by spaces, lines or commas, each once.

    Raises:
        OriginError: one of them is not the address of a website, or there are too many.
    """
    found = list(dict.fromkeys(map(origin_of, filter(None, re.split(r"[\s,;]+", text)))))
    if len(found) > MAX_ORIGINS:
        raise OriginError(f"Dit zijn {len(found)} websites; het maximum is {MAX_ORIGINS}.")
    return found


def origin_of(address: str) -> str:
    """Scheme, name and port of a web address, as a browser sends them: "https://intranet.example.nl". A path is passed over.

    Raises:
        OriginError: this is not such an address.
    """
    shown = address[:100]
    if "*" in address:
        raise OriginError(f"“{shown}”: noem elke website voluit; een sterretje kan niet.")
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        raise OriginError(f"“{shown}” is geen adres van een website. {_EXAMPLE}") from None
    if parts.scheme.lower() not in _DEFAULT or "@" in parts.netloc:
        raise OriginError(f"“{shown}” is geen adres van een website. {_EXAMPLE}")
    host = _ascii(parts.hostname or "")
    if not _HOST.fullmatch(host):
        raise OriginError(f"“{shown}”: de naam van deze website klopt niet. {_EXAMPLE}")
    scheme = parts.scheme.lower()
    return f"{scheme}://{host}" + (f":{port}" if port is not None and port != _DEFAULT[scheme] else "")


def frame_ancestors(origins: Iterable[str]) -> str:
    """The policy that lets the advisor itself and `origins` show a page in a frame, and nobody else."""
    return " ".join(["frame-ancestors", "'self'", *origins])


_EXAMPLE = "Schrijf bijvoorbeeld: https://intranet.example.nl"


def _ascii(host: str) -> str:
    """The name as it travels: letters with accents have a form without."""
    try:
        return host.encode("idna").decode("ascii").lower() if host else ""
    except UnicodeError:
        return ""
