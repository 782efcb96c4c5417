"""Identities that a proxy tells in a header, believed only from the addresses of that proxy."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.datastructures import Headers

from rag.identity.errors import NotFromProxyError
from rag.identity.sources import Sources
from rag.identity.types import Identity, Role, clean_subject, mapped


def told_by_proxy(headers: Headers, peer: str, sources: Sources, roles_header: str, roles: Mapping[str, Role]) -> Identity | None:
    """Who the proxy at `peer` says is asking; None where it says nothing.

    Raises:
        NotFromProxyError: the header does not come from a proxy of the settings, stands there twice, or holds no name.
    """
    named = headers.getlist(sources.header)
    groups = headers.getlist(roles_header) if roles_header else []
    if not named and not groups:
        return None
    if not sources.trusts(peer):
        raise NotFromProxyError(
            "Deze aanvraag zegt wie u bent, maar komt niet van de proxy van uw organisatie. Open de adviseur via het gewone adres."
        )
    # Of two headers one may be what a visitor made up and the proxy left standing.
    if len(named) > 1 or len(groups) > 1:
        raise NotFromProxyError("De proxy stuurt een kopregel dubbel. Vraag uw beheerder hem de kopregel van bezoekers te laten vervangen.")
    subject = clean_subject(_text(named[0])) if named else ""
    if not subject:
        if named and not named[0].strip():
            return None
        raise NotFromProxyError("De proxy stuurt een naam die niet te gebruiken is. Vraag uw beheerder ernaar te kijken.")
    values = [part.strip() for part in _text(groups[0]).split(",") if part.strip()] if groups else []
    return Identity(subject, subject, mapped(values, roles), "proxy")


def _text(value: str) -> str:
    """Headers are read as Latin-1; proxies send UTF-8."""
    try:
        return value.encode("latin-1").decode("utf-8")
    except (UnicodeDecodeError, UnicodeEncodeError):
        return value
