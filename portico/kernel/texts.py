"""What may be part of a name or a line of text."""

from __future__ import annotations

import unicodedata

from portico.kernel.errors import Invalid, gettext_noop

JOINERS = "\u200c\u200d"  # parts of words and emoji in several scripts


class UnreadableName(Invalid):
    code = "unreadable_name"
    sentence = gettext_noop(
        "The name needs a letter or a digit, and may have no invisible or control characters."
    )


def is_text(text: str) -> bool:
    """Whether there is no control character and no half of a surrogate pair in it."""
    return not any(unicodedata.category(sign) in {"Cc", "Cs"} for sign in text)


def is_name(text: str) -> bool:
    """Whether it can name something: visible, and without signs that hide or turn the rest.

    Such signs would let a name pass for another, or reach an operator's terminal as a command.
    """
    return any(sign.isalnum() for sign in text) and not any(
        unicodedata.category(sign) in {"Cc", "Cf", "Co", "Cs"} and sign not in JOINERS
        for sign in text
    )


def check_visible(name: str) -> str:
    """The name, if it can name something; raises `UnreadableName`."""
    if not is_name(name):
        raise UnreadableName
    return name
