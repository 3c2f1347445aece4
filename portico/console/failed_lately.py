"""What failed lately, as far as a member may see it, and is cheap to ask."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from portico.approvals.models import RequestStatus
from portico.approvals.queries import requests_for
from portico.automated_checks.models import CheckRun, RunState
from portico.kernel.permissions import Permission
from portico.miniprograms.access import SEES_ALL, programs_for
from portico.releases.access import releases_for
from portico.releases.models import ReleaseStatus
from portico.service_email.models import MailQueue
from portico.webhooks.models import Endpoint, Stop
from portico.workspaces.models import Membership
from portico.workspaces.permissions import Role

LATELY: Final = timedelta(days=14)
OF_EACH: Final = 5  # looked at of each kind
SHOWN: Final = 8
Text = str | Promise


@dataclass(frozen=True)
class Failure:
    """Something that did not work out: what, of what, where to look, and when."""

    what: Text
    of: str
    url: str
    at: datetime
    tone: str = "danger"


def failed_lately(member: Membership, *, at: datetime) -> list[Failure]:
    """What fails still, and then what failed in the last two weeks, the newest first. Five queries
    at most, whatever there is."""
    ended = (*_rejected(member), *_canceled(member), *_broken_checks(member))
    lately = sorted(
        (one for one in ended if at - one.at <= LATELY), key=lambda one: one.at, reverse=True
    )
    return [*_troubles(member), *lately][:SHOWN]


def _rejected(member: Membership) -> Iterator[Failure]:
    """Requests of all, or the member's own, as far as they see them."""
    found = (
        requests_for(member)
        .filter(status=RequestStatus.REJECTED)
        .select_related("program", "version", "target__app")
        .defer("version__manifest", "configuration", "policy")
        .order_by("-id")[:OF_EACH]
    )
    above = reverse("approvals")
    for request in found:
        yield Failure(
            what=_("Request rejected"),
            of=_of(request.program.name, request.version.name, str(request.target)),
            url=f"{above}{request.id}/",
            at=request.decided_at or request.requested_at,
        )


def _canceled(member: Membership) -> Iterator[Failure]:
    found = releases_for(member).filter(status=ReleaseStatus.CANCELED, ended_at__isnull=False)
    above = reverse("release_list")
    for release in found.order_by("-ended_at")[:OF_EACH]:
        if release.ended_at is not None:
            yield Failure(
                what=_("Release canceled"),
                of=_of(release.program.name, release.version.name, str(release.target)),
                url=f"{above}{release.id}/",
                at=release.ended_at,
                tone="warning",
            )


def _broken_checks(member: Membership) -> Iterator[Failure]:
    """Checks that could not be carried out; what they find is no failure of theirs."""
    runs = CheckRun.objects.filter(
        workspace_id=member.workspace_id, state=RunState.FAILED, finished_at__isnull=False
    )
    if Role(member.role) not in SEES_ALL:
        runs = runs.filter(version__program__in=programs_for(member).values("id"))
    found = runs.select_related("version__program").defer("version__manifest", "troubles")
    for run in found.order_by("-finished_at")[:OF_EACH]:
        version = run.version
        if run.finished_at is not None:
            yield Failure(
                what=_("Automated checks broke off"),
                of=f"{version.program.name} {version.name}",
                url=reverse("program_version", args=[version.program.app_id, version.code]),
                at=run.finished_at,
            )


def _troubles(member: Membership) -> Iterator[Failure]:
    """What fails still, however long ago it began: webhooks and the mail server."""
    if member.may(Permission.WEBHOOKS_READ):
        for endpoint in Endpoint.objects.filter(workspace_id=member.workspace_id):
            since = endpoint.failing_since if endpoint.enabled else endpoint.disabled_at
            if since is not None and endpoint.disabled_because != Stop.BY_HAND:
                what = _("Webhook fails") if endpoint.enabled else _("Webhook disabled: it failed")
                url = reverse("webhook", args=[endpoint.id])
                yield Failure(what=what, of=endpoint.label, url=url, at=since)
    if member.may(Permission.MAIL_READ):
        queue = MailQueue.objects.filter(
            workspace_id=member.workspace_id, failing_since__isnull=False
        ).first()
        if queue is not None and queue.failing_since is not None:
            yield Failure(
                what=_("Mail is not sent: the mail server fails"),
                of="",
                url=reverse("mail_log"),
                at=queue.failing_since,
            )


def _of(program: str, version: str, target: str) -> str:
    return f"{program} {version}, {target}"
