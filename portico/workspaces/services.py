"""Workspaces and who belongs to them."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from portico.accounts.models import Person
from portico.accounts.services import check_language, check_time_zone
from portico.audit.services import Actor, Change, record, remember
from portico.kernel.errors import Conflict, Invalid, InvalidFields, Stale, gettext_noop
from portico.outbox.services import publish
from portico.workspaces.models import Membership, Workspace
from portico.workspaces.permissions import Role
from portico.workspaces.rules import DOMAIN, check_name, check_slug

UNIQUE_VIOLATION = "23505"


class SlugTaken(Conflict):
    code = "slug_taken"
    sentence = gettext_noop("There is a workspace “%(slug)s” already.")


class AlreadyMember(Conflict):
    code = "already_member"
    sentence = gettext_noop("%(email)s is a member of %(workspace)s already.")


class HostTaken(Conflict):
    code = "host_taken"
    sentence = gettext_noop(
        "%(host)s leads to another workspace already. A name can lead to one workspace only."
    )


class UnusableHost(Invalid):
    code = "unusable_host"
    sentence = gettext_noop(
        "“%(host)s” cannot be a workspace's host. It takes a domain name in lower case, without a "
        "port or a dot at its end, such as mini.example.com."
    )


class StaleWorkspace(Stale):
    code = "stale_workspace"
    sentence = gettext_noop(
        "Somebody changed the workspace while you were editing it. Nothing was saved."
    )


def make_workspace(
    slug: str,
    name: str,
    *,
    by: Actor,
    at: datetime,
    default_language: str = "en",
    time_zone: str = "UTC",
) -> Workspace:
    """Make a workspace, reached at `<slug>.<base domain>` from now on."""
    slug, name = check_slug(slug), check_name(name)
    check_language(default_language)
    check_time_zone(time_zone)
    with transaction.atomic():
        workspace, made = Workspace.objects.get_or_create(
            slug=slug,
            defaults={
                "name": name,
                "default_language": default_language,
                "time_zone": time_zone,
                "created_at": at,
            },
        )
        if not made:
            raise SlugTaken(slug=slug)
        _record("workspace.made", workspace, by=by, at=at)
        publish("workspace.made", workspace_id=workspace.id, payload={"slug": slug}, at=at)
    return workspace


def change_workspace(
    workspace: Workspace,
    *,
    name: str,
    default_language: str,
    time_zone: str,
    based_on: int,
    by: Actor,
    at: datetime,
) -> Workspace:
    """Change a workspace's name, default language and time zone.

    `based_on` is the workspace's `revision` that the writer saw. Raises `InvalidFields` or
    `StaleWorkspace`.
    """
    wanted = _checked(name=name, default_language=default_language, time_zone=time_zone)
    with transaction.atomic():
        workspace = Workspace.objects.select_for_update().get(id=workspace.id)
        if workspace.revision != based_on:
            raise StaleWorkspace
        changes = [
            Change(field=field, before=str(getattr(workspace, field)), after=value)
            for field, value in wanted.items()
            if getattr(workspace, field) != value
        ]
        if not changes:
            return workspace
        for field, value in wanted.items():
            setattr(workspace, field, value)
        workspace.revision += 1
        workspace.save(update_fields=[*wanted, "revision"])
        _record("workspace.changed", workspace, by=by, at=at, changes=changes)
        publish(
            "workspace.changed",
            workspace_id=workspace.id,
            payload={"fields": [change["field"] for change in changes]},
            at=at,
        )
    return workspace


def set_hosts(workspace: Workspace, *, served: str | None, canonical: str | None) -> Workspace:
    """Show a workspace at a domain of its own beside its slug host, from the next request on.

    `served` is a name that was proven to be the workspace's, as DNS has it: lower case, A-labels.
    `canonical` is the same name once links may use it, or None; without `served` there is none.
    Whoever decides this records it, in the same transaction. Raises `UnusableHost` or `HostTaken`.
    """
    for host in (served, canonical):
        if host is not None and not DOMAIN.fullmatch(host):
            raise UnusableHost(host=host)
    if canonical is not None and canonical != served:
        raise UnusableHost(host=canonical)
    with transaction.atomic():
        workspace = Workspace.objects.select_for_update().get(id=workspace.id)
        if (workspace.served_host, workspace.canonical_host) == (served, canonical):
            return workspace
        workspace.served_host, workspace.canonical_host = served, canonical
        workspace.revision += 1  # what visitors' pages are kept by
        try:
            with transaction.atomic():
                workspace.save(update_fields=["served_host", "canonical_host", "revision"])
        except IntegrityError as error:
            if getattr(error.__cause__, "sqlstate", "") != UNIQUE_VIOLATION:
                raise
            raise HostTaken(host=served) from None
    return workspace


def add_member(
    workspace: Workspace, person: Person, role: Role, *, by: Actor, at: datetime
) -> Membership:
    """Make a person a member of a workspace."""
    with transaction.atomic():
        membership, made = Membership.objects.get_or_create(
            workspace=workspace,
            person=person,
            defaults={"role": role, "role_since": at, "created_at": at},
        )
        if not made:
            raise AlreadyMember(email=person.email, workspace=workspace.name)
        # No label: the log keeps the person's id, which can be erased, and pages look up the name.
        remember(person.id, email=person.email, name=person.name)
        record(
            "member.added",
            by=by,
            at=at,
            workspace_id=workspace.id,
            subject_kind="person",
            subject_id=person.id,
            changes=[Change(field="role", before="", after=role.value)],
        )
        publish(
            "member.added",
            workspace_id=workspace.id,
            payload={"membership": str(membership.id), "role": role.value},
            at=at,
        )
    return membership


def _checked(*, name: str, default_language: str, time_zone: str) -> dict[str, str]:
    errors: dict[str, Invalid] = {}
    wanted: dict[str, str] = {}
    for field, value, check in (
        ("name", name, check_name),
        ("default_language", default_language, check_language),
        ("time_zone", time_zone, check_time_zone),
    ):
        try:
            wanted[field] = check(value)
        except Invalid as error:
            errors[field] = error
    if errors:
        raise InvalidFields(errors)
    return wanted


def _record(
    action: str,
    workspace: Workspace,
    *,
    by: Actor,
    at: datetime,
    changes: list[Change] | None = None,
) -> None:
    record(
        action,
        by=by,
        at=at,
        workspace_id=workspace.id,
        subject_kind="workspace",
        subject_id=workspace.id,
        subject_label=workspace.name,
        changes=changes or [],
    )
