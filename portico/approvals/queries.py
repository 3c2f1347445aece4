"""Reading requests and decisions. Whatever is asked, the workspace comes first.

Lists are answered by an index in their order, and go on from a request, forwards and backwards:
nothing is counted or skipped.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from portico.approvals.models import (
    ApprovalRequest,
    Decision,
    RequestKind,
    RequestStatus,
    ReviewVerdict,
)
from portico.branding.rules import Purpose
from portico.files.models import StoredFile
from portico.files.services import file_of
from portico.kernel.errors import NotFound
from portico.kernel.permissions import Permission
from portico.miniprograms.access import programs_for
from portico.miniprograms.listing import Filters as ProgramFilters
from portico.miniprograms.listing import programs_found
from portico.targets.models import ReleaseTarget
from portico.workspaces.models import Membership
from portico.workspaces.permissions import Role

SEES_ALL: Final = frozenset({Role.ADMIN, Role.REVIEWER, Role.INSPECTOR})
MOST_COUNTED: Final = 99
"""What waits is counted up to here, and one more: nobody needs to know beyond."""


@dataclass(frozen=True)
class Filters:
    """Which requests somebody looks for; an empty value asks for nothing.

    `app_id` names a mini program; `words` are parts of the name or the app_id of one.
    """

    status: str = ""
    kind: str = ""
    environment: str = ""
    app_id: str = ""
    words: str = ""


@dataclass(frozen=True)
class RequestPage:
    """Some requests, and whether there are others before and after them."""

    requests: list[ApprovalRequest]
    has_before: bool
    has_after: bool

    @property
    def first(self) -> UUID | None:
        """Pass it as `before` for the page before."""
        return self.requests[0].id if self.has_before and self.requests else None

    @property
    def last(self) -> UUID | None:
        """Pass it as `after` for the page after."""
        return self.requests[-1].id if self.has_after and self.requests else None


def sees_all(member: Membership) -> bool:
    """Whether a member sees the requests of others, too."""
    return Role(member.role) in SEES_ALL


def requests_for(member: Membership) -> QuerySet[ApprovalRequest]:
    """The requests that a member may see: all of the workspace, or their own."""
    if sees_all(member):
        return ApprovalRequest.objects.filter(workspace_id=member.workspace_id)
    return own_requests(member)


def own_requests(member: Membership) -> QuerySet[ApprovalRequest]:
    """What a member asked for, about mini programs that they may still see: whoever was taken off
    one reads no more of it."""
    found = ApprovalRequest.objects.filter(
        workspace_id=member.workspace_id, requested_by=member.person_id
    )
    if sees_all(member):
        return found
    return found.filter(program__in=programs_for(member).values("id"))


def waiting_for(member: Membership) -> QuerySet[ApprovalRequest]:
    """What is in review, and this member may decide on and has not; none without the right to."""
    found = ApprovalRequest.objects.filter(
        workspace_id=member.workspace_id, status=RequestStatus.IN_REVIEW
    )
    if not member.may(Permission.REQUESTS_DECIDE):
        return found.none()
    decided = Decision.objects.filter(request=OuterRef("id"), reviewer=member.person_id)
    # Without a requester, it is nobody's own.
    others = Q(requested_by=None) | ~Q(requested_by=member.person_id)
    return found.filter(~Exists(decided), others | Q(policy__requester_may_approve=True))


def count_waiting(member: Membership) -> int:
    """How many requests wait for this member, counted up to `MOST_COUNTED` and one more; one
    query, none for who may not decide."""
    if not member.may(Permission.REQUESTS_DECIDE):
        return 0
    return waiting_for(member)[: MOST_COUNTED + 1].count()


def count_in_review(requests: QuerySet[ApprovalRequest]) -> int:
    """How many of these are in review, counted up to `MOST_COUNTED` and one more."""
    return requests.filter(status=RequestStatus.IN_REVIEW)[: MOST_COUNTED + 1].count()


def request_for(member: Membership, request_id: UUID) -> ApprovalRequest:
    """One request that a member may see, with all that it is about; raises `NotFound`."""
    found = (
        requests_for(member)
        .select_related(
            "workspace",
            "program",
            "target__app",
            "version",
            "baseline",
            "requested_by",
            "closed_by",
        )
        .filter(id=request_id)
        .first()
    )
    if found is None:
        raise NotFound
    found.program.workspace = found.version.workspace = found.workspace
    found.version.program = found.program
    return found


def narrowed(
    requests: QuerySet[ApprovalRequest], member: Membership, filters: Filters
) -> QuerySet[ApprovalRequest]:
    """Those that fit."""
    if any("\x00" in text for text in vars(filters).values()):
        return requests.none()  # no stored text holds it, and PostgreSQL would not hear of it
    if filters.status:
        requests = requests.filter(status=filters.status)
    if filters.kind:
        requests = requests.filter(kind=filters.kind)
    if filters.environment:
        targets = ReleaseTarget.objects.filter(
            workspace_id=member.workspace_id, environment=filters.environment
        )
        requests = requests.filter(target__in=targets.values("id"))
    if filters.app_id:
        requests = requests.filter(
            program__workspace_id=member.workspace_id, program__app_id=filters.app_id
        )
    if filters.words.strip():
        programs = programs_found(member, ProgramFilters(words=filters.words))
        requests = requests.filter(program__in=programs.values("id"))
    return requests


def page_of(
    requests: QuerySet[ApprovalRequest],
    *,
    size: int,
    oldest_first: bool = False,
    after: UUID | None = None,
    before: UUID | None = None,
) -> RequestPage:
    """The first requests, newest first unless `oldest_first`; or those after or before one.

    One query, with all that a row shows: `approvals` is how many have approved so far.
    """
    back = before is not None
    rises = oldest_first is not back
    place = before or after
    if place is not None:
        requests = requests.filter(id__gt=place) if rises else requests.filter(id__lt=place)
    shown = with_approvals(requests).select_related("program", "target__app", "requested_by")
    shown = shown.select_related("version").defer("version__manifest", "configuration")
    found = list(shown.order_by("id" if rises else "-id")[: size + 1])
    more, found = len(found) > size, found[:size]
    if back:
        found.reverse()
    return RequestPage(
        found,
        has_before=more if back else after is not None and bool(found),
        has_after=bool(found) if back else more,
    )


def with_approvals(requests: QuerySet[ApprovalRequest]) -> QuerySet[ApprovalRequest]:
    """The same, each with how many have approved so far, as `approvals`."""
    counted = (
        Decision.objects.filter(request=OuterRef("id"), verdict=ReviewVerdict.APPROVE)
        .order_by()
        .values("request")
        .annotate(count=Count("id"))
        .values("count")
    )
    return requests.annotate(approvals=Coalesce(Subquery(counted), 0))


def approvals_of(request: ApprovalRequest) -> list[Decision]:
    """Who approved so far, the first at first; one query."""
    return [one for one in decisions_of(request) if one.verdict == ReviewVerdict.APPROVE]


def decisions_of(request: ApprovalRequest) -> list[Decision]:
    """All that was decided on a request, the first at first; one query."""
    found = Decision.objects.filter(request=request).select_related("reviewer").order_by("id")
    return list(found)


def has_decided(
    request: ApprovalRequest,
    member: Membership,
    verdict: ReviewVerdict,
    reason: str,
    *,
    since: datetime,
) -> bool:
    """Whether a member decided this very thing since then: a button that was pressed twice."""
    return Decision.objects.filter(
        request=request,
        reviewer=member.person_id,
        verdict=verdict,
        reason=reason.strip(),
        decided_at__gte=since,
    ).exists()


def screenshot_of(request: ApprovalRequest, sha256: str, *, undecided: bool) -> StoredFile:
    """A screenshot that was attached to a request; `undecided`: or one that was uploaded, and
    perhaps will be. Raises `NotFound`, also for files that are no screenshots."""
    stored = file_of(request.workspace, sha256)
    if Purpose.SCREENSHOT not in stored.purposes:
        raise NotFound
    attached = Decision.objects.filter(request=request, screenshots__contains=[sha256])
    if not undecided and not attached.exists():
        raise NotFound
    return stored


def requests_about(release_id: UUID) -> QuerySet[ApprovalRequest]:
    """The requests about a release, the newest first."""
    return ApprovalRequest.objects.filter(release=release_id).order_by("-id")


def request_in_review(
    program_id: UUID, target_id: UUID, kind: RequestKind
) -> ApprovalRequest | None:
    """The request of a kind that is in review for a program on a target."""
    return ApprovalRequest.objects.filter(
        program=program_id, target=target_id, kind=kind, status=RequestStatus.IN_REVIEW
    ).first()
