"""An OpenID Connect provider on loopback: says who signed in there, or something that is wrong.

    with oidc_provider() as provider:
        provider.person = {"sub": "42", "email": "ada@example.com"}
        back = provider.sign_in(address)      # the browser's part: where it is sent back
        provider.spoil(aud="somebody-else")   # from now on, ID tokens claim this
    provider.instead["/keys"] = Response(302, ...)

Codes are good once, with the verifier and the secret that belong to them.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.peers.https import Request, Response, WebServer, http_server

CLIENT, SECRET = "portico", "the-client-secret"
JSON = (("Content-Type", "application/json"),)
# One for all: making them takes long.
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
OTHER_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PUBLIC = {
    **json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(KEY.public_key())),
    "kid": "one",
    "alg": "RS256",
    "use": "sig",
}


def signed(
    claims: dict[str, Any], *, key: Any = KEY, algorithm: str = "RS256", kid: str | None = "one"
) -> str:
    """An ID token."""
    headers = {"kid": kid} if kid else {}
    return jwt.encode(claims, key, algorithm=algorithm, headers=headers)


@dataclass
class OidcPeer:
    """A running provider."""

    server: WebServer
    person: dict[str, Any] = field(default_factory=lambda: {"sub": "42"})
    discovery: dict[str, Any] = field(default_factory=dict)
    claims: dict[str, Any] = field(default_factory=dict)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    asked: list[dict[str, str]] = field(default_factory=list)
    instead: dict[str, Response] = field(default_factory=dict)
    sign: Callable[[dict[str, Any]], str] = signed

    @property
    def issuer(self) -> str:
        """Its name, and where it is."""
        return f"http://{self.server.host}:{self.server.port}"

    @property
    def configured(self) -> str:
        """As an operator would write it."""
        one = {
            "id": "staff",
            "name": "Staff ID",
            "issuer": self.issuer,
            "client_id": CLIENT,
            "client_secret": SECRET,
        }
        return json.dumps([one])

    def spoil(self, **claims: Any) -> None:
        """Have ID tokens claim this."""
        self.claims.update(claims)

    def sign_in(self, address: str, **instead: str) -> str:
        """What a browser does that is sent there, and a person who agrees: the way back."""
        asked = dict(parse_qsl(urlsplit(address).query))
        self.asked.append(asked)
        code = f"code-{len(self.asked)}"
        self.codes[code] = asked
        back = {"code": code, "state": asked["state"], **instead}
        return f"{asked['redirect_uri']}?{urlencode(back)}"

    def answer(self, request: Request) -> Response:
        """What it answers over HTTP."""
        path = urlsplit(request.path).path
        if path in self.instead:
            return self.instead[path]
        if path == "/.well-known/openid-configuration":
            return _json(self._discovery())
        if path == "/keys":
            return _json({"keys": [PUBLIC]})
        if path == "/token":
            return self._token(request)
        return Response(404)

    def _discovery(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
            **self.discovery,
        }

    def _token(self, request: Request) -> Response:
        given = {name: values[0] for name, values in parse_qs(request.body.decode()).items()}
        asked = self.codes.pop(given.get("code", ""), None)
        if asked is None or given.get("client_secret") != SECRET:
            return _json({"error": "invalid_grant"}, status=400)
        made = hashlib.sha256(given.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(made).rstrip(b"=").decode()
        if asked.get("code_challenge") != challenge:
            return _json({"error": "invalid_grant"}, status=400)
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "aud": CLIENT,
            "iat": now,
            "exp": now + 300,
            "nonce": asked.get("nonce"),
            **self.person,
            **self.claims,
        }
        token = self.sign(claims)
        return _json({"access_token": "at", "token_type": "Bearer", "id_token": token})


@contextlib.contextmanager
def oidc_provider() -> Iterator[OidcPeer]:
    """A provider for as long as the block lasts."""
    with http_server() as server:
        peer = OidcPeer(server)
        server.answer = peer.answer
        yield peer


def _json(content: object, status: int = 200) -> Response:
    return Response(status, json.dumps(content).encode(), JSON)
