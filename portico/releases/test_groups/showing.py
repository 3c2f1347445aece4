"""Groups of testers in words, in the current language."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portico.releases.models import TestGroup
from portico.releases.test_groups.access import Keeper
from portico.releases.test_groups.queries import GroupRow
from portico.releases.test_groups.rules import check_ids
from portico.releases.test_groups.services import Wanted
from portico.ui.values import Change, Fact

MOST_SHOWN = 10  # user ids, of those that differ


@dataclass(frozen=True)
class Addresses:
    """Where the pages about the groups of a workspace or of one mini program are."""

    app_id: str = ""

    @property
    def all(self) -> str:
        """The list."""
        return self._to("test_groups")

    @property
    def new(self) -> str:
        """Where a group is made."""
        return self._to("new_test_group")

    def one(self, group_id: UUID) -> str:
        """One group."""
        return self._to("test_group", group_id)

    def edit(self, group_id: UUID) -> str:
        """Where it is changed."""
        return self._to("edit_test_group", group_id)

    def remove(self, group_id: UUID) -> str:
        """Where its removal is posted to."""
        return self._to("remove_test_group", group_id)

    def _to(self, name: str, *args: object) -> str:
        if not self.app_id:
            return reverse(name, args=args)
        return reverse(name.replace("test_group", "program_test_group"), args=(self.app_id, *args))


@dataclass(frozen=True)
class ShownGroup:
    """A group in the list."""

    row: GroupRow
    url: str


def addresses_of(keeper: Keeper) -> Addresses:
    """Where the pages about what somebody keeps are."""
    return Addresses(keeper.program.app_id if keeper.program else "")


def shown_rows(rows: Iterable[GroupRow], addresses: Addresses) -> list[ShownGroup]:
    """Groups with their addresses."""
    return [ShownGroup(row, addresses.one(row.group.id)) for row in rows]


def group_facts(group: TestGroup) -> list[Fact]:
    """What is known of a group, beside its testers."""
    return [
        Fact(_("Testers"), f"{len(group.user_ids):,}"),
        Fact(_("Note"), group.note),
        Fact(_("Made at"), group.created_at),
        Fact(_("Last changed"), group.changed_at),
    ]


def differences(group: TestGroup, wanted: Wanted) -> list[Change]:
    """What would change if this were saved on top of what there is now."""
    changes = [
        Change(title, before, after)
        for title, before, after in (
            (_("Name"), group.name, wanted.name.strip()),
            (_("Note"), group.note, wanted.note.strip()),
        )
        if before != after
    ]
    present, given = tuple(group.user_ids), check_ids(wanted.user_ids)[0]
    left = [one for one in present if one not in set(given)]
    came = [one for one in given if one not in set(present)]
    if left or came:
        changes.append(Change(_("Testers"), _some(left), _some(came)))
    return changes


def what_was_saved(group: TestGroup, given: int) -> str:
    """That a group is saved, and how many were named more than once."""
    count = len(group.user_ids)
    text = ngettext(
        "“%(group)s” has %(count)s tester.", "“%(group)s” has %(count)s testers.", count
    ) % {"group": group.name, "count": f"{count:,}"}
    twice = given - count
    if not twice:
        return text
    more = ngettext(
        "%(count)s line named somebody a second time.",
        "%(count)s lines named somebody a second time.",
        twice,
    ) % {"count": f"{twice:,}"}
    return f"{text} {more}"


def _some(user_ids: list[str]) -> tuple[str, ...]:
    if len(user_ids) <= MOST_SHOWN:
        return tuple(user_ids)
    more = len(user_ids) - MOST_SHOWN
    text = ngettext("and %(count)s more", "and %(count)s more", more) % {"count": more}
    return (*user_ids[:MOST_SHOWN], text)
