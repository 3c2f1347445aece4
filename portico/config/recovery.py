"""Letting a locked-out admin in again, by whoever operates the platform."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.urls import reverse

from portico.accounts.models import Person
from portico.accounts.password_links import password_path
from portico.accounts.second_factor.services import has_second_factor, remove_second_factors
from portico.accounts.services import make_person
from portico.accounts.sessions import end_sessions
from portico.audit.services import Actor, Change, record, remember
from portico.config.admins import check_address, workspace_named
from portico.kernel.errors import NotFound, gettext_noop
from portico.members.services import change_role, unblock
from portico.service_email.services import send
from portico.single_sign_on.services import links_of, unlink_all
from portico.two_factor.services import note_removal
from portico.two_factor.tasks import send_recovery_notice
from portico.workspaces import handoffs
from portico.workspaces.hosts import address_of, own_address_of
from portico.workspaces.models import ApiToken, Membership, Workspace
from portico.workspaces.permissions import Role
from portico.workspaces.services import add_member


class NoSuchAccount(NotFound):
    code = "no_such_account"
    sentence = gettext_noop(
        "Nobody has an account with the address %(email)s. Check its spelling; with --create one "
        "is made, as an admin of “%(slug)s”."
    )


class NotAMember(NotFound):
    code = "not_a_member"
    sentence = gettext_noop(
        "%(email)s has an account, but is no member of the workspace “%(slug)s”. With --create "
        "they become an admin of it."
    )


@dataclass
class Plan:
    """What a recovery is going to do, or has done, each in one sentence of the command line."""

    workspace: Workspace
    email: str
    steps: list[str] = field(default_factory=list)
    tokens: int = 0


@dataclass(frozen=True)
class Recovered:
    """Whom a recovery let in, by which link, and what it did for it."""

    person: Person
    link: str
    steps: tuple[str, ...]


def plan_recovery(email: str, slug: str, *, create: bool, keep_two_factor: bool) -> Plan:
    """What recovering this admin would come to; nothing is changed.

    Raises `NoSuchWorkspace`, `NotAnAddress`, `NoSuchAccount` or `NotAMember`.
    """
    email = check_address(email)
    workspace = workspace_named(slug)
    person = Person.objects.filter(email=email).first()
    if person is None and not create:
        raise NoSuchAccount(email=email, slug=slug)
    member = Membership.objects.filter(workspace=workspace, person=person).first()
    if person is not None and member is None and not create:
        raise NotAMember(email=email, slug=slug)
    plan = Plan(workspace, email)
    if person is None:
        plan.steps.append("an account is made")
    elif not person.is_active:
        plan.steps.append("the account, which is closed, is opened again")
    if member is None:
        plan.steps.append(f"they become an admin of {workspace.name}")
    elif member.role != Role.ADMIN:
        plan.steps.append(f"their role changes from {Role(member.role).label} to Workspace Admin")
    if member is not None and member.blocked_at:
        plan.steps.append("they are unblocked")
    if person is not None:
        _plan_account(plan, person, keep_two_factor=keep_two_factor)
    return plan


def recover_admin(
    email: str, slug: str, *, create: bool, keep_two_factor: bool, by: Actor, at: datetime
) -> Recovered:
    """Make somebody an admin who can sign in again; returns a single-use link to a new password.

    Their old password, links to other providers and all their sessions end, and so do their second
    factors, unless those are kept. They and the workspace's other admins are told by mail. Raises
    as `plan_recovery`.
    """
    with transaction.atomic():
        workspace = Workspace.objects.select_for_update(no_key=True).get(
            id=workspace_named(slug).id
        )
        plan = plan_recovery(email, slug, create=create, keep_two_factor=keep_two_factor)
        person = Person.objects.filter(email=plan.email).first() or make_person(plan.email)
        _make_admin(workspace, person, by=by, at=at)
        # Whoever has locked them out, or knows the old password, is out from here on.
        person.is_active = True
        person.set_unusable_password()
        person.save(update_fields=["is_active", "password"])
        if has_second_factor(person) and not keep_two_factor:
            note_removal(person, at=at)
            remove_second_factors(
                person, by=by, at=at, workspace_id=workspace.id, brand_name=workspace.name
            )
        unlink_all(person)
        end_sessions(person)
        handoffs.revoke_of_person(person)
        _record(workspace, person, plan, by=by, at=at)
        _tell(workspace, person, kept=keep_two_factor, at=at)
    link = own_address_of(workspace, password_path(person))
    return Recovered(person=person, link=link, steps=tuple(plan.steps))


def _plan_account(plan: Plan, person: Person, *, keep_two_factor: bool) -> None:
    if person.has_usable_password():
        plan.steps.append("their password stops working")
    if has_second_factor(person):
        plan.steps.append(
            "their second factors stay"
            if keep_two_factor
            else "their authenticator app, passkeys and recovery codes are removed"
        )
    links = len(links_of(person))
    if links:
        plan.steps.append(f"sign-ins with other providers' accounts are unlinked: {links}")
    plan.steps.append("they are signed out everywhere")
    live = ApiToken.objects.filter(membership__person=person, revoked_at=None)
    plan.tokens = live.count()
    if plan.tokens:
        plan.steps.append(
            f"API tokens of theirs that go on working: {plan.tokens}. They may revoke them under "
            "Settings, Account"
        )


def _make_admin(workspace: Workspace, person: Person, *, by: Actor, at: datetime) -> None:
    member = Membership.objects.filter(workspace=workspace, person=person).first()
    if member is None:
        add_member(workspace, person, Role.ADMIN, by=by, at=at)
        return
    if member.blocked_at:
        unblock(workspace, member.id, by=by, at=at)
    if member.role != Role.ADMIN:
        change_role(workspace, member.id, Role.ADMIN, by=by, at=at)


def _record(workspace: Workspace, person: Person, plan: Plan, *, by: Actor, at: datetime) -> None:
    remember(person.id, email=person.email, name=person.name)
    record(
        "account.recovered",
        by=by,
        at=at,
        workspace_id=workspace.id,
        subject_kind="person",
        subject_id=person.id,
        changes=[Change(field="recovery", before="", after=step) for step in plan.steps],
    )


def _tell(workspace: Workspace, person: Person, *, kept: bool, at: datetime) -> None:
    name = f"{person.name} ({person.email})" if person.name else person.email
    context = {
        "workspace": workspace.name,
        "person": name,
        "at": at.isoformat(),
        "time_zone": workspace.time_zone,
        "url": address_of(workspace, reverse("members")),
    }
    for admin in Membership.objects.admins_of(workspace).select_related("person"):
        if admin.person_id != person.id:
            send("admin_recovered", admin.person.email, context, workspace, at=at)
    send_recovery_notice.defer(
        person_id=str(person.id),
        brand_name=workspace.name,
        kept=kept,
        language=workspace.default_language,
    )
