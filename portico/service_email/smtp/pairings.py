"""Ports and modes that go together."""

from __future__ import annotations

from portico.kernel.errors import gettext_noop
from portico.service_email.smtp.server import Security
from portico.service_email.smtp.stages import Correction, Sentence

SUBMISSION, IMPLICIT_TLS, RELAY = 587, 465, 25

# The modes that a well-known port is used with, the usual one first.
USUAL: dict[int, tuple[Security, ...]] = {
    RELAY: (Security.STARTTLS, Security.NONE),
    IMPLICIT_TLS: (Security.SSL,),
    SUBMISSION: (Security.STARTTLS,),
    2525: (Security.STARTTLS, Security.NONE),
}

# The port that a mode is used with, where another one leads nowhere.
HOME: dict[Security, int] = {
    Security.SSL: IMPLICIT_TLS,
    Security.STARTTLS: SUBMISSION,
    Security.NONE: RELAY,
}

WHY: dict[Security, str] = {
    Security.SSL: gettext_noop(
        "Servers on port %(port)s expect SSL/TLS from the first byte, without STARTTLS."
    ),
    Security.STARTTLS: gettext_noop(
        "Servers on port %(port)s begin without protection and switch to TLS with STARTTLS."
    ),
    Security.NONE: gettext_noop("Servers on port %(port)s are used without protection."),
}


def pairing(port: int, security: Security) -> Correction | None:
    """The mode that this port is used with, if it is another one; None: the two go together, or
    nothing is known about the port."""
    usual = USUAL.get(port)
    if usual is None or security in usual:
        return None
    return use_mode(port, usual[0])


def use_mode(port: int, security: Security) -> Correction:
    """The same port in another mode."""
    return Correction({"security": security.value}, Sentence(WHY[security], {"port": port}))


def use_home(port: int, security: Security) -> Correction | None:
    """The port where this mode is at home; None: it is this one already."""
    if port == HOME[security]:
        return None
    return use_pair(HOME[security], security)


def use_pair(port: int, security: Security) -> Correction:
    """This port in this mode."""
    return Correction(
        {"port": port, "security": security.value}, Sentence(WHY[security], {"port": port})
    )
