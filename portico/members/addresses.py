"""Whether an address can be invited."""

from __future__ import annotations

import unicodedata

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from portico.kernel.errors import Invalid, gettext_noop
from portico.service_email.look.messages import UnusableAddress, wire_address

LONGEST = 254


class NotAnAddress(Invalid):
    code = "not_an_address"
    sentence = gettext_noop(
        "“%(email)s” cannot be used as an address. One looks like ada@example.com; before the @ "
        "there are letters from a to z, digits and signs."
    )


def check_address(text: str) -> str:
    """The address as accounts have it: in lower case. Raises `NotAnAddress`."""
    address = unicodedata.normalize("NFC", text.strip()).lower()
    try:
        validate_email(address)
        wire_address(address)
    except (ValidationError, UnusableAddress):
        raise NotAnAddress(email=text.strip()[:100]) from None
    local, _at, domain = address.rpartition("@")
    # Django lets a few other signs pass for letters, "ſ" for "s": two accounts would look like one.
    is_usual = local.isascii() and not domain.startswith("[")
    if len(address) > LONGEST or address != address.lower() or not is_usual:
        raise NotAnAddress(email=text.strip()[:100])
    return address
