"""Tokens for forms: only a page that this advisor made for this browser a short while ago can send one back."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time

from sqlalchemy.exc import IntegrityError

from rag.store.database import Database
from rag.store.tables import KeyRow

#: Seconds that an open page stays usable.
VALID_S = 12 * 3600
_NAME = "forms"


class FormTokens:
    """Signs tokens with a secret that stands in the database, so that every process knows it and none ships with the code."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._secret = ""

    def make(self, visitor: str, now: float | None = None) -> str:
        """A token for the browser that holds the cookie `visitor`."""
        moment = str(int(now if now is not None else time.time()))
        return f"{moment}.{self._signed(visitor, moment)}"

    def fits(self, token: str, visitor: str, now: float | None = None) -> bool:
        """Whether `token` was made for `visitor` and is not too old."""
        moment, _, signature = token.partition(".")
        if not visitor or not moment.isascii() or not moment.isdigit() or not signature.isascii():
            return False
        age = (now if now is not None else time.time()) - int(moment[:15])
        return 0 <= age + 60 <= VALID_S + 60 and hmac.compare_digest(signature, self._signed(visitor, moment))

    def _signed(self, visitor: str, moment: str) -> str:
        return hmac.new(self._key().encode(), f"{visitor}\n{moment}".encode(), hashlib.sha256).hexdigest()

    def _key(self) -> str:
        if not self._secret:
            try:
                self._secret = self._kept()
            except IntegrityError:  # another process made one at the same moment
                self._secret = self._kept()
        return self._secret

    def _kept(self) -> str:
        with self._database.session() as session:
            row = session.get(KeyRow, _NAME)
            if row is None:
                row = KeyRow(name=_NAME, value=secrets.token_hex(32))
                session.add(row)
                session.flush()
            return row.value
