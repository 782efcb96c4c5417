"""Sessions after a login: a signed cookie that lasts some hours, and the short-lived one that a login itself needs."""

from __future__ import annotations

import hashlib
import secrets
import time
from typing import Any

from itsdangerous import BadData, URLSafeTimedSerializer

from rag.identity.types import ROLES, Identity, Role, clean_subject, up_to

#: Seconds that a login at the provider may take.
LOGIN_S = 600
#: The cookies; over https with the prefix for which browsers see to it that no other host or plain http can set them.
SESSION, LOGIN = "pps_sessie", "pps_inloggen"
_HOST = "__Host-"


class Sessions:
    """Makes and reads the cookies. `secret` is the organisation's own, the same for every replica."""

    def __init__(self, secret: str, hours: int, *, secure: bool) -> None:
        signing = {"key_derivation": "hmac", "digest_method": hashlib.sha256}
        self._session = URLSafeTimedSerializer(secret, salt="pps-sessie", signer_kwargs=signing)
        self._login = URLSafeTimedSerializer(secret, salt="pps-inloggen", signer_kwargs=signing)
        self.lasts_s = hours * 3600
        self.secure = secure

    @property
    def cookie(self) -> str:
        """Name of the cookie with the session."""
        return f"{_HOST if self.secure else ''}{SESSION}"

    @property
    def login_cookie(self) -> str:
        """Name of the cookie of a login that is under way."""
        return f"{_HOST if self.secure else ''}{LOGIN}"

    def begin(self, subject: str, name: str, role: Role | None) -> str:
        """The value of the cookie of a new session. What is in it can be read by whoever holds it, but not changed."""
        return self._session.dumps(
            {"s": subject, "n": name, "r": role or "", "j": secrets.token_urlsafe(18), "e": int(time.time()) + self.lasts_s}
        )

    def read(self, value: str) -> Identity | None:
        """Whose session this is; None for one that was not signed here or is over."""
        try:
            held = self._session.loads(value, max_age=self.lasts_s)
            role, until = held["r"] or None, int(held["e"])
            subject = clean_subject(held["s"])
            if not subject or until <= time.time() or (role and role not in ROLES):
                return None
            return Identity(subject, str(held["n"]), up_to(role), "oidc", str(held["j"]), until)
        except (BadData, KeyError, TypeError, ValueError):
            return None

    def pack_login(self, data: dict[str, Any]) -> str:
        """The value of the cookie of a login: state, nonce and the secret half of PKCE."""
        return self._login.dumps(data)

    def unpack_login(self, value: str) -> dict[str, Any]:
        """What `pack_login` was given; empty when it is not from here or too old."""
        try:
            held = self._login.loads(value, max_age=LOGIN_S)
        except BadData:
            return {}
        return held if isinstance(held, dict) else {}
