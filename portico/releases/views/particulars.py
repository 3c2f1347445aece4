"""What stands beside a release's pipeline: its facts, its rules, and what it has to do with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from portico.approvals.models import RequestStatus
from portico.approvals.queries import sees_all
from portico.kernel.permissions import Permission
from portico.releases.models import Release, ReleaseStatus
from portico.releases.views.around import Surroundings
from portico.releases.words import status_name
from portico.ui.values import Fact, State

REQUEST_TONES: Final = {
    RequestStatus.IN_REVIEW: "warning",
    RequestStatus.APPROVED: "good",
    RequestStatus.REJECTED: "danger",
    RequestStatus.WITHDRAWN: "neutral",
}


@dataclass(frozen=True)
class Related:
    """Another release that this one has to do with, and what."""

    what: str
    version: str
    url: str
    status: str


@dataclass(frozen=True)
class RequestShown:
    """The approval request of a release; `url` empty where it is not for this member to open."""

    url: str
    state: State
    is_void: bool


def facts_of(around: Surroundings) -> list[Fact]:
    """When it got where, and by whom it was made."""
    release = around.release
    made = next(iter(around.events), None)
    by = made.person if made else None
    return [
        Fact(_("Created"), release.created_at),
        *([Fact(_("Created by"), by.name or by.email)] if by and (by.name or by.email) else []),
        *(
            Fact(label, when)
            for label, when in (
                (_("Approved"), release.approved_at),
                (_("Pilot started"), release.pilot_started_at),
                (_("Went live"), release.went_live_at),
                (_("Everybody gets it since"), release.released_at),
                (_("Ended"), release.ended_at),
            )
            if when
        ),
    ]


def request_of(around: Surroundings) -> RequestShown | None:
    """The newest request of the release."""
    request = around.release.request
    if request is None:
        return None
    status = RequestStatus(request.status)
    return RequestShown(
        url=request_url(around, request.id, request.requested_by_id),
        state=State(str(status.label), REQUEST_TONES[status]),
        is_void=request.voided_at is not None,
    )


def request_url(around: Surroundings, request_id: UUID | None, by: UUID | None) -> str:
    """Where a request is shown, if the member may see it."""
    if request_id is None or not (sees_all(around.member) or by == around.member.person_id):
        return ""
    return reverse("approval_request", args=[request_id])


def decide_url(around: Surroundings) -> str:
    """Where this member decides on the release, if it waits for a decision of theirs."""
    release = around.release
    if release.status != ReleaseStatus.UNDER_REVIEW or release.request is None:
        return ""
    if not around.member.may(Permission.REQUESTS_DECIDE):
        return ""
    own = release.request.requested_by_id == around.member.person_id
    if own and not around.policy.requester_may_approve:
        return ""
    return reverse("approval_request", args=[release.request.id])


def related_to(around: Surroundings) -> list[Related]:
    """What it supersedes and goes back to, and what superseded it or went back to it. One query."""
    release = around.release
    there = [one for one in (release.supersedes_id, release.rolled_back_to_id) if one]
    found = (
        Release.objects.filter(
            Q(supersedes=release) | Q(rolled_back_to=release) | Q(id__in=there),
            workspace_id=release.workspace_id,
        )
        .select_related("version")
        .defer("version__manifest")
        .order_by("id")
    )
    rows = [Related(_how(one, release), one.version.name, _url(one), _status(one)) for one in found]
    under_way = around.under_way
    if under_way is not None and under_way.id not in {release.id, release.supersedes_id}:
        what = _("Under way on the same target")
        rows.append(Related(what, under_way.version.name, _url(under_way), _status(under_way)))
    stable = around.stable
    if stable is not None and stable.id != release.id and release.status != ReleaseStatus.ARCHIVED:
        rows.append(
            Related(
                _("Live on the same target"), stable.version.name, _url(stable), _status(stable)
            )
        )
    return rows


def policy_note(around: Surroundings) -> str:
    """Where the policy is from."""
    release = around.release
    if around.now is not None:
        if around.now.revision:
            text = _("Revision %(number)s of the Release Process, as a request made now would get.")
            return text % {"number": around.now.revision}
        return _("The default Release Process, as a request made now would get.")
    if release.is_rollback:
        return _("A rollback goes straight to Full Release. This is what the version went through.")
    if release.policy_revision:
        text = _(
            "Revision %(number)s of the Release Process. What is saved later does not reach it."
        )
        return text % {"number": release.policy_revision}
    return _("The default Release Process. What is saved later does not reach it.")


def rules_of(release: Release) -> list[Fact]:
    """The targeting rules."""
    rules, ends = release.rules, release.rules.get("app_version", {})
    first, last = ends.get("from", ""), ends.get("to", "")
    if first and last:
        versions = _("%(first)s to %(last)s") % {"first": first, "last": last}
    elif first:
        versions = _("%(first)s and later") % {"first": first}
    else:
        versions = _("up to %(last)s") % {"last": last} if last else ""
    pairs = (
        (_("Regions"), ", ".join(rules.get("regions", []))),
        (_("Operating systems"), ", ".join(rules.get("systems", []))),
        (_("App versions"), versions),
    )
    return [Fact(label, text) for label, text in pairs if text]


def _how(other: Release, release: Release) -> str:
    if other.id == release.supersedes_id:
        return _("Supersedes")
    if other.id == release.rolled_back_to_id:
        return _("Goes back to")
    if other.supersedes_id == release.id:
        return _("Superseded by")
    return _("Gone back to by")


def _url(release: Release) -> str:
    return reverse("release", args=[release.id])


def _status(release: Release) -> str:
    return status_name(release.status)
