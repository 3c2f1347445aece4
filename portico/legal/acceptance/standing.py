"""How a member stands towards the documents, read along with what a request reads anyway."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BooleanField, Exists, F, OuterRef, Subquery, Value
from django.db.models.functions import JSONObject
from django.http import HttpRequest

from portico.legal.acceptance.rules import Asked, Published, asked_of
from portico.legal.models import LegalAnswer, LegalExemption, LegalVersion
from portico.workspaces.models import Membership, Workspace

VERSIONS, EXEMPTIONS = "legal_versions", "legal_exemptions"


@dataclass(frozen=True)
class Standing:
    """A workspace's versions, with what a member accepted, and until when they are exempt.

    `exempt_until` holds None where somebody is exempt for good.
    """

    versions: tuple[Published, ...]
    exempt_until: tuple[datetime | None, ...] = ()

    def is_exempt(self, *, at: datetime) -> bool:
        """Whether they need not accept anything at that moment."""
        return any(until is None or until > at for until in self.exempt_until)

    def asked(self, *, at: datetime) -> Asked:
        """What the member is asked to accept."""
        return asked_of(self.versions, exempt=self.is_exempt(at=at), at=at)

    def once_accepted(self, version_ids: Collection[UUID]) -> Standing:
        """How they stand once they have accepted these, too."""
        versions = [
            replace(one, accepted=one.accepted or one.id in version_ids) for one in self.versions
        ]
        return replace(self, versions=tuple(versions))


def versions_along(to_membership: str) -> Subquery:
    """The versions of the membership's workspace, each with whether they accepted it."""
    accepted = LegalAnswer.objects.filter(
        accepted=True,
        version_id=OuterRef("id"),
        membership_id=OuterRef(OuterRef(f"{to_membership}id")),
    )
    versions = LegalVersion.objects.filter(
        workspace_id=OuterRef(f"{to_membership}workspace_id"), withdrawn_at=None
    ).annotate(is_accepted=Exists(accepted))
    return ArraySubquery(versions.values(row=_row(F("is_accepted"))))


def exemptions_along(to_membership: str) -> Subquery:
    """The exemption of the membership that was not ended, if there is one."""
    exemptions = LegalExemption.objects.filter(
        membership_id=OuterRef(f"{to_membership}id"), ended_at=None
    )
    return ArraySubquery(exemptions.values(row=JSONObject(until="until")))


READS = {VERSIONS: versions_along, EXEMPTIONS: exemptions_along}


def standing_of(request: HttpRequest) -> Standing:
    """How whoever sends this request stands. Costs no query for members, one for everybody else."""
    known = cast("Standing | None", getattr(request, "portico_legal", None))
    if known is None:
        member = cast("Membership | None", getattr(request, "member", None))
        workspace = cast("Workspace", getattr(request, "workspace"))  # noqa: B009 - untyped here
        known = standing_in(member) if member else Standing(published_in(workspace))
        request.portico_legal = known  # type: ignore[attr-defined]
    return known


def standing_in(member: Membership) -> Standing:
    """How a member stands: as it was read along with the membership, else read now."""
    if not hasattr(member, VERSIONS):
        found = Membership.objects.filter(id=member.id)
        row = found.annotate(**{name: make("") for name, make in READS.items()}).first()
        if row is None:  # they were removed at this moment
            return Standing(())
        return standing_in(row)
    return Standing(
        versions=tuple(_published(row) for row in getattr(member, VERSIONS)),
        exempt_until=tuple(_moment(row["until"]) for row in getattr(member, EXEMPTIONS)),
    )


def published_in(workspace: Workspace) -> tuple[Published, ...]:
    """All versions of a workspace that were not withdrawn, accepted by nobody in particular."""
    versions = LegalVersion.objects.filter(workspace=workspace, withdrawn_at=None)
    nobody = Value(False, output_field=BooleanField())
    return tuple(_published(row) for row in versions.values_list(_row(nobody), flat=True))


def _row(accepted: F | Value) -> JSONObject:
    return JSONObject(
        id="id",
        kind="kind",
        number="number",
        material="material",
        effective_at="effective_at",
        accepted=accepted,
    )


def _published(row: Mapping[str, Any]) -> Published:
    return Published(
        id=UUID(row["id"]),
        kind=row["kind"],
        number=row["number"],
        material=row["material"],
        effective_at=datetime.fromisoformat(row["effective_at"]),
        accepted=row["accepted"],
    )


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
