"""Telling members by mail of a version that they have to accept: each once, a batch at a time.

A batch is one transaction: its mails, the rows that say who was told, and the job for the next
batch. A worker that is killed leaves nothing behind, and whoever takes the job up again finds who
was told already.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from portico.legal.acceptance.exempting import exemptions_of
from portico.legal.acceptance.rules import AGREED, Published, asks, covering
from portico.legal.acceptance.standing import published_in
from portico.legal.models import LegalAnswer, LegalNotice, LegalVersion
from portico.outbox.models import Event
from portico.service_email.services import send
from portico.workspaces.hosts import address_of
from portico.workspaces.models import Membership

AT_A_TIME = 200
FIRST = UUID(int=0)
What = LegalNotice.What
TEMPLATES = {What.CHANGED: "legal_changed", What.WITHDRAWN: "legal_withdrawn"}


def tell_of_published(event: Event) -> None:
    """Have all members told of a version that asks them. Listens to `legal.published`.

    Corrections are not told of, nor is the Cookie Notice: its banner asks visitors by itself.
    """
    version = _version(event)
    found = published_in(version.workspace)
    mine = next((one for one in found if one.id == version.id), None)
    if mine is not None and version.kind in AGREED and asks(mine, found):
        _defer(version, What.CHANGED, FIRST)


def tell_of_withdrawn(event: Event) -> None:
    """Have those who were told of a version told that it does not come. Listens to
    `legal.withdrawn`."""
    version = _version(event)
    if LegalNotice.objects.filter(version=version, what=What.CHANGED).exists():
        _defer(version, What.WITHDRAWN, FIRST)


def tell_some(version_id: UUID, what: LegalNotice.What, *, after: UUID, at: datetime) -> int:
    """Tell the next members behind this one, and have the rest told; how many mails were queued."""
    with transaction.atomic():
        # Whoever withdraws the version waits, and so does another worker with the same batch.
        version = (
            LegalVersion.objects.select_for_update(of=("self",), no_key=True)
            .select_related("workspace")
            .get(id=version_id)
        )
        if what is What.CHANGED and version.withdrawn_at is not None:
            return 0
        active = Membership.objects.active().filter(workspace=version.workspace)
        some = list(active.filter(id__gt=after).select_related("person").order_by("id")[:AT_A_TIME])
        members = _to_be_told(version, what, some, at=at)
        LegalNotice.objects.bulk_create(
            [LegalNotice(version=version, membership=one, what=what, at=at) for one in members]
        )
        for member in members:
            _send(version, what, member, at=at)
        if len(some) == AT_A_TIME:
            _defer(version, what, some[-1].id)
    return len(members)


def _to_be_told(
    version: LegalVersion, what: LegalNotice.What, some: Sequence[Membership], *, at: datetime
) -> list[Membership]:
    told = _told(version, what, some)
    if what is What.WITHDRAWN:
        wanted = _told(version, What.CHANGED, some)
        return [member for member in some if member.id in wanted - told]
    exempt = set(
        exemptions_of(version.workspace, at=at)
        .filter(membership__in=some)
        .values_list("membership_id", flat=True)
    )
    found = published_in(version.workspace)
    mine = next(one for one in found if one.id == version.id)
    accepted = _accepted(covering(mine, found), some)
    return [member for member in some if member.id not in told | exempt | accepted]


def _told(version: LegalVersion, what: LegalNotice.What, some: Sequence[Membership]) -> set[UUID]:
    notices = LegalNotice.objects.filter(version=version, what=what, membership__in=some)
    return set(notices.values_list("membership_id", flat=True))


def _accepted(versions: Sequence[Published], some: Sequence[Membership]) -> set[UUID]:
    answers = LegalAnswer.objects.filter(
        accepted=True, membership__in=some, version__in=[one.id for one in versions]
    )
    return set(answers.values_list("membership_id", flat=True))


def _send(
    version: LegalVersion, what: LegalNotice.What, member: Membership, *, at: datetime
) -> None:
    workspace, chosen = version.workspace, member.person.language
    document = reverse("legal_version", kwargs={"kind": version.kind, "number": version.number})
    context = {
        "workspace": workspace.name,
        "kind": version.kind,
        "number": version.number,
        "effective_at": version.effective_at.isoformat(),
        "time_zone": workspace.time_zone,
        "is_in_force": version.effective_at <= at,
        "document_url": address_of(workspace, document),
        "accept_url": address_of(workspace, reverse("accept_documents")),
    }
    send(
        TEMPLATES[what],
        member.person.email,
        context,
        workspace,
        language=chosen if chosen in dict(settings.LANGUAGES) else workspace.default_language,
        at=at,
    )


def _defer(version: LegalVersion, what: LegalNotice.What, after: UUID) -> None:
    from portico.legal.acceptance.tasks import tell  # noqa: PLC0415 - tasks import this module

    tell.defer(version_id=str(version.id), what=what.value, after=str(after))


def _version(event: Event) -> LegalVersion:
    return LegalVersion.objects.select_related("workspace").get(
        workspace_id=event.workspace_id,
        kind=event.payload["kind"],
        number=event.payload["version"],
    )
