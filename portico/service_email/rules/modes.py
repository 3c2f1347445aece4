"""Ports and modes: what follows from one, and which pairs usually do not go together."""

from __future__ import annotations

from portico.kernel.errors import gettext_noop
from portico.service_email.smtp.pairings import IMPLICIT_TLS, pairing
from portico.service_email.smtp.server import Security

MODE_NAMES: dict[Security, str] = {
    Security.NONE: gettext_noop("No protection"),
    Security.STARTTLS: gettext_noop("STARTTLS"),
    Security.SSL: gettext_noop("SSL/TLS"),
}


def following_mode(port: int) -> Security:
    """The protection that follows from a port where none was chosen."""
    return Security.SSL if port == IMPLICIT_TLS else Security.STARTTLS


def usual_pair(port: int, security: Security) -> tuple[int, Security] | None:
    """The pair of port and mode to propose; None: these go together, or nobody knows."""
    correction = pairing(port, security)
    if correction is None:
        return None
    return int(correction.values.get("port", port)), Security(
        str(correction.values.get("security", security))
    )
