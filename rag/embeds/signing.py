"""The public id of an embed: random, and signed, so that nobody can walk through them and a made-up one asks nothing of the database."""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import secrets
from pathlib import Path

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from rag.errors import ConfigurationError, PpsError
from rag.settings import Settings

_PUBLIC = re.compile(r"[0-9a-f]{64}")
#: The file with the secret of an installation that runs on one machine.
FILE = "insluiten.geheim"


class Signer:
    """Public ids of 64 hexadecimal digits: 32 of the embed's own id and 32 of a signature over it."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._secret = b""

    def public(self, embed_id: str) -> str:
        """The public id of an embed. At first use without PPS_EMBED_SECRET this makes the secret.

        Raises:
            ConfigurationError: there must be a PPS_EMBED_SECRET here.
            PpsError: the file with the secret cannot be written or read.
        """
        return embed_id + _signature(self._key(make=True), embed_id)

    def opened(self, public: str) -> str | None:
        """The embed's own id; None where `public` was not made here. Errors as of `public`."""
        if not _PUBLIC.fullmatch(public):
            return None
        key = self._key(make=False)
        if not key or not hmac.compare_digest(public[32:], _signature(key, public[:32])):
            return None
        return public[:32]

    def _key(self, *, make: bool) -> bytes:
        if not self._secret:
            given = self._settings.embed_secret
            self._secret = given.get_secret_value().encode() if given else _kept(_folder(self._settings) / FILE, make=make)
        return self._secret


def _signature(key: bytes, embed_id: str) -> str:
    return hmac.new(key, f"embed\n{embed_id}".encode(), hashlib.sha256).hexdigest()[:32]


def _folder(settings: Settings) -> Path:
    """Where the database file stands. A database server has none: its replicas must all be given the same secret."""
    try:
        url = make_url(settings.database)
    except ArgumentError:
        raise ConfigurationError("PPS_DATABASE_URL is geen adres van een database.") from None
    if url.get_backend_name() != "sqlite":
        raise ConfigurationError(
            "Insluiten kan nog niet: met een databaseserver is PPS_EMBED_SECRET nodig, op elke machine hetzelfde geheim van ten minste "
            "32 tekens. Vraag uw beheerder; maak het bijvoorbeeld met: openssl rand -hex 32"
        )
    in_memory = not url.database or url.database == ":memory:"
    return settings.index_dir.parent if in_memory else Path(url.database or "").parent


def _kept(path: Path, *, make: bool) -> bytes:
    """The secret in the file, made where asked; readable by the advisor's own account only. Empty where there is none."""
    try:
        if make:
            path.parent.mkdir(parents=True, exist_ok=True)
            _write_once(path)
        found = path.read_bytes().strip()
    except FileNotFoundError:
        return b""
    except OSError as error:
        raise PpsError(
            f"Het geheim voor insluiten ({path.name}) kan niet worden gelezen of gemaakt: {error.strerror}. Of geef PPS_EMBED_SECRET."
        ) from error
    if len(found) < 32:
        raise PpsError(f"Het bestand {path.name} naast de database is leeg of beschadigd. Vraag uw beheerder.")
    return found


def _write_once(path: Path) -> None:
    """Written aside and linked into place: another process sees the whole secret or none, and the first one stays."""
    if path.exists():
        return
    aside = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    with open(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(secrets.token_hex(32).encode())
    try:
        os.link(aside, path)
    except FileExistsError:  # another process was first
        pass
    finally:
        aside.unlink()
