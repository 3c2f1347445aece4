"""Codes of an authenticator app (TOTP, RFC 6238): six digits, a new one every 30 seconds.

The codes just before and after are accepted, too: clocks differ. One that was accepted once never
is again, nor is any older one (RFC 6238, section 5.2): the newest step is kept with the app.
"""

from __future__ import annotations

from datetime import datetime

from allauth.mfa.totp.internal.auth import format_hotp_value, generate_totp_secret, hotp_value
from django.utils.crypto import constant_time_compare

PERIOD = 30
DIGITS = 6
DRIFT = 1


def new_seed() -> str:
    """160 bits in Base32, as authenticator apps read them."""
    return str(generate_totp_secret())


def step_at(at: datetime) -> int:
    """The number of the code that an app shows at this time."""
    return int(at.timestamp()) // PERIOD


def code_at(seed: str, step: int) -> str:
    """The code of this number."""
    return str(format_hotp_value(hotp_value(seed, step)))


def step_of(seed: str, code: str, *, at: datetime) -> int | None:
    """The number of the code that this is at this time, or None: it is none of them."""
    present = step_at(at)
    found = [
        step
        for step in range(present - DRIFT, present + DRIFT + 1)
        if constant_time_compare(code_at(seed, step), code)
    ]
    return found[-1] if found else None
