"""An authenticator for tests: makes passkeys and signs with them, also what no real one would."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from django.utils.crypto import get_random_string
from fido2.cose import ES256
from fido2.utils import sha256, websafe_encode
from fido2.webauthn import AttestationObject, AttestedCredentialData, AuthenticatorData

FLAG = AuthenticatorData.FLAG


@dataclass
class SoftPasskey:
    """A passkey of one host, and its holder's finger."""

    host: str
    origin: str
    user_handle: bytes = b""
    counter: int = 0
    knows_its_holder: bool = True  # asked for finger, face or PIN
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )
    id: bytes = field(default_factory=lambda: get_random_string(32).encode())

    def made(self, options: Mapping[str, Any], **odd: str) -> str:
        """What a browser answers to the challenge of adding a passkey, as JSON."""
        public = options["publicKey"]
        credential = AttestedCredentialData.create(
            b"\0" * 16,
            self.id,
            ES256.from_cryptography_key(self.key.public_key()),  # type: ignore[no-untyped-call]
        )
        flags = FLAG.UP | FLAG.UV | FLAG.AT
        data = AuthenticatorData.create(
            sha256(odd.get("host", self.host).encode()), flags, self.counter, bytes(credential)
        )
        attestation = AttestationObject.create("none", data, {})
        return self._answer(
            {
                "attestationObject": websafe_encode(bytes(attestation)),
                "clientDataJSON": self._client("webauthn.create", public["challenge"], odd),
            },
            {"credProps": {"rk": True}},
        )

    def shown(self, options: Mapping[str, Any], **odd: str) -> str:
        """What a browser answers to a challenge of showing a passkey, as JSON."""
        public = options["publicKey"]
        flags = FLAG.UP | (FLAG.UV if self.knows_its_holder else FLAG(0))
        host = odd.get("host", self.host)
        data = bytes(AuthenticatorData.create(sha256(host.encode()), flags, self.counter))
        client = self._client_bytes("webauthn.get", public["challenge"], odd)
        signature = self.key.sign(data + sha256(client), ec.ECDSA(hashes.SHA256()))
        return self._answer(
            {
                "authenticatorData": websafe_encode(data),
                "clientDataJSON": websafe_encode(client),
                "signature": websafe_encode(signature),
                "userHandle": websafe_encode(self.user_handle) if self.user_handle else None,
            },
            {},
        )

    def _answer(self, response: Mapping[str, object], extensions: Mapping[str, object]) -> str:
        return json.dumps(
            {
                "id": websafe_encode(self.id),
                "rawId": websafe_encode(self.id),
                "type": "public-key",
                "response": response,
                "clientExtensionResults": extensions,
            }
        )

    def _client(self, kind: str, challenge: str, odd: Mapping[str, str]) -> str:
        return websafe_encode(self._client_bytes(kind, challenge, odd))

    def _client_bytes(self, kind: str, challenge: str, odd: Mapping[str, str]) -> bytes:
        said = {
            "type": odd.get("kind", kind),
            "challenge": odd.get("challenge", challenge),
            "origin": odd.get("origin", self.origin),
            "crossOrigin": False,
        }
        return json.dumps(said).encode()
