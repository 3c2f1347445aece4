"""Which releases somebody may see, and as what they may act on them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Final
from uuid import UUID

from django.db.models import QuerySet

from portico.approvals.models import ApprovalRequest
from portico.kernel.errors import Forbidden, NotFound
from portico.kernel.permissions import Permission
from portico.miniprograms.access import SEES_ALL, programs_for, role_in
from portico.miniprograms.models import MiniProgram, ProgramRole
from portico.releases.acting import By
from portico.releases.errors import NotAReleaseActor
from portico.releases.models import Release
from portico.releases.rules.pipeline import PIPELINE, Event, Who
from portico.targets.models import Environment, ReleaseTarget
from portico.workspaces.models import Membership
from portico.workspaces.permissions import Role

# What a developer has to be in a mini program to act on its releases, by environment.
ACTS_AS: Final[Mapping[str, frozenset[ProgramRole]]] = {
    Environment.PRODUCTION: frozenset({ProgramRole.ADMIN}),
    Environment.SANDBOX: frozenset(ProgramRole),
}

# In the order in which somebody who is several of these is named.
_CAPACITIES: Final = (Who.REQUESTER, Who.RELEASE_ACTOR, Who.REVIEWER, Who.INSPECTOR)


@cache
def who_fires(event: Event) -> frozenset[Who]:
    """All who can fire an event, whatever the status."""
    steps = (step for (_status, one), step in PIPELINE.items() if one is event)
    return frozenset().union(*(step.who for step in steps))


def releases_for(member: Membership) -> QuerySet[Release]:
    """The releases that a member may see, with program, version (without its manifest) and
    target."""
    found = Release.objects.filter(workspace_id=member.workspace_id)
    if Role(member.role) not in SEES_ALL:
        found = found.filter(program__in=programs_for(member).values("id"))
    return found.select_related("program", "version", "target__app").defer("version__manifest")


def release_for(member: Membership, release_id: UUID) -> Release:
    """A release that the member may see; raises `NotFound`."""
    found = releases_for(member).select_related("workspace", "request").filter(id=release_id)
    release = found.first()
    if release is None:
        raise NotFound
    return release


def is_release_actor(member: Membership, program: MiniProgram, target: ReleaseTarget) -> bool:
    """Whether a member creates and drives releases of this program to this target: an Admin of the
    workspace; in Production a Developer who is Admin of the program, in the Sandbox any who works
    on it. One query at most."""
    if not member.may(Permission.RELEASES_ACT):
        return False
    return acts_as(member, role_in_program(member, program), target)


def acts_as(member: Membership, assigned: ProgramRole | None, target: ReleaseTarget) -> bool:
    """The same, where it is known already what the member is in the program."""
    if not member.may(Permission.RELEASES_ACT):
        return False
    return Role(member.role) is Role.ADMIN or assigned in ACTS_AS[target.environment]


def role_in_program(member: Membership, program: MiniProgram) -> ProgramRole | None:
    """What a member is in a program, where that matters; one query at most."""
    return None if Role(member.role) in SEES_ALL else role_in(member, program)


def check_actor(by: By, program: MiniProgram, target: ReleaseTarget) -> Who:
    """Hold who asks against what a release actor is; raises `NotFound` or `NotAReleaseActor`."""
    return check_capacity(by, frozenset({Who.RELEASE_ACTOR}), program, target)


def check_capacity(
    by: By,
    accepted: frozenset[Who],
    program: MiniProgram,
    target: ReleaseTarget,
    request: ApprovalRequest | None = None,
) -> Who:
    """As which of those accepted somebody acts.

    Raises `NotFound` where the program is not for them to see, `NotAReleaseActor` or `Forbidden`
    where they may see it and are none of them.
    """
    member = by.member
    if member is None:
        if by.who is None or by.who not in accepted:
            raise Forbidden
        return by.who
    if member.workspace_id != program.workspace_id:
        raise NotFound
    return held_as(capacities(member, role_in_program(member, program), target, request), accepted)


def held_as(has: frozenset[Who | None], accepted: frozenset[Who]) -> Who:
    """As which of those accepted somebody acts who `has` these capacities.

    Raises `NotFound`, `NotAReleaseActor` or `Forbidden`.
    """
    if not has:
        raise NotFound
    found = next((who for who in _CAPACITIES if who in accepted and who in has), None)
    if found is not None:
        return found
    raise NotAReleaseActor if Who.RELEASE_ACTOR in accepted else Forbidden


def capacities(
    member: Membership,
    assigned: ProgramRole | None,
    target: ReleaseTarget,
    request: ApprovalRequest | None = None,
) -> frozenset[Who | None]:
    """As what a member acts on the releases of a program to a target; `None` is among them for who
    may see them; empty: they may not even see them."""
    sees = Role(member.role) in SEES_ALL or assigned is not None
    is_requester = request is not None and request.requested_by_id == member.person_id
    held = {
        Who.REQUESTER: sees and is_requester,
        Who.RELEASE_ACTOR: sees and acts_as(member, assigned, target),
        Who.REVIEWER: sees and member.may(Permission.REQUESTS_DECIDE),
        Who.INSPECTOR: sees and member.may(Permission.RELEASES_REMOVE),
        None: sees,
    }
    return frozenset(who for who, has in held.items() if has)
