"""Logging in at the organisation's own service: OpenID Connect, code flow with PKCE, state and nonce, through Authlib."""

from __future__ import annotations

import time
from typing import Any
from urllib.parse import urlencode

from authlib.integrations.base_client import OAuthError
from authlib.integrations.starlette_client import OAuth
from joserfc.errors import JoseError
from starlette.requests import Request
from starlette.responses import Response

from rag.identity.errors import LoginRefusedError, LoginUnreachableError
from rag.identity.types import Identity, claim_values, clean_subject, mapped
from rag.settings import Settings

try:  # the same choice as Authlib makes
    from httpx2 import HTTPError
except ModuleNotFoundError:
    from httpx import HTTPError

#: Seconds for one answer of the service, seconds that what it says of itself is believed, and seconds that clocks may differ.
_TIMEOUT_S, _FRESH_S, _LEEWAY_S = 10, 3600, 60
#: Signatures that only the service can make. Not HS256, for which its public key would do, and not "none".
_SIGNATURES = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519")


class Provider:
    """The service of the settings. What goes along with a login (state, nonce, PKCE) is put in and read from `request.session`."""

    def __init__(self, settings: Settings) -> None:
        self._issuer = settings.oidc_issuer or ""
        self._claim = settings.oidc_roles_claim
        self._roles = settings.roles
        secret = settings.oidc_client_secret
        self._client_id = settings.oidc_client_id or ""
        self._client = OAuth().register(
            "pps",
            client_id=self._client_id,
            client_secret=secret.get_secret_value() if secret else "",
            server_metadata_url=f"{self._issuer.rstrip('/')}/.well-known/openid-configuration",
            client_kwargs={"scope": settings.oidc_scopes, "code_challenge_method": "S256", "timeout": _TIMEOUT_S},
        )

    async def begin(self, request: Request, back: str) -> Response:
        """The redirect to the service, which sends the visitor on to the address `back`.

        Raises:
            LoginUnreachableError: the service cannot be reached.
        """
        await self._metadata()
        return await self._client.authorize_redirect(request, back)

    async def finish(self, request: Request) -> Identity:
        """Who came back from the service.

        Raises:
            LoginRefusedError, LoginUnreachableError
        """
        metadata = await self._metadata()
        named = request.query_params.get("iss")
        if named is not None and named != metadata["issuer"]:
            raise LoginRefusedError("Het antwoord komt van een andere inlogdienst.")
        claims_options = {
            "iss": {"essential": True, "values": [metadata["issuer"]]},
            "aud": {"essential": True, "value": self._client_id},
        }
        try:
            token = await self._client.authorize_access_token(request, claims_options=claims_options, leeway=_LEEWAY_S)
        except OAuthError as error:
            if error.error == "access_denied":
                raise LoginRefusedError("U hebt bij de inlogdienst niet ingelogd, of u mag de adviseur niet gebruiken.") from error
            raise LoginRefusedError("Het inloggen is verlopen of in een ander venster begonnen. Probeer het opnieuw.") from error
        except HTTPError as error:
            raise LoginUnreachableError("De inlogdienst is nu niet te bereiken. Probeer het over een paar minuten opnieuw.") from error
        except (JoseError, KeyError, TypeError, ValueError, RuntimeError) as error:
            raise LoginRefusedError("Het antwoord van de inlogdienst klopt niet. Probeer het opnieuw of vraag uw beheerder.") from error
        claims = token.get("userinfo") or {}
        subject = clean_subject(claims.get("sub"))
        if not subject:
            raise LoginRefusedError("De inlogdienst zegt niet wie u bent. Vraag uw beheerder.")
        name = clean_subject(claims.get("name")) or clean_subject(claims.get("preferred_username")) or subject
        return Identity(subject, name, mapped(claim_values(claims, self._claim), self._roles), "oidc")

    async def goodbye(self, back: str) -> str:
        """The address at the service that ends its own session and sends the visitor on to `back`; `back` where it has none."""
        try:
            end = (await self._metadata()).get("end_session_endpoint")
        except LoginUnreachableError:
            return back
        if not isinstance(end, str) or not end.startswith(("https://", "http://")):
            return back
        return f"{end}{'&' if '?' in end else '?'}{urlencode({'client_id': self._client_id, 'post_logout_redirect_uri': back})}"

    async def _metadata(self) -> dict[str, Any]:
        """What the service says of itself, with only signatures that prove something."""
        known = self._client.server_metadata
        if time.time() - known.get("_loaded_at", 0) > _FRESH_S:
            known.pop("_loaded_at", None)
        # Logins are rare: the keys are fetched anew for each, so that a key that was replaced is noticed.
        known.pop("jwks", None)
        try:
            found = await self._client.load_server_metadata()
        except (HTTPError, ValueError) as error:
            raise LoginUnreachableError("De inlogdienst is nu niet te bereiken. Probeer het over een paar minuten opnieuw.") from error
        if str(found.get("issuer", "")).rstrip("/") != self._issuer.rstrip("/"):
            known.pop("_loaded_at", None)
            raise LoginUnreachableError("De inlogdienst noemt zichzelf anders dan in PPS_OIDC_ISSUER staat. Vraag uw beheerder.")
        offered = found.get("id_token_signing_alg_values_supported") or ["RS256"]
        found["id_token_signing_alg_values_supported"] = [a for a in offered if a in _SIGNATURES] or ["RS256"]
        return found
