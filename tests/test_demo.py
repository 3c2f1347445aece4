"""The demo's releases: what somebody who looks at Portico for the first time finds."""

from __future__ import annotations

import pytest

from portico.approvals.models import ApprovalRequest, RequestStatus
from portico.config.seeding import seed
from portico.kernel.clock import now
from portico.releases.models import Release
from portico.rollout.models import Plan
from portico.workspaces.models import Workspace


@pytest.mark.django_db
def test_one_release_is_live_one_in_grayscale_at_20_percent_one_in_review() -> None:
    seed(at=now())
    seed(at=now())  # once more makes nothing more

    acme = Workspace.objects.get(slug="acme")
    found = [
        (one.version.name, one.target.app.code, one.status, one.share)
        for one in Release.objects.filter(workspace=acme).order_by("id")
    ]
    assert found == [
        ("1.0.0", "wallet", "full_release", 100_000),
        ("1.0.0", "web", "full_release", 100_000),
        ("1.1.0", "wallet", "grayscale_release", 20_000),
        ("1.1.0", "web", "under_review", 0),
    ]
    assert ApprovalRequest.objects.filter(status=RequestStatus.IN_REVIEW).count() == 1
    plan = Plan.objects.get(target__app__code="wallet", target__environment="production")
    assert (plan.threshold, sorted(plan.pilot)) == (20_000, ["user-1001", "user-1002"])
