"""What a mini program is called, and what is said of it."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Final

from portico.kernel.errors import Invalid, gettext_noop

LONGEST_NAME: Final = 100
LONGEST_DESCRIPTION: Final = 500

CATEGORIES: Final[Mapping[str, str]] = {
    "education": gettext_noop("Education"),
    "entertainment": gettext_noop("Entertainment"),
    "finance": gettext_noop("Finance"),
    "food": gettext_noop("Food and drink"),
    "games": gettext_noop("Games"),
    "government": gettext_noop("Government"),
    "health": gettext_noop("Health"),
    "housing": gettext_noop("Home and living"),
    "news": gettext_noop("News"),
    "shopping": gettext_noop("Shopping"),
    "social": gettext_noop("Social"),
    "tools": gettext_noop("Tools"),
    "transport": gettext_noop("Transport"),
    "travel": gettext_noop("Travel"),
    "work": gettext_noop("Work"),
    "other": gettext_noop("Other"),
}
"""By the word that is stored. The titles are translated where they are shown."""


class NameMissing(Invalid):
    code = "program_name_missing"
    sentence = gettext_noop("Give the mini program a name.")


class NameTooLong(Invalid):
    code = "program_name_too_long"
    sentence = gettext_noop("This name has %(length)s characters; at most %(most)s are accepted.")


class OddName(Invalid):
    code = "odd_program_name"
    sentence = gettext_noop(
        "The name holds a character that cannot be seen. Type it anew, as plain text in one line."
    )


class DescriptionTooLong(Invalid):
    code = "program_description_too_long"
    sentence = gettext_noop(
        "This description has %(length)s characters; at most %(most)s are accepted."
    )


class OddDescription(Invalid):
    code = "odd_program_description"
    sentence = gettext_noop(
        "The description holds a character that cannot be seen. Type it anew, as plain text."
    )


class UnknownCategory(Invalid):
    code = "unknown_category"
    sentence = gettext_noop("“%(category)s” is not a category. There are: %(known)s.")


def check_name(text: str) -> str:
    """The name in one line, without spaces around it; raises one of the errors above."""
    name = unicodedata.normalize("NFC", text.strip())
    if not name:
        raise NameMissing
    if len(name) > LONGEST_NAME:
        raise NameTooLong(length=len(name), most=LONGEST_NAME)
    if not name.isprintable():
        raise OddName
    return name


def check_description(text: str) -> str:
    """The description; line breaks are accepted, as `\\n`."""
    description = unicodedata.normalize("NFC", text.strip())
    description = description.replace("\r\n", "\n").replace("\r", "\n")
    if len(description) > LONGEST_DESCRIPTION:
        raise DescriptionTooLong(length=len(description), most=LONGEST_DESCRIPTION)
    if not description.replace("\n", "").isprintable():
        raise OddDescription
    return description


def check_category(text: str) -> str:
    """One of `CATEGORIES`, or empty."""
    if text and text not in CATEGORIES:
        raise UnknownCategory(category=text[:40], known=", ".join(CATEGORIES))
    return text
