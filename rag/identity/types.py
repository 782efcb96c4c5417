"""An identity: who asks, how that is known, and which roles go with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

Role = Literal["reader", "editor", "maintainer"]
#: From the least to the most; each role may do what those before it may.
ROLES: tuple[Role, ...] = get_args(Role)
#: How a subject is known: this machine itself, anybody (PPS_OPEN), the editors' password, a login, a proxy, a key of an application.
Source = Literal["lokaal", "open", "wachtwoord", "oidc", "proxy", "sleutel"]
#: Sources that a browser sends along by itself, so that a page of somebody else could make it act.
AMBIENT: frozenset[Source] = frozenset({"wachtwoord", "oidc", "proxy"})
#: Sources in which every person or application has a subject of its own; the others have one for everybody.
OWN_SUBJECT: frozenset[Source] = frozenset({"oidc", "proxy", "sleutel"})
#: In a mapping of roles: everybody who is known.
EVERYBODY = "*"
MAX_SUBJECT = 200


@dataclass(frozen=True, slots=True)
class Identity:
    """`subject` tells this person or application apart within `source`; `name` is for people to read."""

    subject: str
    name: str
    roles: frozenset[Role]
    source: Source
    session: str = ""  # of a login: the id of its session
    until: int = 0  # of a login: when its session ends, in seconds since 1970

    def may(self, role: Role) -> bool:
        return role in self.roles


def up_to(role: Role | None) -> frozenset[Role]:
    """`role` with every lower one; nothing for None."""
    return frozenset(ROLES[: ROLES.index(role) + 1]) if role else frozenset()


def mapped(values: Iterable[str], mapping: Mapping[str, Role]) -> frozenset[Role]:
    """The roles that an organisation gives to someone with these groups or roles of its own."""
    given = [mapping[v] for v in (EVERYBODY, *values) if v in mapping]
    return up_to(max(given, key=ROLES.index, default=None))


def claim_values(claims: Mapping[str, Any], name: str) -> list[str]:
    """The values of claim `name`: a list, or one text. A name with dots may also point into claims (realm_access.roles)."""
    found: Any = claims.get(name)
    if found is None and "." in name:
        found = claims
        for part in name.split("."):
            found = found.get(part) if isinstance(found, Mapping) else None
    values = found if isinstance(found, list) else [found]
    return [v for v in values if isinstance(v, str) and v]


def clean_subject(text: object) -> str:
    """`text` as a subject, or empty where it cannot be one: too long, no text, or with characters that do not show."""
    if not isinstance(text, str):
        return ""
    made = text.strip()
    return made if 0 < len(made) <= MAX_SUBJECT and made.isprintable() else ""
