"""Who is told by mail of what became of a domain: a listener, which `portico.config` connects."""

from __future__ import annotations

from collections.abc import Mapping

from django.urls import reverse

from portico.domains.models import StateChange
from portico.domains.rules import State
from portico.outbox.models import Event
from portico.service_email.services import send_to_admins
from portico.workspaces.hosts import own_address_of
from portico.workspaces.models import Workspace

TOLD: Mapping[tuple[State, State], str] = {
    (State.PENDING, State.ACTIVE): "domain_active",
    (State.VERIFIED, State.ACTIVE): "domain_active",
    (State.DEGRADED, State.ACTIVE): "domain_recovered",
    (State.SUSPENDED, State.ACTIVE): "domain_recovered",
    (State.ACTIVE, State.DEGRADED): "domain_degraded",
    (State.VERIFIED, State.SUSPENDED): "domain_suspended",
    (State.DEGRADED, State.SUSPENDED): "domain_suspended",
}
NOTHING = {"text": "", "facts": {}}


def tell_admins_of_domain(event: Event) -> None:
    """Mail all admins of a workspace that its domain is in use, or is not as it should be.

    Listens to `domain.state_changed`. It writes mails and nothing else, in the transaction in
    which the event's delivery is written down: nobody is told twice.
    """
    template = TOLD.get((State(event.payload["from"]), State(event.payload["to"])))
    if template is None:
        return
    workspace = Workspace.objects.get(id=event.workspace_id)
    send_to_admins(template, _context(workspace, event), workspace)


def _context(workspace: Workspace, event: Event) -> dict[str, object]:
    change = StateChange.objects.filter(
        domain__workspace=workspace,
        domain__name=event.payload["domain"],
        after=event.payload["to"],
        at=event.created_at,
    ).first()
    why = change.why if change else {}
    return {
        "workspace": workspace.name,
        "domain": event.payload["domain"],
        "at": event.created_at.isoformat(),
        "time_zone": workspace.time_zone,
        # At a host of the platform: the domain itself may be what does not work.
        "url": own_address_of(workspace, reverse("check_domain")),
        "meaning": why.get("meaning") or NOTHING,
        "advice": why.get("advice") or NOTHING,
    }
