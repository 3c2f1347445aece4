"""Mail to those concerned, for each event of a release. Listens to the outbox."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q, QuerySet
from django.urls import reverse

from portico.approvals.models import ApprovalRequest
from portico.audit.models import AuditPerson
from portico.miniprograms.access import SEES_ALL
from portico.miniprograms.models import ProgramRole
from portico.outbox.models import Event
from portico.releases.models import Release, ReleaseEvent
from portico.releases.notices.mails import template_of
from portico.releases.notices.topics import OWN
from portico.releases.notices.words import WORDS
from portico.service_email.services import send
from portico.service_email.topics.services import who_want
from portico.workspaces.hosts import address_of
from portico.workspaces.models import Membership
from portico.workspaces.permissions import Role

TOLD_TO_ADMINS = frozenset({"removed", "taken_offline"})
"""What the admins of the workspace are told of, too."""

CLOSES_A_REQUEST = frozenset({"release.offline_rejected", "release.offline_withdrawn"})

LISTENS_TO = tuple(f"release.{event}" for event in WORDS)


def tell_of_release(event: Event) -> None:
    """Mail those concerned what happened to a release: the Admins of the mini program, whoever
    made the release and whoever asked for it; of what is live no more also the workspace's admins.

    Who chose to get no mail about its topic gets none, nor does whoever did it and wants no mail
    about their own steps. A scaling to everybody is left to the mail about the full release.
    """
    happened = event.name.removeprefix("release.")
    if happened == "scaled" and event.payload["percentage"] == 100:
        return
    release = (
        Release.objects.select_related("workspace", "program", "version", "target__app", "request")
        .defer("version__manifest")
        .filter(workspace_id=event.workspace_id, id=UUID(event.payload["release"]))
        .first()
    )
    if release is None:  # its workspace is gone
        return
    request = _request_of(event)
    did_it = _who_did(event, release, request)
    context = _context(event, release, did_it)
    for member in who_want(_concerned(release, request, happened), WORDS[happened].topic.name):
        if did_it and member.person_id == did_it.id and not _wants_own(member):
            continue
        send(
            template_of(happened),
            member.person.email,
            context,
            release.workspace,
            at=event.created_at,
        )


def _request_of(event: Event) -> ApprovalRequest | None:
    """The request that it was about: of a release, or to take one offline."""
    found = ApprovalRequest.objects.select_related("requested_by", "closed_by").filter(
        workspace_id=event.workspace_id, id=event.payload["request"]
    )
    return found.first()


def _who_did(event: Event, release: Release, request: ApprovalRequest | None) -> AuditPerson | None:
    """Who had it happen. What happens to a request alone is no event of the release: the one with
    its number is what happened before."""
    if request is not None and event.name == "release.offline_requested":
        return request.requested_by
    if request is not None and event.name in CLOSES_A_REQUEST:
        return request.closed_by
    step = ReleaseEvent.objects.select_related("person").filter(
        release=release, number=event.payload["number"]
    )
    found = step.first()
    return found.person if found else None


def _concerned(
    release: Release, request: ApprovalRequest | None, happened: str
) -> QuerySet[Membership]:
    requests = [one for one in (release.request, request) if one]
    people = {release.created_by_id, *(one.requested_by_id for one in requests)}
    who = Q(programs__program=release.program_id, programs__role=ProgramRole.ADMIN)
    who |= Q(person_id__in=[one for one in people if one])
    if happened in TOLD_TO_ADMINS:
        who |= Q(role=Role.ADMIN)
    # Whoever is not assigned to a program any more may not see it, and is told nothing of it.
    sees_it = Q(role__in=SEES_ALL) | Q(programs__program=release.program_id)
    return (
        Membership.objects.active()
        .filter(who, workspace_id=release.workspace_id)
        .filter(sees_it)
        .select_related("person")
        .order_by("id")
        .distinct()
    )


def _wants_own(member: Membership) -> bool:
    return who_want(Membership.objects.filter(id=member.id), OWN.name).exists()


def _context(event: Event, release: Release, person: AuditPerson | None) -> dict[str, object]:
    return {
        "workspace": release.workspace.name,
        "program": release.program.name,
        "app_id": release.program.app_id,
        "version": str(release.version),
        "target": str(release.target),
        "percentage": f"{event.payload['percentage']:g}",
        "status": event.payload["to"],
        "who": (person.name or person.email) if person else "",
        "reason": event.payload["reason"],
        "at": event.created_at.isoformat(),
        "time_zone": release.workspace.time_zone,
        "url": address_of(release.workspace, reverse("release", args=[release.id])),
    }
