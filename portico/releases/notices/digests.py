"""One mail to a reviewer about all that waits for them, rather than one for each request."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Max, Q
from django.urls import reverse

from portico.approvals.models import ApprovalRequest, RequestStatus
from portico.approvals.queries import waiting_for
from portico.releases.notices.mails import MOST_LISTED
from portico.releases.notices.models import ReviewerDigest
from portico.releases.notices.topics import WAITING
from portico.service_email.services import send
from portico.service_email.topics.services import who_want
from portico.workspaces.hosts import address_of
from portico.workspaces.models import Membership, Workspace

EVERY: Final = timedelta(minutes=30)
"""How long a reviewer is left alone after a mail; the first request after that is told at once."""
SLACK: Final = timedelta(minutes=10)
"""How much later than it says a request may come to light: its transaction took that long."""


def tell_reviewers(*, at: datetime) -> int:
    """Mail each reviewer what has come in for them since their last mail, unless that was a moment
    ago; returns how many were told.

    Safe to run twice, and by two workers at once.
    """
    newest = dict(
        ApprovalRequest.objects.filter(status=RequestStatus.IN_REVIEW)
        .order_by()
        .values_list("workspace_id")
        .annotate(Max("requested_at"))
    )
    told = 0
    for workspace in Workspace.objects.filter(id__in=newest).order_by("id"):
        for member in _not_told(workspace, newest[workspace.id], at):
            told += _tell(member, workspace, at=at)
    return told


def _not_told(workspace: Workspace, newest: datetime, at: datetime) -> list[Membership]:
    """The reviewers whose last mail is old enough, and may not know of the newest request."""
    reviewers = who_want(
        Membership.objects.active().filter(workspace=workspace), WAITING.name
    ).select_related("person")
    told = ReviewerDigest.objects.filter(membership__workspace=workspace).filter(
        Q(sent_at__gt=newest + SLACK) | Q(sent_at__gt=at - EVERY)
    )
    return list(reviewers.exclude(id__in=told.values("membership")).order_by("id"))


@transaction.atomic
def _tell(member: Membership, workspace: Workspace, *, at: datetime) -> bool:
    mark = _held_mark(member)
    if mark and at - mark.sent_at < EVERY:  # another worker was quicker
        return False
    waiting = list(
        waiting_for(member)
        .select_related("program", "version", "target__app", "requested_by")
        .defer("version__manifest")
        .order_by("id")
    )
    known = set(mark.told) if mark else set()
    new = [one for one in waiting if one.id not in known]
    if not new:
        return False
    ReviewerDigest.objects.update_or_create(
        membership=member, defaults={"sent_at": at, "told": [one.id for one in waiting]}
    )
    context = {
        "workspace": workspace.name,
        "count": len(new),
        "requests": [
            {"title": _title(one), "by": str(one.requested_by or "")} for one in new[:MOST_LISTED]
        ],
        "url": address_of(workspace, reverse("approvals")),
    }
    send("requests_waiting", member.person.email, context, workspace, at=at)
    return True


def _held_mark(member: Membership) -> ReviewerDigest | None:
    # The membership is locked, so that two workers tell a reviewer once even the first time.
    Membership.objects.select_for_update(no_key=True).get(id=member.id)
    return ReviewerDigest.objects.filter(membership=member).first()


def _title(request: ApprovalRequest) -> str:
    return f"{request.program.name} {request.version}, {request.target}"
