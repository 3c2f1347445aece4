"""Making, changing and removing groups of testers."""

from __future__ import annotations

from functools import partial

import pytest

from portico.audit.models import AuditEntry
from portico.audit.services import PLATFORM
from portico.kernel.errors import Forbidden, InvalidFields, NotFound
from portico.miniprograms.services import ProgramArchived, archive_program
from portico.releases.models import TestGroup
from portico.releases.test_groups import services
from portico.releases.test_groups.access import Keeper, changeable_by, keeper_for
from portico.releases.test_groups.queries import groups_of, page_of_groups
from portico.releases.test_groups.rules import TooManyGroups
from portico.releases.test_groups.services import GroupChanged, Wanted
from portico.releases.test_groups.tests.conftest import Stage, make_group
from tests.make import AT, actor, make_program

WANTED = Wanted(" Branch staff ", " In Bern ", ("u-1", "u-2", " u-1"))


def make(keeper: Keeper, wanted: Wanted = WANTED) -> TestGroup:
    return services.make_group(keeper, wanted, by=PLATFORM, at=AT)


def test_a_group_is_made_changed_and_removed_and_the_log_says_what_was_done(stage: Stage) -> None:
    by = actor(stage.cast.admin)
    group = services.make_group(stage.of_acme, WANTED, by=by, at=AT)

    changed = services.change_group(
        stage.of_acme,
        group.id,
        Wanted("Branches", "In Bern", ("u-2", "u-3")),
        based_on=1,
        by=by,
        at=AT,
    )
    services.remove_group(stage.of_acme, group.id, by=by, at=AT)

    assert (group.name, group.note, group.user_ids) == ("Branch staff", "In Bern", ["u-1", "u-2"])
    assert (changed.revision, changed.user_ids) == (2, ["u-2", "u-3"])
    assert not TestGroup.objects.exists()
    made, edited, removed = AuditEntry.objects.filter(subject_kind="test_group").order_by("id")
    assert (made.action, made.actor_id) == ("test_group.made", stage.cast.admin.person_id)
    assert edited.action == "test_group.changed"
    assert edited.changes == [
        {"field": "name", "before": "Branch staff", "after": "Branches"},
        {"field": "testers", "before": "u-1", "after": "u-3"},
    ]
    assert (removed.action, removed.subject_label) == ("test_group.removed", "Branches")


def test_what_is_wrong_is_said_of_each_field_and_nothing_is_made(stage: Stage) -> None:
    with pytest.raises(InvalidFields) as caught:
        make(stage.of_acme, Wanted(" ", "two\nlines", ("u-1", "two words")))

    assert {field: error.code for field, error in caught.value.errors.items()} == {
        "name": "test_group_name_refused",
        "note": "test_group_note_refused",
        "user_ids.2": "user_id_refused",
    }
    assert not TestGroup.objects.exists()


def test_a_name_is_used_once_by_each_keeper(stage: Stage) -> None:
    make(stage.of_acme)
    make(stage.of_program)
    other = make(stage.of_acme, Wanted("Others", "", ("u-1",)))

    again = partial(make, stage.of_acme)
    rename = partial(
        services.change_group, stage.of_acme, other.id, WANTED, based_on=1, by=PLATFORM, at=AT
    )
    for attempt in (again, rename):
        with pytest.raises(InvalidFields) as caught:
            attempt()
        assert caught.value.errors["name"].code == "test_group_name_taken"


def test_a_change_of_what_somebody_else_changed_is_refused(stage: Stage) -> None:
    group = make(stage.of_acme)
    services.change_group(
        stage.of_acme, group.id, Wanted("A", "", ("u-9",)), based_on=1, by=PLATFORM, at=AT
    )

    with pytest.raises(GroupChanged):
        services.change_group(
            stage.of_acme, group.id, Wanted("B", "", ("u-8",)), based_on=1, by=PLATFORM, at=AT
        )

    group.refresh_from_db()
    assert (group.name, group.user_ids) == ("A", ["u-9"])


