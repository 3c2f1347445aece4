"""Who tries a mini program: users of the super app, by the ids that the app gives them.

Many come at once as lines of text: an id, and after a comma, a semicolon or a tab a note. That is
also what a spreadsheet saves as CSV, with quotes where a note holds a comma.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from portico.kernel.errors import Invalid, gettext_noop

MOST_AT_ONCE: Final = 1_000
MOST: Final = 10_000  # on one target
MOST_TOLD: Final = 20  # errors of one list
LONGEST_ID: Final = 128
LONGEST_NOTE: Final = 100
HEADS: Final = frozenset({"user_id", "user id", "userid", "user", "id"})


class UserIdRefused(Invalid):
    code = "user_id_refused"
    sentence = gettext_noop(
        "“%(user_id)s” cannot be a user id. It has 1 to 128 characters and no spaces."
    )


class NoteRefused(Invalid):
    code = "tester_note_refused"
    sentence = gettext_noop(
        "The note of %(user_id)s cannot be used. A note is one line of at most 100 characters."
    )


class TooManyColumns(Invalid):
    code = "tester_columns"
    sentence = gettext_noop(
        "There are %(count)s columns. Write a user id, a comma and a note; put a note that holds a "
        "comma in quotes."
    )


class NoTesters(Invalid):
    code = "no_testers"
    sentence = gettext_noop("Name at least one user id.")


class TooManyAtOnce(Invalid):
    code = "too_many_testers_at_once"
    sentence = gettext_noop(
        "These are %(count)s testers. At most %(most)s can be added at once: add the others after "
        "these."
    )


class NotCsv(Invalid):
    code = "testers_not_csv"
    sentence = gettext_noop(
        "This cannot be read as a list. Write one user id a line, or a table saved as CSV in UTF-8."
    )


@dataclass(frozen=True)
class Named:
    """A tester to be: the id in the super app, and what somebody wants to remember of them."""

    user_id: str
    note: str = ""


def check_tester(named: Named) -> Named:
    """The same without spaces around it; raises `UserIdRefused` or `NoteRefused`."""
    user_id, note = named.user_id.strip(), named.note.strip()
    # Printable characters hold no space but U+0020.
    if not 1 <= len(user_id) <= LONGEST_ID or not user_id.isprintable() or " " in user_id:
        raise UserIdRefused(user_id=_short(user_id))
    if len(note) > LONGEST_NOTE or not note.isprintable():
        raise NoteRefused(user_id=user_id)
    return Named(user_id, note)


def check_testers(
    given: Iterable[tuple[int, Named]],
) -> tuple[tuple[Named, ...], dict[int, Invalid]]:
    """Testers, each once (the last note counts), and what is wrong, by number; 0: with all."""
    good: dict[str, Named] = {}
    bad: dict[int, Invalid] = {}
    for number, one in given:
        try:
            checked = check_tester(one)
            good[checked.user_id] = checked
        except Invalid as error:
            bad[number] = error
            if len(bad) == MOST_TOLD:
                break
    if not bad and not good:
        bad[0] = NoTesters()
    if len(good) > MOST_AT_ONCE and not bad:
        bad[0] = TooManyAtOnce(count=len(good), most=MOST_AT_ONCE)
    return tuple(good.values()), bad


def read_testers(text: str) -> tuple[list[tuple[int, Named]], dict[int, Invalid]]:
    """Who is named in lines of text, each with the number of the line; and the lines that cannot
    be read. A first line of headings and empty lines are passed over."""
    found: list[tuple[int, Named]] = []
    bad: dict[int, Invalid] = {}
    lines = text.removeprefix("\ufeff").splitlines()
    for number, line in enumerate(lines, start=1):
        try:
            cells = cells_of(line)
        except csv.Error:
            bad[number] = NotCsv()
            continue
        is_head = not found and not bad and bool(cells) and cells[0].lower() in HEADS
        if not any(cells) or is_head:
            continue
        if len(cells) > 2:
            bad[number] = TooManyColumns(count=len(cells))
        else:
            found.append((number, Named(cells[0], cells[1] if len(cells) > 1 else "")))
        if len(bad) == MOST_TOLD:
            break
    return found, bad


def cells_of(line: str) -> list[str]:
    """The cells of a line, parted by the first of the signs that stands in it outside of quotes.

    Raises `csv.Error`.
    """
    sign = next((sign for sign in "\t;," if sign in line.partition('"')[0]), ",")
    cells = [cell.strip() for cell in next(csv.reader([line], delimiter=sign, strict=True), [])]
    while len(cells) > 1 and not cells[-1]:  # spreadsheets fill rows up
        cells.pop()
    return cells


def _short(text: str) -> str:
    return "".join(sign if sign.isprintable() else "�" for sign in text[:80])
