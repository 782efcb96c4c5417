"""A real OpenID Connect provider on this machine, which a test can make lie: other claims, another key, no token, or no answer."""

from __future__ import annotations

import io
import json
import socket
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qs

from joserfc import jwt
from joserfc.jwk import RSAKey
from werkzeug.serving import make_server

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import oidc_provider_mock


class Provider:
    """WSGI around the provider. `seen` holds what was asked of it: path and parameters."""

    def __init__(self, users: dict[str, dict[str, Any]]) -> None:
        made = [oidc_provider_mock.User(sub=sub, claims=claims) for sub, claims in users.items()]
        self._app = oidc_provider_mock.app(require_nonce=True, user_claims=made)
        self._own = RSAKey.generate_key(2048, {"kid": "eigen", "use": "sig", "alg": "RS256"})
        self.port = 0
        self.seen: list[tuple[str, dict[str, str]]] = []
        self.change: Callable[[dict[str, Any]], dict[str, Any]] | None = None  # claims of the id token, signed with the key it publishes
        self.sign: Callable[[dict[str, Any]], str | None] | None = None  # the whole id token, or none at all
        self.metadata: dict[str, Any] = {}
        self.away = False

    @property
    def issuer(self) -> str:
        return f"http://localhost:{self.port}"

    def __call__(self, environ: dict[str, Any], start: Callable) -> Any:
        path = environ["PATH_INFO"]
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        environ["wsgi.input"] = io.BytesIO(body)
        asked = {**parse_qs(environ["QUERY_STRING"]), **(parse_qs(body.decode()) if path == "/oauth2/token" else {})}
        self.seen.append((path, {k: v[0] for k, v in asked.items()}))
        if self.away:
            start("503 Service Unavailable", [("Content-Type", "text/plain")])
            return [b"weg"]
        if path == "/oauth2/token" and (self.change or self.sign):
            return self._token(environ, start)
        if path == "/jwks" and self.change:
            return _json(start, {"keys": [self._own.as_dict(private=False)]})
        if path == "/.well-known/openid-configuration" and self.metadata:
            return _json(start, {**json.loads(self._asked(environ)), **self.metadata})
        return self._app(environ, start)

    def _token(self, environ: dict[str, Any], start: Callable) -> list[bytes]:
        given = json.loads(self._asked(environ))
        claims = jwt.decode(given["id_token"], self._published(), algorithms=["RS256"]).claims
        if self.change:
            changed = self.change(dict(claims))
            given["id_token"] = jwt.encode({"alg": "RS256", "kid": "eigen"}, changed, self._own)
        elif self.sign:
            given["id_token"] = self.sign(dict(claims))
        return _json(start, {k: v for k, v in given.items() if v is not None})

    def _published(self) -> RSAKey:
        with self._app.test_client() as client:
            return RSAKey.import_key(client.get("/jwks").get_json()["keys"][0])

    def _asked(self, environ: dict[str, Any]) -> bytes:
        return b"".join(self._app(environ, lambda *_: None))


@contextmanager
def provider(users: dict[str, dict[str, Any]]) -> Iterator[Provider]:
    """The provider, served over HTTP. Whoever names one of `users` is that user; it asks no password."""
    made = Provider(users)
    server = make_server("localhost", 0, made, threaded=True)
    made.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        thread.join(5)
        server.server_close()


def free_port() -> int:
    """A port on which nothing listens now: a login needs the address of the advisor before it is served."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def _json(start: Callable, value: dict[str, Any]) -> list[bytes]:
    start("200 OK", [("Content-Type", "application/json")])
    return [json.dumps(value).encode()]
