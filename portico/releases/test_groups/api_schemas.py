"""What the API of test groups takes and answers."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from ninja import Schema
from pydantic import Field

from portico.releases.models import TestGroup
from portico.releases.test_groups.access import Keeper
from portico.releases.test_groups.queries import GroupRow
from portico.releases.test_groups.rules import MOST
from portico.releases.test_groups.services import Wanted


class TestGroupGiven(Schema):
    """A test group's values. Who is named twice is in it once."""

    __test__ = False

    name: str = Field(max_length=2000, description="1 to 100 characters; used once here.")
    note: str = Field("", max_length=4000, description="At most 300 characters.")
    user_ids: list[str] = Field(
        max_length=10 * MOST,
        description="Users of the super app, as it names them: 1 to 1,000, each of 1 to 128 "
        "characters without spaces.",
    )

    def wanted(self) -> Wanted:
        """For the verbs."""
        return Wanted(self.name, self.note, self.user_ids)


class TestGroupInList(Schema):
    """A test group without its user ids. `mini_program`: whose it is; null: the workspace's.
    `revision` is its ETag."""

    __test__ = False

    id: UUID
    mini_program: str | None
    name: str
    note: str
    testers: int
    revision: int
    created_at: datetime
    changed_at: datetime


class TestGroupAnswer(TestGroupInList):
    """A test group with its user ids."""

    user_ids: list[str]


class TestGroupsAnswer(Schema):
    """Test groups by name. Pass `next` as `cursor` to get those after; `null`: there are none."""

    __test__ = False

    items: list[TestGroupInList]
    next: str | None


class TestGroupsAsked(Schema):
    """What to look for; what is left out asks for nothing."""

    __test__ = False

    q: str = Field("", max_length=200, description="A part of the name or note, or a user id.")
    cursor: str = Field("", max_length=200)
    limit: int = Field(50, ge=1, le=200)


def in_list(keeper: Keeper, row: GroupRow) -> TestGroupInList:
    """A group as a list shows it."""
    group = row.group
    return TestGroupInList(
        id=group.id,
        mini_program=keeper.program.app_id if keeper.program else None,
        name=group.name,
        note=group.note,
        testers=row.testers,
        revision=group.revision,
        created_at=group.created_at,
        changed_at=group.changed_at,
    )


def answer_of(keeper: Keeper, group: TestGroup) -> TestGroupAnswer:
    """A group with everything."""
    shown = in_list(keeper, GroupRow(group, len(group.user_ids)))
    return TestGroupAnswer(**shown.model_dump(), user_ids=group.user_ids)
