"""Deciding on a request of whatever kind, and withdrawing it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from portico.approvals.findings import marked
from portico.approvals.models import ApprovalRequest, RequestKind, ReviewVerdict
from portico.approvals.services import check_open
from portico.kernel.errors import NotFound
from portico.releases import services
from portico.releases.acting import By
from portico.releases.models import Release

ABOUT_THE_REASON: Final = frozenset(
    {"rejection_without_reason", "reason_missing", "reason_too_long", "text_too_long"}
)
"""Codes of what can be wrong with a reason."""


def decide(
    asked: ApprovalRequest,
    verdict: ReviewVerdict,
    *,
    by: By,
    at: datetime,
    reason: str = "",
    findings: Sequence[str] = (),
    screenshots: Sequence[str] = (),
) -> ApprovalRequest:
    """Approve or reject a request; returns it as it stands then.

    `findings` are keys of automated findings of its version, which the decision keeps copies of;
    `screenshots` hashes of files that were taken in as such. Raises what
    `portico.releases.services.approve` and `reject` do, and `UnknownFindings`.
    """
    check_open(asked)  # before what is wrong with the rest: nothing of that matters any more
    verb = services.approve if verdict is ReviewVerdict.APPROVE else services.reject
    return verb(
        asked,
        by=by,
        at=at,
        reason=reason,
        findings=marked(asked.version, findings),
        screenshots=screenshots,
    )


def withdraw(asked: ApprovalRequest, *, by: By, at: datetime, reason: str = "") -> None:
    """Take a request back. Raises what the services of its kind do, and `RequestIsOver`."""
    check_open(asked)
    if asked.kind == RequestKind.OFFLINE:
        services.withdraw_offline(asked, by=by, at=at)
        return
    release = Release.objects.filter(workspace_id=asked.workspace_id, id=asked.release).first()
    if release is None:
        raise NotFound
    services.withdraw(release, by=by, at=at, reason=reason)
