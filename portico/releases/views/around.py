"""What a release's page has to know besides the release: a constant number of queries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from portico.approvals.models import ApprovalRequest, RequestKind
from portico.approvals.queries import approvals_of, request_in_review
from portico.miniprograms.models import ProgramRole
from portico.release_process.policy import Policy, read
from portico.release_process.services import PolicyNow, policy_now
from portico.releases.access import capacities, role_in_program
from portico.releases.models import ArchivedBecause, Release, ReleaseEvent, ReleaseStatus
from portico.releases.rules.approving import approvals_needed
from portico.releases.rules.pipeline import Who
from portico.releases.services.scene import look
from portico.releases.showing import Approvals
from portico.workspaces.models import Membership
from portico.workspaces.permissions import Role

MOST_ARCHIVED: Final = 50


@dataclass(frozen=True)
class Surroundings:
    """A release with what stands beside it, as one member sees it.

    `policy` is the copy that the release bears; or, before it was applied for and where it would
    have to be again, what a request made now would get, which `now` says. `stable` is what
    everybody gets on the target, `under_way` what is in review or on its way there (which may be
    the release itself). `archived` are those that can be rolled back to, the newest first.
    """

    release: Release
    member: Membership
    events: list[ReleaseEvent]
    policy: Policy
    now: PolicyNow | None
    stable: Release | None
    candidate: Release | None
    under_way: Release | None
    archived: list[Release]
    approvals: Approvals | None
    offline: ApprovalRequest | None
    capacities: frozenset[Who | None]
    assigned: ProgramRole | None

    @property
    def is_admin(self) -> bool:
        """Whether an Admin of the workspace looks at it."""
        return Role(self.member.role) is Role.ADMIN

    @property
    def offline_is_reviewed(self) -> bool:
        """Whether taking this offline needs an approval: always in Production, in the Sandbox as
        the Release Process says now."""
        if self.release.production:
            return True
        policy = policy_now(self.release.workspace, production=False).policy
        return policy.review

    @property
    def is_actor(self) -> bool:
        """Whether the member drives this release."""
        return Who.RELEASE_ACTOR in self.capacities


def surroundings_of(release: Release, member: Membership) -> Surroundings:
    """What stands around a release that the member may see."""
    scene = look(release)
    now = None
    if release.policy is None or release.status == ReleaseStatus.CREATED:
        now = policy_now(release.workspace, production=release.production)
    assigned = role_in_program(member, release.program)
    is_full = release.status == ReleaseStatus.FULL
    return Surroundings(
        release=release,
        member=member,
        events=list(release.events.select_related("person").order_by("number")),
        policy=now.policy if now else read(release.policy or {}),
        now=now,
        stable=scene.full,
        candidate=scene.candidate,
        under_way=scene.candidate or scene.under_review,
        archived=archived_of(release, scene.full) if is_full else [],
        approvals=_approvals(release),
        offline=request_in_review(release.program_id, release.target_id, RequestKind.OFFLINE)
        if is_full
        else None,
        capacities=capacities(member, assigned, release.target, release.request),
        assigned=assigned,
    )


def archived_of(release: Release, stable: Release | None) -> list[Release]:
    """What a mini program can be rolled back to on a release's target: each version that was
    replaced there, once, and not taken away since, the newest first. One query."""
    archived = Release.objects.filter(
        program=release.program_id, target=release.target_id, status=ReleaseStatus.ARCHIVED
    )
    taken_away = (ArchivedBecause.OFFLINE, ArchivedBecause.REMOVED)
    found = (
        archived.filter(archived_because=ArchivedBecause.REPLACED)
        .exclude(version=stable.version_id if stable else None)
        .exclude(version__in=archived.filter(archived_because__in=taken_away).values("version"))
        .select_related("version")
        .defer("version__manifest")
        .order_by("-id")[:MOST_ARCHIVED]
    )
    by_version: dict[object, Release] = {}
    for one in found:
        by_version.setdefault(one.version_id, one)
    return list(by_version.values())


def since(release: Release, revision: int) -> list[ReleaseEvent]:
    """What happened to a release after somebody looked at it, the first at first."""
    found = ReleaseEvent.objects.filter(release=release, number__gt=revision)
    return list(found.select_related("person").order_by("number"))


def _approvals(release: Release) -> Approvals | None:
    if release.status != ReleaseStatus.UNDER_REVIEW or release.request is None:
        return None
    needed = approvals_needed(read(release.policy or {}))
    return Approvals(given=len(approvals_of(release.request)), wanted=needed)
