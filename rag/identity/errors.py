"""What can go wrong while it is found out who asks; each message may be shown."""

from __future__ import annotations

from rag.errors import PpsError


class NotFromProxyError(PpsError):
    """Somebody else than the proxy sent its header, or the proxy sent one that cannot be read."""


class LoginRefusedError(PpsError):
    """The login did not end in an identity: refused at the service, too old, or not to be trusted."""


class LoginUnreachableError(PpsError):
    """The service for logging in does not answer as it should."""
