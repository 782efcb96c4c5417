"""Keys of applications. Only a hash is kept: a key is shown once, when it is made."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import select

from rag.errors import PpsError
from rag.identity.types import ROLES, Identity, Role, up_to
from rag.store.audit import Act, Actor, write
from rag.store.database import Database
from rag.store.tables import ApiKeyRow

#: What a key begins with, by which scanners for leaked secrets know it too.
PREFIX = "pps"
_KEY = re.compile(r"pps_([0-9a-f]{12})_([A-Za-z0-9_-]{43})")
MAX_DAYS, MAX_NAME = 730, 100


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key as it may be shown: without its secret. `last_used` is a day, so that it tells nothing of when somebody works."""

    id: str
    name: str
    role: Role
    created: datetime
    created_by: str
    expires: datetime
    revoked: datetime | None = None
    last_used: date | None = None

    def state(self, now: datetime) -> str:
        if self.revoked:
            return "ingetrokken"
        return "verlopen" if self.expires <= now else "geldig"

    def as_dict(self) -> dict[str, str | None]:
        return {
            "id": self.id,
            "name": self.name,
            "role": self.role,
            "state": self.state(datetime.now(UTC)),
            "created": self.created.isoformat(timespec="seconds"),
            "created_by": self.created_by,
            "expires": self.expires.isoformat(timespec="seconds"),
            "last_used": self.last_used.isoformat() if self.last_used else None,
        }


class ApiKeys:
    """The keys of one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def create(self, name: str, role: Role, days: int, by: Actor) -> tuple[str, ApiKey]:
        """A new key and what is kept of it. The key itself can never be read again.

        Raises:
            PpsError: the name, the role or the term is not one.
        """
        name = " ".join(name.split())
        if not 0 < len(name) <= MAX_NAME or not name.isprintable():
            raise PpsError(f"Geef de sleutel een naam van hoogstens {MAX_NAME} tekens: van welke toepassing is hij?")
        if role not in ROLES:
            raise PpsError(f"De rol '{role}' bestaat niet. Kies uit: {', '.join(ROLES)}.")
        if not 1 <= days <= MAX_DAYS:
            raise PpsError(f"Een sleutel is 1 tot {MAX_DAYS} dagen geldig.")
        # 256 random bits cannot be guessed, so a plain hash keeps them as well as a slow one.
        key = f"{PREFIX}_{secrets.token_hex(6)}_{secrets.token_urlsafe(32)}"
        now = datetime.now(UTC)
        row = ApiKeyRow(
            id=key.split("_")[1],
            name=name,
            hash=_hash(key),
            role=role,
            created=now,
            created_by=by.subject,
            expires=now + timedelta(days=days),
        )
        with self._database.session() as session:
            session.add(row)
            write(session, Act(by, "sleutel.gemaakt", row.id, role))
            session.flush()
            return key, _value(row)

    def listed(self) -> list[ApiKey]:
        """All keys, oldest first; those that no longer work too."""
        if not self._database.exists:
            return []
        with self._database.session() as session:
            return [_value(r) for r in session.scalars(select(ApiKeyRow).order_by(ApiKeyRow.created, ApiKeyRow.id))]

    def revoke(self, key_id: str, by: Actor) -> bool:
        """Whether there was such a key that still worked; from now on it does not."""
        if not self._database.exists:
            return False
        with self._database.session() as session:
            row = session.get(ApiKeyRow, key_id)
            if row is None or row.revoked:
                return False
            row.revoked = datetime.now(UTC)
            write(session, Act(by, "sleutel.ingetrokken", key_id))
            return True

    def identity(self, key: str, now: datetime | None = None) -> Identity | None:
        """Whose key this is; None for one that does not work (any more)."""
        now = now or datetime.now(UTC)
        parts = _KEY.fullmatch(key)
        if not parts or not self._database.exists:
            return None
        with self._database.session() as session:
            row = session.get(ApiKeyRow, parts[1])
            if row is None or not hmac.compare_digest(row.hash, _hash(key)) or row.revoked or row.expires <= now or row.role not in ROLES:
                return None
            if row.last_used != now.date():
                row.last_used = now.date()
            return Identity(f"sleutel:{row.id}", row.name, up_to(row.role), "sleutel")


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def _value(row: ApiKeyRow) -> ApiKey:
    return ApiKey(row.id, row.name, row.role, row.created, row.created_by, row.expires, row.revoked, row.last_used)
