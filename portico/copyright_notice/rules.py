"""What a copyright notice must hold, and what it says in a given year."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from portico.kernel.errors import Invalid, gettext_noop

MOST_CHARACTERS: Final = 200
YEAR: Final = "{year}"
FIRST_YEAR: Final = "{first_year}"

# No \\b: in "版权所有Copyright2026" the word has no boundary.
SYMBOL = re.compile(r"©|(?<![a-z])copyright(?![a-z])", re.IGNORECASE)
LOOK_ALIKE = re.compile(r"\(\s*c\s*\)|[ⓒⒸ🄫]|&(?:copy|#169|#xa9);?", re.IGNORECASE)
PLACEHOLDER = re.compile(r"\{[^{}]*\}?|\}")
# Four digits of any script, the first of them a 1 or a 2: other calendars have years, too.
A_YEAR = r"(?<!\d)[12１２١٢۱۲१२๑๒]\d{3}(?!\d)"
LITERAL_YEAR = re.compile(A_YEAR)
YEARS = re.compile(rf"(?:{A_YEAR}|\{{year\}}|\{{first_year\}})(?:\s*[-–]\s*\d\d(?!\d))?")
RANGE = re.compile(rf"({A_YEAR})\s*[-–]\s*({A_YEAR})")
DASHES: Final = ("-", "–", " - ", " – ")
# The sentence that often follows the owner, in languages in which it is often met.
RIGHTS_RESERVED = re.compile(
    r"all\s+rights\s+reserved|alle\s+rechte\s+vorbehalten|alle\s+rechten\s+voorbehouden"
    r"|tous\s+droits\s+réservés|todos\s+los\s+derechos\s+reservados"
    r"|todos\s+os\s+direitos\s+reservados|tutti\s+i\s+diritti\s+riservati"
    r"|版权所有|保留所有权利|保留一切权利|版權所有|保留所有權利|جميع\s+الحقوق\s+محفوظة",
    re.IGNORECASE,
)
# Overrides, embeddings and isolates can make a text read otherwise than it is written. The plain
# marks (U+200E, U+200F, U+061C) stay: notices in Arabic and Hebrew need them.
TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


class NoticeTooLong(Invalid):
    code = "notice_too_long"
    sentence = gettext_noop("This notice has %(length)s characters. At most 200 are accepted.")


class SeveralLines(Invalid):
    code = "several_lines"
    sentence = gettext_noop("A notice is one line. Remove the line breaks.")


class InvisibleCharacter(Invalid):
    code = "invisible_character"
    sentence = gettext_noop(
        "This notice holds an invisible character (%(code_point)s) that is not plain text. "
        "Remove it, or type the notice by hand."
    )


class UnknownPlaceholder(Invalid):
    code = "unknown_placeholder"
    sentence = gettext_noop(
        "%(placeholder)s cannot be filled in. The words in braces that are known are {year} and "
        "{first_year}."
    )


class IncompleteNotice(Invalid):
    """Something that every notice has is missing; each subclass says what."""

    code = "incomplete_notice"


class LookAlikeSymbol(IncompleteNotice):
    code = "look_alike_symbol"
    sentence = gettext_noop(
        "“%(found)s” is not the copyright symbol. Write © or the word “Copyright” in its place."
    )


class NoSymbol(IncompleteNotice):
    code = "no_symbol"
    sentence = gettext_noop("The notice needs a symbol: © or the word “Copyright”.")


class NoYear(IncompleteNotice):
    code = "no_year"
    sentence = gettext_noop(
        "The notice needs a year: {year}, which keeps itself current, or four digits."
    )


class NoOwner(IncompleteNotice):
    code = "no_owner"
    sentence = gettext_noop("The notice needs an owner: the name of whoever holds the copyright.")


class NoSymbolNorYear(IncompleteNotice):
    code = "no_symbol_nor_year"
    sentence = gettext_noop(
        "The notice needs a symbol and a year: © or “Copyright”, and {year} or four digits."
    )


class NoSymbolNorOwner(IncompleteNotice):
    code = "no_symbol_nor_owner"
    sentence = gettext_noop(
        "The notice needs a symbol and an owner: © or “Copyright”, and the name of whoever "
        "holds the copyright."
    )


class NoYearNorOwner(IncompleteNotice):
    code = "no_year_nor_owner"
    sentence = gettext_noop(
        "The notice needs a year and an owner: {year} or four digits, and the name of who holds "
        "the copyright."
    )


class NothingOfANotice(IncompleteNotice):
    code = "nothing_of_a_notice"
    sentence = gettext_noop(
        "The notice needs a symbol, a year and an owner, for example: © {year} Example Ltd."
    )


# By what is missing: symbol, year, owner.
INCOMPLETE: Final[dict[tuple[bool, bool, bool], type[IncompleteNotice]]] = {
    (True, False, False): NoSymbol,
    (False, True, False): NoYear,
    (False, False, True): NoOwner,
    (True, True, False): NoSymbolNorYear,
    (True, False, True): NoSymbolNorOwner,
    (False, True, True): NoYearNorOwner,
    (True, True, True): NothingOfANotice,
}


def check_notice(text: str) -> str:
    """The notice as it is, if it is plain text with symbol, year and owner; "" passes too.

    Raises one of the errors above.
    """
    if not text:
        return text
    if len(text) > MOST_CHARACTERS:
        raise NoticeTooLong(length=f"{len(text):,}")
    for character in text:
        _check_character(character)
    for found in PLACEHOLDER.findall(text):
        if found not in {YEAR, FIRST_YEAR}:
            raise UnknownPlaceholder(placeholder=found)
    _check_complete(text)
    return text


def owner_of(text: str) -> str:
    """What is left of a notice after symbol, years and "All Rights Reserved"; "" if nothing is."""
    rest = unicodedata.normalize("NFC", text)
    for pattern in (RIGHTS_RESERVED, SYMBOL, LOOK_ALIKE, YEARS):
        rest = pattern.sub(" ", rest)
    rest = " ".join(rest.split()).strip(" .,;:|·-–—/()")
    return rest if any(character.isalnum() for character in rest) else ""


def render(text: str, *, year: int, first_year: int) -> str:
    """The notice as it reads in this year.

    `{year}` becomes `year` and `{first_year}` the year in which the workspace began; both in the
    workspace's time zone. A range whose ends are the same year becomes that one year.
    """
    filled = text.replace(FIRST_YEAR, str(first_year)).replace(YEAR, str(year))
    return RANGE.sub(lambda ends: ends[2] if int(ends[1]) == int(ends[2]) else ends[0], filled)


def preview_words(*, year: int, first_year: int) -> dict[str, str]:
    """What stands for what, to be replaced in this order: `render` for those who cannot call it."""
    starts = [str(year), *([FIRST_YEAR] if first_year == year else [])]
    ranges = {f"{start}{dash}{YEAR}": str(year) for start in starts for dash in DASHES}
    return ranges | {YEAR: str(year), FIRST_YEAR: str(first_year)}


def past_year(text: str, *, year: int, first_year: int) -> int | None:
    """The newest year that the notice will show, if that is past and no `{year}` renews it."""
    if YEAR in text:
        return None
    shown = (
        int(found) for found in LITERAL_YEAR.findall(text.replace(FIRST_YEAR, str(first_year)))
    )
    # Earlier and later ones belong to other calendars, or to a name.
    newest = max((one for one in shown if 1900 <= one < 2200), default=year)
    return newest if newest < year else None


def standard_notice(owner: str) -> str:
    """The notice that suits most: "© {year} Acme Pay. All rights reserved."."""
    return f"© {YEAR} {owner.rstrip('. ')}. All rights reserved."


def year_at(at: datetime, time_zone: str) -> int:
    """The year that a clock in this time zone shows at this moment."""
    return at.astimezone(ZoneInfo(time_zone)).year


def _check_character(character: str) -> None:
    if character in "\n\r\v\f\x85\u2028\u2029":
        raise SeveralLines
    if character in TURNING or unicodedata.category(character) in {"Cc", "Cs"}:
        raise InvisibleCharacter(code_point=f"U+{ord(character):04X}")


def _check_complete(text: str) -> None:
    missing = (not SYMBOL.search(text), not YEARS.search(text), not owner_of(text))
    refusal = INCOMPLETE.get(missing)
    if refusal is NoSymbol and (look_alike := LOOK_ALIKE.search(text)):
        raise LookAlikeSymbol(found=look_alike[0])
    if refusal:
        raise refusal
