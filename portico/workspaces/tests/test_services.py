from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypedDict

import pytest
from django.db import IntegrityError, connection, transaction

from conftest import Cast, make_cast
from portico.accounts.services import UnknownLanguage, UnknownTimeZone
from portico.audit.models import AuditEntry
from portico.audit.services import PLATFORM
from portico.kernel.errors import InvalidFields
from portico.outbox.models import Event
from portico.workspaces.models import Membership, Workspace
from portico.workspaces.permissions import PERMISSIONS, Role
from portico.workspaces.rules import RESERVED_SLUGS, EmptyName, ReservedSlug, UnusableSlug
from portico.workspaces.services import (
    AlreadyMember,
    SlugTaken,
    StaleWorkspace,
    add_member,
    change_workspace,
    make_workspace,
)
from tests.make import AT, actor, make_person


class Values(TypedDict):
    name: str
    default_language: str
    time_zone: str


VALUES: Values = {"name": "Acme", "default_language": "zh-hans", "time_zone": "Asia/Singapore"}


def called(name: str) -> Values:
    return {**VALUES, "name": name}


def make(slug: str, name: str = "A Bank") -> Workspace:
    return make_workspace(slug, name, by=PLATFORM, at=AT)


def test_a_workspace_is_made_recorded_and_announced(db: None) -> None:
    workspace = make("a-bank", "  A   Bank ")

    assert (workspace.name, workspace.default_language, workspace.time_zone) == (
        "A Bank",
        "en",
        "UTC",
    )
    assert AuditEntry.objects.get(action="workspace.made").workspace_id == workspace.id
    assert Event.objects.get(name="workspace.made").payload == {"slug": "a-bank"}


def test_a_slug_belongs_to_one_workspace(cast: Cast) -> None:
    with pytest.raises(SlugTaken):
        make("acme")

    assert Workspace.objects.get(slug="acme").name == "Acme Pay"


@pytest.mark.parametrize(
    "slug",
    ["", "a", "A-Bank", "a bank", "a.b", "-bank", "bank-", "a_b", "x" * 64, "xn--a", "bänk", "a\n"],
)
def test_a_slug_can_stand_in_a_host_name(db: None, slug: str) -> None:
    with pytest.raises(UnusableSlug):
        make(slug)


def test_the_platforms_own_names_are_nobodys(db: None) -> None:
    assert {"www", "api", "admin", "mail", "static"} <= RESERVED_SLUGS
    with pytest.raises(ReservedSlug):
        make("www")


def test_the_database_takes_no_other_slug_either(db: None) -> None:
    for slug in ("A", "a.b", ""):
        with pytest.raises(IntegrityError), transaction.atomic():
            Workspace.objects.create(slug=slug, name="A")


@pytest.mark.parametrize("name", ["", "  \n", "x" * 101])
def test_a_workspace_needs_a_name(db: None, name: str) -> None:
    with pytest.raises(EmptyName):
        make("a-bank", name)


def test_a_workspace_has_a_language_and_a_time_zone_that_there_are(db: None) -> None:
    with pytest.raises(UnknownLanguage):
        make_workspace("a-bank", "A", default_language="tlh", by=PLATFORM, at=AT)
    with pytest.raises(UnknownTimeZone):
        make_workspace("a-bank", "A", time_zone="Mars/Olympus", by=PLATFORM, at=AT)

    assert not Workspace.objects.exists()


def test_a_workspace_is_changed_recorded_and_announced(cast: Cast) -> None:
    changed = change_workspace(cast.acme, **VALUES, based_on=1, by=actor(cast.admin), at=AT)

    cast.acme.refresh_from_db()
    assert changed.revision == cast.acme.revision == 2
    assert (cast.acme.name, cast.acme.time_zone) == ("Acme", "Asia/Singapore")
    entry = AuditEntry.objects.get(action="workspace.changed")
    assert entry.actor_id == cast.admin.person_id
    assert {"field": "name", "before": "Acme Pay", "after": "Acme"} in entry.changes
    assert Event.objects.get(name="workspace.changed").payload == {
        "fields": ["name", "default_language", "time_zone"]
    }


def test_a_change_that_was_based_on_an_older_state_is_refused(cast: Cast) -> None:
    change_workspace(cast.acme, **VALUES, based_on=1, by=actor(cast.admin), at=AT)

    with pytest.raises(StaleWorkspace):
        change_workspace(cast.acme, **called("Other"), based_on=1, by=actor(cast.admin), at=AT)

    cast.acme.refresh_from_db()
    assert cast.acme.name == "Acme"


def test_every_wrong_field_of_a_change_is_named(cast: Cast) -> None:
    with pytest.raises(InvalidFields) as refused:
        change_workspace(
            cast.acme,
            name=" ",
            default_language="tlh",
            time_zone="Mars/Olympus",
            based_on=1,
            by=actor(cast.admin),
            at=AT,
        )

    assert set(refused.value.errors) == {"name", "default_language", "time_zone"}


