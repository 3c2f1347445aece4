"""What a group of testers may be, who a pilot may have, and how lists of user ids are read."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from portico.kernel.errors import Conflict, Invalid, gettext_noop
from portico.miniprograms.rules.testers import (
    HEADS,
    MOST_TOLD,
    Named,
    NotCsv,
    NoTesters,
    cells_of,
    check_tester,
)

MOST: Final = 1_000  # testers in a group
MOST_GROUPS: Final = 200  # of a workspace's own, and of each mini program
LONGEST_NAME: Final = 100
LONGEST_NOTE: Final = 300


class GroupNameRefused(Invalid):
    code = "test_group_name_refused"
    sentence = gettext_noop("A group has a name of 1 to %(most)s characters, in one line.")


class GroupNoteRefused(Invalid):
    code = "test_group_note_refused"
    sentence = gettext_noop("A note is one line of at most %(most)s characters.")


class GroupNameTaken(Invalid):
    code = "test_group_name_taken"
    sentence = gettext_noop("There is a group “%(name)s” here already.")


class TooManyInGroup(Invalid):
    code = "too_many_in_test_group"
    sentence = gettext_noop(
        "These are %(count)s testers. A group has at most %(most)s: make another for the others."
    )


class TooManyGroups(Conflict):
    code = "too_many_test_groups"
    sentence = gettext_noop("There are %(most)s groups here, which is the most. Remove one first.")


class TooManyPicked(Invalid):
    code = "too_many_testers_picked"
    sentence = gettext_noop(
        "These are %(count)s testers. The pilot of this release has at most %(most)s."
    )


class UnknownGroup(Invalid):
    code = "unknown_test_group"
    sentence = gettext_noop("There is no group of testers “%(group)s” here. It may be removed.")


class ColumnsWithoutHead(Invalid):
    code = "tester_columns_without_head"
    sentence = gettext_noop(
        "There are %(count)s columns. Write one user id a line, or name the columns in the first "
        "line, the one of the user ids “user_id”."
    )


@dataclass(frozen=True)
class ListRead:
    """A list of user ids as it was written, without headings and empty lines, and what cannot be
    read in it, by the number of the entry, from 1."""

    ids: tuple[str, ...] = ()
    errors: dict[int, Invalid] = field(default_factory=dict)


def check_name(text: str) -> str:
    """A group's name without spaces around it; raises `GroupNameRefused`."""
    name = text.strip()
    if not 1 <= len(name) <= LONGEST_NAME or not name.isprintable():
        raise GroupNameRefused(most=LONGEST_NAME)
    return name


def check_note(text: str) -> str:
    """A group's note without spaces around it; raises `GroupNoteRefused`."""
    note = text.strip()
    if len(note) > LONGEST_NOTE or not note.isprintable():
        raise GroupNoteRefused(most=LONGEST_NOTE)
    return note


def check_ids(given: Sequence[str]) -> tuple[tuple[str, ...], dict[int, Invalid]]:
    """User ids, each once, in the order given; and what is wrong, by number from 1."""
    good: dict[str, None] = {}
    bad: dict[int, Invalid] = {}
    for number, user_id in enumerate(given, start=1):
        try:
            good[check_tester(Named(user_id)).user_id] = None
        except Invalid as error:
            bad[number] = error
            if len(bad) == MOST_TOLD:
                break
    return tuple(good), bad


def check_members(given: Sequence[str]) -> tuple[tuple[str, ...], dict[int, Invalid]]:
    """The same for all ids of a group; 0 numbers what is wrong with all of them."""
    good, bad = check_ids(given)
    if not bad and not good:
        bad[0] = NoTesters()
    if not bad and len(good) > MOST:
        bad[0] = TooManyInGroup(count=len(good), most=MOST)
    return good, bad


def read_ids(text: str) -> ListRead:
    """The user ids in lines of text, one a line.

    With a first line of headings it is a table, as spreadsheets save it as CSV: then the ids are
    the column of that name, and the others are passed over. Columns without headings are an error,
    as nobody knows which of them is meant.
    """
    ids: list[str] = []
    errors: dict[int, Invalid] = {}
    column: int | None = None
    for line in text.removeprefix("\ufeff").splitlines():
        try:
            cells = cells_of(line)
        except csv.Error:
            ids.append(line)
            errors[len(ids)] = NotCsv()
            continue
        if not any(cells):
            continue
        if column is None and not ids and (found := _head(cells)) is not None:
            column = found
            continue
        if column is not None:
            ids.append(cells[column] if column < len(cells) else "")
            continue
        ids.append(cells[0] if len(cells) == 1 else line)
        if len(cells) > 1:
            errors[len(ids)] = ColumnsWithoutHead(count=len(cells))
    return ListRead(tuple(ids), dict(list(errors.items())[:MOST_TOLD]))


def _head(cells: Sequence[str]) -> int | None:
    """Which column holds the user ids, if this is a line of headings."""
    return next((place for place, cell in enumerate(cells) if cell.lower() in HEADS), None)
