"""Signatures after Standard Webhooks, by one secret or, while it is being changed, by two."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from standardwebhooks import Webhook

PREFIX = "whsec_"
BYTES = 32
USER_AGENT = "Portico-Webhooks/1"


def new_signing_secret() -> str:
    """A secret as receivers' libraries take it: `whsec_` and 32 random bytes in Base64."""
    return PREFIX + base64.b64encode(secrets.token_bytes(BYTES)).decode()


def signed_headers(
    message_id: str, body: str, *, keys: Sequence[str], at: datetime
) -> Mapping[str, str]:
    """The headers of a request with this body. Each of the secrets signs it."""
    # The library takes whatever clock it is given for UTC's.
    moment = at.astimezone(UTC)
    signatures = [Webhook(key).sign(message_id, moment, body) for key in keys]
    return {
        "content-type": "application/json; charset=utf-8",
        "user-agent": USER_AGENT,
        "webhook-id": message_id,
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": " ".join(signatures),
    }
