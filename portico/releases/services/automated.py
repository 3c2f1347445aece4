"""What the automated checks approve once they are over."""

from __future__ import annotations

from uuid import UUID

from portico.approvals.models import ApprovalRequest, Decision, RequestKind, RequestStatus
from portico.outbox.models import Event as OutboxEvent
from portico.release_process.policy import AutomatedReview
from portico.releases.rules.pipeline import Status
from portico.releases.services.applying import approve_by_checks
from portico.releases.services.scene import on_target


def approve_what_is_checked(event: OutboxEvent) -> None:
    """Have the automated review approve the requests that wait for it. Listens to
    `version.checked`."""
    waiting = ApprovalRequest.objects.select_related("program", "target").filter(
        workspace_id=event.workspace_id,
        version=UUID(event.payload["version"]),
        kind=RequestKind.RELEASE,
        status=RequestStatus.IN_REVIEW,
        policy__automated_review=AutomatedReview.APPROVING.value,
    )
    for request in waiting.order_by("id"):
        _approve(request, event)


def _approve(request: ApprovalRequest, event: OutboxEvent) -> None:
    at = event.created_at
    with on_target(request.program, request.target, request.release, at=at) as scene:
        release = scene.named(request.release)
        if release.status != Status.UNDER_REVIEW or release.request_id != request.id:
            return  # decided or withdrawn meanwhile
        if Decision.objects.filter(request=request, reviewer=None).exists():
            return  # it has approved already, and others have to
        approve_by_checks(scene, release, at=at)
