"""Who is told by mail, in the transaction of what the mail tells."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.urls import reverse
from django.utils.translation import get_language

from portico.audit.services import Change
from portico.service_email.services import send_to_admins
from portico.two_factor.models import TwoFactorPolicy, TwoFactorReset
from portico.workspaces.hosts import address_of


def tell_admins_of_policy(
    policy: TwoFactorPolicy, changes: Sequence[Change], *, at: datetime
) -> None:
    """Tell all admins of a workspace that its policy changed."""
    workspace, who = policy.workspace, policy.changed_by
    context = {
        "workspace": workspace.name,
        "who": (who.name or who.email) if who else "",
        "at": at.isoformat(),
        "time_zone": workspace.time_zone,
        "changes": [dict(change) for change in changes],
        "url": address_of(workspace, reverse("two_factor_policy")),
    }
    send_to_admins("two_factor_policy_changed", context, workspace, at=at)


def tell_person_of_reset(reset: TwoFactorReset) -> None:
    """Have the platform's own mailer tell somebody that an admin reset their two-factor."""
    from portico.two_factor.tasks import send_reset_notice  # noqa: PLC0415 - it imports this

    send_reset_notice.defer(reset_id=str(reset.id), language=get_language() or "en")
