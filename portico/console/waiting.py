"""What waits for a member: requests to decide on, releases that go on when they do something."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeVar

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from portico.approvals.models import ApprovalRequest, RequestKind, RequestStatus
from portico.approvals.queries import waiting_for
from portico.kernel.permissions import Permission
from portico.releases.access import releases_for
from portico.releases.models import Release, ReleaseStatus
from portico.workspaces.models import Membership

SHOWN: Final = 5
Text = str | Promise
T = TypeVar("T")


@dataclass(frozen=True)
class Waiting:
    """Something that waits. `what` is to be done, with the version of a program on a target; `who`
    asked for it (empty: the member); `note` says why it came back; `since`: for how long it waits.
    """

    what: Text
    program: str
    version: str
    target: str
    url: str
    since: datetime
    who: str = ""
    note: str = ""
    tone: str = "info"


@dataclass(frozen=True)
class Few:
    """The first of a kind; `more`: there are others, `rest` says what kind of others, and all of
    them are at `url`."""

    rows: tuple[Waiting, ...]
    more: bool
    rest: Text
    url: str


@dataclass(frozen=True)
class WaitsForMe:
    """All that waits for a member. `may_decide`, `may_act`: whether anything ever will."""

    requests: Few
    sent_back: Few
    releases: Few
    may_decide: bool
    may_act: bool

    @property
    def lists(self) -> tuple[Few, ...]:
        """Those that there is something in."""
        return tuple(few for few in (self.requests, self.sent_back, self.releases) if few.rows)


REQUESTS: Final[Mapping[str, Text]] = {
    RequestKind.RELEASE: _("Approve or reject"),
    RequestKind.OFFLINE: _("Approve or reject taking it offline"),
    RequestKind.REMOVAL: _("Look at the removal"),
}


def waits_for(member: Membership) -> WaitsForMe:
    """What waits for a member; three queries at most, whatever there is."""
    may_decide = member.may(Permission.REQUESTS_DECIDE)
    may_act = member.may(Permission.RELEASES_ACT)
    nothing = Few((), more=False, rest="", url="")
    return WaitsForMe(
        requests=_requests(member) if may_decide else nothing,
        sent_back=_sent_back(member) if may_act else nothing,
        releases=_releases(member) if may_act else nothing,
        may_decide=may_decide,
        may_act=may_act,
    )


def _requests(member: Membership) -> Few:
    """What others ask for, the oldest first."""
    found = (
        waiting_for(member)
        .select_related("program", "version", "target__app", "requested_by")
        .defer("version__manifest", "configuration", "policy")
        .order_by("id")[: SHOWN + 1]
    )
    above = reverse("approvals")
    rest = _("More requests wait for you")
    return _few(list(found), lambda request: _request(request, above), rest, above)


def _request(request: ApprovalRequest, above: str) -> Waiting:
    person = request.requested_by
    return Waiting(
        what=REQUESTS[request.kind],
        program=request.program.name,
        version=request.version.name,
        target=str(request.target),
        url=f"{above}{request.id}/",
        since=request.requested_at,
        who=(person.name or person.email) if person else "",
    )


def _sent_back(member: Membership) -> Few:
    """What the member made and somebody rejected, as long as it was not applied for again."""
    found = (
        _own(member)
        .filter(status=ReleaseStatus.CREATED, request__status=RequestStatus.REJECTED)
        .select_related("request")
        .order_by("-id")[: SHOWN + 1]
    )
    above = reverse("release_list")
    rest, url = _("More requests of yours were rejected"), reverse("own_requests")
    return _few(list(found), lambda release: _rejected(release, above), rest, url)


def _rejected(release: Release, above: str) -> Waiting:
    request = release.request
    decided = request.decided_at if request else None
    return Waiting(
        what=_("Rejected: apply again, or upload another version"),
        program=release.program.name,
        version=release.version.name,
        target=str(release.target),
        url=f"{above}{release.id}/",
        since=decided or release.changed_at,
        tone="danger",
    )


def _releases(member: Membership) -> Few:
    """What the member made and nobody else will take further."""
    still = Q(status=ReleaseStatus.GRAYSCALE) & (Q(paused_at__isnull=False) | Q(share=0))
    here = Q(status__in=(ReleaseStatus.PREPARATION, ReleaseStatus.PILOT))
    new = Q(status=ReleaseStatus.CREATED) & (
        Q(request=None) | ~Q(request__status=RequestStatus.REJECTED)
    )
    found = _own(member).filter(still | here | new).order_by("-id")[: SHOWN + 1]
    above = reverse("release_list")
    rest = _("More releases of yours wait")
    return _few(list(found), lambda release: _next(release, above), rest, above)


def _next(release: Release, above: str) -> Waiting:
    return Waiting(
        what=_what_next(release),
        program=release.program.name,
        version=release.version.name,
        target=str(release.target),
        url=f"{above}{release.id}/",
        since=release.changed_at,
        tone="warning" if release.paused_at else "info",
    )


def _what_next(release: Release) -> Text:
    match release.status:
        case ReleaseStatus.CREATED:
            return _("Apply for it")
        case ReleaseStatus.PREPARATION:
            return _("Go live")
        case ReleaseStatus.PILOT if release.pilot_started_at is None:
            return _("Pick testers, or bypass the pilot")
        case ReleaseStatus.PILOT:
            return _("Complete the pilot")
        case _ if release.paused_at:
            return _("Paused: resume or cancel it")
        case _:
            return _("Give it to the first users")


def _own(member: Membership) -> QuerySet[Release]:
    return releases_for(member).filter(created_by=member.person_id)


def _few(found: Sequence[T], shown: Callable[[T], Waiting], rest: Text, url: str) -> Few:
    rows = tuple(shown(one) for one in found[:SHOWN])
    return Few(rows, more=len(found) > SHOWN, rest=rest, url=url)
