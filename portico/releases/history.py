"""What the Release Process asks about releases: those in flight, and what the last ones went
through. `portico.config` registers both there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Final

from django.db.models import QuerySet
from django.urls import reverse

from portico.approvals.models import (
    ApprovalRequest,
    Decision,
    RequestKind,
    RequestStatus,
    ReviewVerdict,
)
from portico.automated_checks.services import Verdict as Checks
from portico.release_process.requests import MOST_PAST, InFlight
from portico.release_process.simulation import Automated, Enrollment, PastRequest
from portico.releases.holds import UNDER_WAY
from portico.releases.models import Release, ReleaseEvent
from portico.releases.rules.pipeline import Event, Status
from portico.workspaces.models import Workspace

MOST_IN_FLIGHT: Final = 200
PAST_PILOT: Final = frozenset({Status.PREPARATION, Status.GRAYSCALE, Status.FULL})
PILOTS: Final = frozenset({Event.START_PILOT, Event.UPDATE_PILOT})
SAID: Final = {Checks.CLEAN.value: Automated.CLEAN, Checks.FINDINGS.value: Automated.FINDINGS}


def in_flight_in(workspace: Workspace) -> Sequence[InFlight]:
    """The releases of a workspace that are reviewed or on their way, and the requests to take
    something offline that are in review; newest first, two queries."""
    releases = _shown(Release.objects.filter(workspace=workspace, status__in=UNDER_WAY))
    offline = ApprovalRequest.objects.filter(
        workspace=workspace, kind=RequestKind.OFFLINE, status=RequestStatus.IN_REVIEW
    ).select_related("program", "version", "target__app")
    found = [
        (release.id, _in_flight(release)) for release in releases.order_by("-id")[:MOST_IN_FLIGHT]
    ]
    found += [
        (
            request.id,
            InFlight(
                title=_title(request),
                url=reverse("approval_request", args=[request.id]),
                environment=request.target.get_environment_display(),
                policy_revision=request.policy_revision,
                status=request.get_kind_display(),
            ),
        )
        for request in offline.defer("version__manifest").order_by("-id")[:MOST_IN_FLIGHT]
    ]
    return [one for _id, one in sorted(found, key=lambda pair: pair[0], reverse=True)]


def past_in(workspace: Workspace) -> Sequence[PastRequest]:
    """What the last releases of a workspace that were applied for went through since then, newest
    first; three queries. Rollbacks go through nothing, and are left out."""
    applied = Release.objects.filter(workspace=workspace, policy__isnull=False, rolled_back_to=None)
    releases = list(_shown(applied).order_by("-id")[:MOST_PAST])
    events = ReleaseEvent.objects.filter(release__in=releases).order_by("release", "number")
    happened = {
        release_id: list(group) for release_id, group in groupby(events, lambda one: one.release_id)
    }
    asked = [release.request_id for release in releases if release.request_id]
    decisions = list(Decision.objects.filter(request__in=asked, verdict=ReviewVerdict.APPROVE))
    return [
        _past(
            release,
            happened.get(release.id, []),
            [one for one in decisions if one.request_id == release.request_id],
        )
        for release in releases
    ]


def _in_flight(release: Release) -> InFlight:
    return InFlight(
        title=_title(release),
        url=reverse("release", args=[release.id]),
        environment=release.target.get_environment_display(),
        policy_revision=release.policy_revision or 0,
        status=release.get_status_display(),
    )


def _past(
    release: Release, events: Sequence[ReleaseEvent], decisions: Iterable[Decision]
) -> PastRequest:
    since = _since_applied(events)
    requester = release.request.requested_by_id if release.request else None
    people = [one.reviewer_id for one in decisions if one.reviewer_id is not None]
    scaled = [one for one in since if one.event == Event.SCALE]
    decided = [one for one in since if "checks" in one.details]
    pilots = [one for one in since if one.event in PILOTS]
    return PastRequest(
        title=_title(release),
        url=reverse("release", args=[release.id]),
        production=release.production,
        status=release.get_status_display(),
        requested_at=since[0].at if since else release.created_at,
        policy_revision=release.policy_revision or 0,
        reviewed=any(one.after == Status.UNDER_REVIEW for one in since),
        approved=any(one.before == Status.UNDER_REVIEW and one.after not in _BACK for one in since),
        approvals=sum(1 for one in people if one != requester),
        approved_by_requester=requester in people,
        automated=SAID.get(decided[-1].details["checks"] if decided else "", Automated.UNKNOWN),
        piloted=bool(pilots),
        pilot_bypassed=any(one.event == Event.BYPASS_PILOT for one in since),
        went_on=any(one.after in PAST_PILOT for one in since),
        testers=max((one.details.get("testers", 0) for one in pilots), default=0),
        baseline=bool(scaled) and bool(scaled[0].details.get("baseline")),
        enrollments=tuple(Enrollment(one.at, one.details["to"]) for one in scaled),
    )


_BACK: Final = frozenset({Status.UNDER_REVIEW, Status.CREATED})


def _since_applied(events: Sequence[ReleaseEvent]) -> Sequence[ReleaseEvent]:
    """What happened from the last application on."""
    applied = [place for place, one in enumerate(events) if one.event == Event.APPLY]
    return events[applied[-1] :] if applied else ()


def _shown(releases: QuerySet[Release]) -> QuerySet[Release]:
    rows = releases.select_related("program", "version", "target__app", "request")
    return rows.defer("version__manifest")


def _title(one: Release | ApprovalRequest) -> str:
    return f"{one.program.name} {one.version.name}, {one.target}"
