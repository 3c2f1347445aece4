"""What can be done with webhooks. Each verb is one transaction, with its audit entry."""

from __future__ import annotations

from portico.webhooks.services.asking import redeliver, send_test
from portico.webhooks.services.endpoints import (
    MOST_ENDPOINTS,
    MOST_OVERLAP,
    Held,
    Wanted,
    change_endpoint,
    disable_endpoint,
    enable_endpoint,
    make_endpoint,
    remove_endpoint,
    rotate_secret,
)

__all__ = [
    "MOST_ENDPOINTS",
    "MOST_OVERLAP",
    "Held",
    "Wanted",
    "change_endpoint",
    "disable_endpoint",
    "enable_endpoint",
    "make_endpoint",
    "redeliver",
    "remove_endpoint",
    "rotate_secret",
    "send_test",
]
