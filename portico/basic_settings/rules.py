"""What every section's changes have in common."""

from __future__ import annotations

import unicodedata

from portico.kernel.errors import Invalid, InvalidFields, gettext_noop
from portico.kernel.texts import is_text

MOST_IN_REASON = 500


class ReasonTooLong(Invalid):
    code = "reason_too_long"
    sentence = gettext_noop(
        "The reason has %(length)s characters; at most %(most)s are accepted. Nothing was saved."
    )


class NotText(Invalid):
    """A character that is no text and that the database cannot keep."""

    code = "not_text"
    sentence = gettext_noop("There is a character in it that is not text. Please type it anew.")


def check_reason(reason: str) -> str:
    """The reason as one line; raises `ReasonTooLong` or `NotText`."""
    line = " ".join(reason.split())
    if len(line) > MOST_IN_REASON:
        raise ReasonTooLong(length=len(line), most=MOST_IN_REASON)
    if not is_text(line):
        raise NotText
    return line


def check_text(values: dict[str, object]) -> None:
    """Raise `InvalidFields` where a text, however deep in a field, cannot be stored."""
    wrong: dict[str, Invalid] = {
        field: NotText() for field, value in values.items() if not _can_be_stored(value)
    }
    if wrong:
        raise InvalidFields(wrong)


def _can_be_stored(value: object) -> bool:
    """Line ends and tabs are for the section's own rules to judge; these two, for nobody."""
    if isinstance(value, str):
        return not any(sign == "\0" or unicodedata.category(sign) == "Cs" for sign in value)
    if isinstance(value, dict):
        return all(_can_be_stored(part) for pair in value.items() for part in pair)
    if isinstance(value, list | tuple | set | frozenset):
        return all(_can_be_stored(part) for part in value)
    return True