def test_a_save_that_changes_nothing_is_no_change(stage: Stage) -> None:
    group = make(stage.of_acme)

    same = services.change_group(stage.of_acme, group.id, WANTED, based_on=1, by=PLATFORM, at=AT)

    assert same.revision == 1
    assert not AuditEntry.objects.filter(action="test_group.changed").exists()


def test_there_is_a_most_of_groups(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "MOST_GROUPS", 1)
    make(stage.of_acme)

    with pytest.raises(TooManyGroups):
        make(stage.of_acme, Wanted("Another", "", ("u-1",)))


def test_an_archived_program_keeps_its_groups_as_they_are(stage: Stage) -> None:
    group = make(stage.of_program)
    archive_program(stage.program, by=PLATFORM, at=AT)

    with pytest.raises(ProgramArchived):
        make(stage.of_program, Wanted("Another", "", ("u-1",)))
    with pytest.raises(ProgramArchived):
        services.remove_group(stage.of_program, group.id, by=PLATFORM, at=AT)


def test_a_group_is_found_by_its_keeper_alone(stage: Stage) -> None:
    keepers = (
        stage.of_acme,
        stage.of_program,
        Keeper(stage.cast.acme, make_program(stage.cast.acme)),
        Keeper(stage.cast.zenith),
    )
    groups = [make(keeper) for keeper in keepers]

    for keeper, group in zip(keepers, groups, strict=True):
        assert list(groups_of(keeper)) == [group]
        for other in groups:
            if other != group:
                with pytest.raises(NotFound):
                    services.remove_group(keeper, other.id, by=PLATFORM, at=AT)
                with pytest.raises(NotFound):
                    services.change_group(keeper, other.id, WANTED, based_on=1, by=PLATFORM, at=AT)


def test_admins_change_the_workspaces_groups_and_who_changes_a_program_its_groups(
    stage: Stage,
) -> None:
    cast, app_id = stage.cast, stage.program.app_id
    own = make_program(cast.acme, admin=cast.developer).app_id

    assert changeable_by(cast.admin) == stage.of_acme
    assert changeable_by(cast.admin, app_id) == stage.of_program
    assert changeable_by(cast.developer, own).program is not None
    for member, place in (
        (cast.developer, ""),
        (cast.developer, app_id),  # Developer of it: acts in the Sandbox, and not in Production
        (cast.reviewer, app_id),
        (cast.inspector, app_id),
    ):
        with pytest.raises(Forbidden):
            changeable_by(member, place)
    for member in (cast.operator, cast.outsider):  # the operator is not assigned to it
        with pytest.raises(NotFound):
            keeper_for(member, app_id)


def test_the_list_is_searched_and_read_page_by_page_in_one_query(
    stage: Stage, django_assert_num_queries: object
) -> None:
    for name in ("D", "B", "A", "C", "E"):
        make_group(stage.of_acme, name, f"u-{name}", "u-0", note=f"For {name}")
    groups = groups_of(stage.of_acme)

    with django_assert_num_queries(3):  # type: ignore[operator]
        first = page_of_groups(groups, size=2)
        second = page_of_groups(groups, size=2, after=first.after)
        back = page_of_groups(groups, size=2, before=second.before)

    def names(page: object) -> list[str]:
        return [row.group.name for row in page.rows]  # type: ignore[attr-defined]

    assert (names(first), first.before, first.rows[0].testers) == (["A", "B"], "", 2)
    assert (names(second), names(back), back.before) == (["C", "D"], ["A", "B"], "")
    assert page_of_groups(groups, size=2, after=second.after).after == ""
    assert [one.name for one in groups_of(stage.of_acme, search="u-B")] == ["B"]  # a whole user id
    assert [one.name for one in groups_of(stage.of_acme, search="or c")] == ["C"]  # of a note
    assert not groups_of(stage.of_acme, search="\x00").exists()
