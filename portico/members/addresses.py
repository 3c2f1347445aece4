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
    sentence = gettext_noop("“%(email)s” is not an e-mail address.")


def check_address(text: str) -> str:
    """The address as accounts have it: in lower case. Raises `NotAnAddress`."""
    address = unicodedata.normalize("NFC", text.strip()).lower()
    try:
        validate_email(address)
    except ValidationError:
        raise NotAnAddress(email=text.strip()[:100]) from None
    if len(address) > LONGEST or address != address.lower():
        raise NotAnAddress(email=text.strip()[:100])
    try:
        wire_address(address)
    except UnusableAddress:
        raise NotAnAddress(email=text.strip()[:100]) from None
    return address
