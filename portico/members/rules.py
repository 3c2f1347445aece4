"""What may be written into an invitation, and which addresses somebody means, in plain Python."""

from __future__ import annotations

import re
import unicodedata

from portico.kernel.errors import Invalid, gettext_noop
from portico.kernel.texts import is_text

MOST_AT_ONCE = 50
LONGEST_MESSAGE = 1000
NAME_IN_QUOTES = re.compile(r'"[^"\n]{0,200}"\s*(?=<)')
IN_BRACKETS = re.compile(r"<([^<>\s]*)>\s*$")
# Signs that turn the direction of text: what is read would not be what is written.
TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


class NoAddress(Invalid):
    code = "no_address"
    sentence = gettext_noop("Please enter at least one email address.")


class TooManyAddresses(Invalid):
    code = "too_many_addresses"
    sentence = gettext_noop(
        "These are %(count)s addresses; at most %(most)s can be invited at a time."
    )


class MessageTooLong(Invalid):
    code = "message_too_long"
    sentence = gettext_noop("The message has %(length)s characters; it may have %(most)s.")


class UnreadableMessage(Invalid):
    code = "unreadable_message"
    sentence = gettext_noop(
        "The message holds control characters. Plain text with line breaks is accepted."
    )


def addresses_in(text: str) -> list[str]:
    """The addresses in a text as people paste it, each once, in their order; not yet checked.

    They are set apart by commas, semicolons, spaces or lines. "Ada Lovelace <ada@example.com>", as
    mail programs copy it, means the part in brackets.
    """
    found: dict[str, str] = {}
    for part in re.split(r"[,;\r\n\t]+", NAME_IN_QUOTES.sub("", text)):
        bracketed = IN_BRACKETS.search(part)
        for address in [bracketed[1]] if bracketed else part.split():
            found.setdefault(address.lower(), address)
    return list(found.values())


def check_count(addresses: list[str]) -> list[str]:
    """The addresses, if there are from one to fifty; raises `NoAddress` or `TooManyAddresses`."""
    if not addresses:
        raise NoAddress
    if len(addresses) > MOST_AT_ONCE:
        raise TooManyAddresses(count=len(addresses), most=MOST_AT_ONCE)
    return addresses


def check_message(message: str) -> str:
    """The message with plain line feeds and no space around it.

    Raises `MessageTooLong` or `UnreadableMessage`.
    """
    message = unicodedata.normalize("NFC", message.replace("\r\n", "\n").replace("\r", "\n"))
    message = message.strip()
    if not is_text(message.replace("\n", " ").replace("\t", " ")) or TURNING & set(message):
        raise UnreadableMessage
    if len(message) > LONGEST_MESSAGE:
        raise MessageTooLong(length=len(message), most=LONGEST_MESSAGE)
    return message