def test_a_change_of_one_workspace_leaves_the_other(cast: Cast) -> None:
    change_workspace(cast.acme, **VALUES, based_on=1, by=actor(cast.admin), at=AT)

    cast.zenith.refresh_from_db()
    assert (cast.zenith.name, cast.zenith.revision) == ("Zenith Bank", 1)
    assert not AuditEntry.objects.filter(
        action="workspace.changed", workspace_id=cast.zenith.id
    ).exists()


def test_saving_what_is_there_already_changes_nothing(cast: Cast) -> None:
    same: Values = {"name": "Acme Pay", "default_language": "en", "time_zone": "UTC"}

    change_workspace(cast.acme, **same, based_on=1, by=actor(cast.admin), at=AT)

    cast.acme.refresh_from_db()
    assert cast.acme.revision == 1
    assert not AuditEntry.objects.filter(action="workspace.changed").exists()


def test_a_member_is_added_recorded_and_announced(cast: Cast) -> None:
    person = make_person("new@example.com", name="Nia New")

    add_member(cast.acme, person, Role.OPERATOR, by=actor(cast.admin), at=AT)

    entry = AuditEntry.objects.filter(action="member.added").latest("id")
    assert (entry.workspace_id, entry.subject_id) == (cast.acme.id, str(person.id))
    assert (entry.subject_kind, entry.subject_label) == ("person", "")
    assert entry.changes == [{"field": "role", "before": "", "after": "operator"}]
    assert Event.objects.filter(name="member.added").latest("id").payload["role"] == "operator"


def test_a_person_is_a_member_once(cast: Cast) -> None:
    with pytest.raises(AlreadyMember):
        add_member(cast.acme, cast.developer.person, Role.ADMIN, by=PLATFORM, at=AT)

    cast.developer.refresh_from_db()
    assert cast.developer.role == Role.DEVELOPER


def test_a_person_may_be_something_else_in_another_workspace(cast: Cast) -> None:
    there = add_member(cast.zenith, cast.developer.person, Role.ADMIN, by=PLATFORM, at=AT)

    assert (there.role, cast.developer.role) == (Role.ADMIN, Role.DEVELOPER)


def test_a_failed_change_leaves_neither_entry_nor_event(cast: Cast) -> None:
    entries, events = AuditEntry.objects.count(), Event.objects.count()

    def change_and_add() -> None:
        with transaction.atomic():
            change_workspace(cast.acme, **VALUES, based_on=1, by=actor(cast.admin), at=AT)
            add_member(cast.acme, cast.developer.person, Role.ADMIN, by=PLATFORM, at=AT)

    with pytest.raises(AlreadyMember):
        change_and_add()

    assert (AuditEntry.objects.count(), Event.objects.count()) == (entries, events)
    cast.acme.refresh_from_db()
    assert cast.acme.name == "Acme Pay"


def test_every_role_sees_its_account_and_only_admins_the_settings() -> None:
    assert set(PERMISSIONS) == set(Role)
    for role, permissions in PERMISSIONS.items():
        assert {"account", "console"} <= set(permissions)
        assert ("settings:read" in permissions) == (role is Role.ADMIN)
        assert ("audit:read" in permissions) == (role is Role.ADMIN)


def test_a_blocked_member_may_nothing(cast: Cast) -> None:
    cast.admin.blocked_at = AT
    cast.admin.save()

    assert cast.admin.permissions == frozenset()
    assert cast.admin not in Membership.objects.active()


@pytest.mark.django_db(transaction=True)
def test_of_two_changes_at_once_one_is_refused() -> None:
    cast = make_cast()

    def change(name: str) -> bool:
        try:
            change_workspace(cast.acme, **called(name), based_on=1, by=actor(cast.admin), at=AT)
        except StaleWorkspace:
            return False
        return True

    done = at_once(change, ["One", "Two"])

    cast.acme.refresh_from_db()
    assert sorted(done) == [False, True]
    assert (cast.acme.name, cast.acme.revision) == (["One", "Two"][done.index(True)], 2)


@pytest.mark.django_db(transaction=True)
def test_of_two_workspaces_made_at_once_one_gets_the_slug() -> None:
    def make_one(name: str) -> bool:
        try:
            make("a-bank", name)
        except SlugTaken:
            return False
        return True

    assert sorted(at_once(make_one, ["One", "Two"])) == [False, True]
    assert Workspace.objects.count() == 1


def at_once(act: Callable[[str], bool], arguments: list[str]) -> list[bool]:
    """Do it in as many threads as there are arguments, all beginning together."""
    together = Barrier(len(arguments))

    def begin(argument: str) -> bool:
        try:
            together.wait(timeout=20)
            return act(argument)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(arguments)) as pool:
        return list(pool.map(begin, arguments))
