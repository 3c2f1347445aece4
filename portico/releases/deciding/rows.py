"""Requests in the lists, in words, in the current language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from portico.approvals.models import ApprovalRequest, RequestKind, RequestStatus
from portico.approvals.queries import (
    MOST_COUNTED,
    count_in_review,
    count_waiting,
    own_requests,
    requests_for,
    sees_all,
)
from portico.audit.models import AuditPerson
from portico.kernel.permissions import Permission
from portico.release_process.policy import read
from portico.releases.rules.approving import approvals_needed
from portico.targets.icons import icons_of
from portico.ui.frame import NavItem
from portico.ui.values import AppIcon, State
from portico.workspaces.models import Membership, Workspace

STATUS_TONES = {
    RequestStatus.IN_REVIEW: "warning",
    RequestStatus.APPROVED: "good",
    RequestStatus.REJECTED: "danger",
    RequestStatus.WITHDRAWN: "neutral",
}
KIND_TONES = {
    RequestKind.RELEASE: "neutral",
    RequestKind.OFFLINE: "warning",
    RequestKind.REMOVAL: "danger",
}


@dataclass(frozen=True)
class RequestRow:
    """A request in a list. `approvals`: how many of how many; empty where nobody approves it."""

    asked: ApprovalRequest
    url: str
    icon: AppIcon
    kind: State
    status: State
    target: State
    approvals: str
    who: str


def request_rows(workspace: Workspace, requests: Sequence[ApprovalRequest]) -> list[RequestRow]:
    """Requests of a page (`queries.page_of`) in words; one query for any number."""
    icons = icons_of(workspace, [one.program for one in requests])
    return [
        RequestRow(
            asked=one,
            url=reverse("approval_request", args=[one.id]),
            icon=icon,
            kind=kind_of(one),
            status=status_of(one),
            target=State(str(one.target), "info" if one.target.is_production else "neutral"),
            approvals=_approvals(one),
            who=named(one.requested_by),
        )
        for one, icon in zip(requests, icons, strict=True)
    ]


def tabs_for(member: Membership, current: str) -> list[NavItem]:
    """The lists that a member has, each with how many are in review there; a query each."""
    items = []
    if member.may(Permission.REQUESTS_DECIDE):
        items.append(("approvals", _("My Approvals"), count_waiting(member)))
    items.append(("own_requests", _("My Requests"), count_in_review(own_requests(member))))
    if sees_all(member):
        items.append(("all_requests", _("All"), count_in_review(requests_for(member))))
    return [
        NavItem(title, reverse(name), current=name == current, count=counted(count))
        for name, title, count in items
    ]


def counted(count: int) -> int | str:
    """How many there are, as far as they were counted."""
    return count if count <= MOST_COUNTED else f"{MOST_COUNTED}+"


def status_of(asked: ApprovalRequest) -> State:
    """How a request stands."""
    status = RequestStatus(asked.status)
    return State(str(status.label), STATUS_TONES[status])


def kind_of(asked: ApprovalRequest) -> State:
    """What is asked for."""
    kind = RequestKind(asked.kind)
    return State(str(kind.label), KIND_TONES[kind])


def named(person: AuditPerson | None) -> str:
    """Somebody, by the name that they are known by; the platform has none of its own."""
    return _("Portico") if person is None else str(person)


def _approvals(asked: ApprovalRequest) -> str:
    if asked.kind == RequestKind.REMOVAL:
        return ""
    needed = approvals_needed(read(asked.policy))
    facts = {"had": getattr(asked, "approvals", 0), "needed": needed}
    return _("%(had)s of %(needed)s") % facts
