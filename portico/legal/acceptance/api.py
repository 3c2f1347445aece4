"""Everybody's acceptance over HTTP, for admins; one's own is in `own_api`."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from ninja import Query, Schema
from pydantic import AwareDatetime, Field

from portico.accounts.http import actor_of
from portico.kernel.access import requires
from portico.kernel.clock import now
from portico.kernel.permissions import Permission
from portico.legal.acceptance import coverage, exempting
from portico.legal.acceptance.coverage import CoverageState
from portico.legal.acceptance.coverage_views import evidence_answer, record_export
from portico.legal.models import LegalAnswer, LegalExemption, LegalKind
from portico.workspaces.api_door import ApiRouter
from portico.workspaces.http import TokenRequest
from portico.workspaces.models import Membership


class CoverageAsked(Schema):
    """Which version, and whom to list; what is left out asks for nothing."""

    kind: LegalKind
    version: int = Field(ge=1, le=2_000_000_000)
    state: CoverageState | None = None
    q: str = Field("", max_length=200, description="Parts of the name or the address.")
    cursor: UUID | None = None
    limit: int = Field(50, ge=1, le=200)


class VersionAsked(Schema):
    """A version."""

    kind: LegalKind
    version: int = Field(ge=1, le=2_000_000_000)


class FigureAnswer(Schema):
    """How many active members stand how. `must`: who has to accept, without the exempt."""

    must: int
    accepted: int
    declined: int
    waiting: int
    exempt: int


class CoveredMember(Schema):
    """How a member stands towards the version; `accepted_version` may be a later one."""

    member_id: UUID
    email: str
    name: str
    state: CoverageState
    accepted_version: int | None
    language: str
    sha256: str
    answered_at: datetime | None


class CoverageAnswer(Schema):
    """The figure, and some members in the order in which they joined. `next`: the `cursor` of
    those after."""

    figure: FigureAnswer
    items: list[CoveredMember]
    next: UUID | None


class ExemptionAnswer(Schema):
    """An exemption that counts now. `until` null: for good."""

    member_id: UUID
    email: str
    reason: str
    until: datetime | None
    made_at: datetime


class ExemptionGiven(Schema):
    """Why a member need not accept, and until when; null: for good."""

    reason: str = Field(max_length=exempting.MOST_OF_REASON)
    until: AwareDatetime | None = None


def _file(media_type: str) -> dict[str, Any]:
    """The answer that is a file, for the OpenAPI document."""
    schema = {"type": "string", "format": "binary"}
    content = {media_type: {"schema": schema}}
    return {"responses": {200: {"description": "OK", "content": content}}}


router = ApiRouter(tags=["Terms of Service"])


@router.get(
    "/terms-of-service/coverage",
    response=CoverageAnswer,
    operation_id="read_coverage",
    summary="Who has accepted a version?",
)
@requires(Permission.SETTINGS_READ)
def read_coverage(request: TokenRequest, asked: Query[CoverageAsked]) -> CoverageAnswer:
    """How many active members accepted a version, and how each stands; 404 for a version that asks
    nobody."""
    at = now()
    version = coverage.version_to_accept(request.workspace, asked.kind.value, asked.version)
    members = coverage.members_by_state(request.workspace, version, at=at)
    listed = coverage.narrowed(members, words=asked.q, state=asked.state or "").order_by("id")
    if asked.cursor:
        listed = listed.filter(id__gt=asked.cursor)
    rows = list(listed[: asked.limit + 1])
    page = rows[: asked.limit]
    answers = coverage.answers_of(page)
    figure = coverage.figure_of(members)
    return CoverageAnswer(
        figure=FigureAnswer(
            must=figure.must,
            accepted=figure.accepted,
            declined=figure.declined,
            waiting=figure.waiting,
            exempt=figure.exempt,
        ),
        items=[_covered(member, answers.get(member.id)) for member in page],
        next=page[-1].id if len(rows) > asked.limit else None,
    )


@router.get(
    "/terms-of-service/coverage/members.csv",
    operation_id="export_coverage",
    summary="Export who has accepted",
    openapi_extra=_file("text/csv"),
)
@requires(Permission.SETTINGS_READ)
def export_coverage(request: TokenRequest, asked: Query[VersionAsked]) -> HttpResponseBase:
    """All active members and how they stand towards a version, as CSV."""
    at = now()
    version = coverage.version_to_accept(request.workspace, asked.kind.value, asked.version)
    record_export("legal.coverage_exported", request, version, at=at)
    members = coverage.members_by_state(request.workspace, version, at=at)
    return StreamingHttpResponse(
        coverage.csv_of(version, members), content_type="text/csv; charset=utf-8"
    )


@router.get(
    "/terms-of-service/evidence.zip",
    operation_id="export_evidence",
    summary="Export the evidence for a version",
    openapi_extra=_file("application/zip"),
)
@requires(Permission.SETTINGS_READ)
def export_evidence(request: TokenRequest, asked: Query[VersionAsked]) -> HttpResponseBase:
    """Documents, ledger and members as a ZIP that the workspace's key signs; README.txt in it says
    how to verify it."""
    version = coverage.version_to_accept(request.workspace, asked.kind.value, asked.version)
    return evidence_answer(request, version, at=now())


@router.get(
    "/terms-of-service/exemptions",
    response=list[ExemptionAnswer],
    operation_id="list_exemptions",
    summary="List exemptions",
)
@requires(Permission.SETTINGS_READ)
def list_exemptions(request: TokenRequest) -> list[ExemptionAnswer]:
    """Who need not accept, the newest exemption first; the newest 1,000."""
    found = exempting.exemptions_of(request.workspace, at=now())[:1000]
    return [_exemption(exemption) for exemption in found]


@router.put(
    "/terms-of-service/exemptions/{member_id}",
    response=ExemptionAnswer,
    operation_id="exempt_member",
    summary="Exempt a member",
)
@requires(Permission.SETTINGS_CHANGE)
def exempt_member(request: TokenRequest, member_id: UUID, given: ExemptionGiven) -> ExemptionAnswer:
    """Let a member off accepting; 409 for one who is exempt already, 403 for oneself."""
    made = exempting.exempt(
        request.workspace,
        member_id,
        reason=given.reason,
        until=given.until,
        by=actor_of(request),
        at=now(),
    )
    return _exemption(made)


@router.delete(
    "/terms-of-service/exemptions/{member_id}",
    response={204: None},
    operation_id="end_exemption",
    summary="End an exemption",
)
@requires(Permission.SETTINGS_CHANGE)
def end_exemption(request: TokenRequest, member_id: UUID) -> HttpResponse:
    """Ask a member again; 409 for one who is not exempt."""
    exempting.end_exemption(request.workspace, member_id, by=actor_of(request), at=now())
    return HttpResponse(status=204)


def _covered(member: Membership, answer: LegalAnswer | None) -> CoveredMember:
    is_accepted = answer is not None and answer.accepted
    return CoveredMember(
        member_id=member.id,
        email=member.person.email,
        name=member.person.name,
        state=coverage.state_of(member),
        accepted_version=answer.version.number if answer is not None and is_accepted else None,
        language=answer.language if answer else "",
        sha256=answer.sha256 if answer else "",
        answered_at=answer.at if answer else None,
    )


def _exemption(exemption: LegalExemption) -> ExemptionAnswer:
    member = exemption.membership
    return ExemptionAnswer(
        member_id=member.id,
        email=member.person.email,
        reason=exemption.reason,
        until=exemption.until,
        made_at=exemption.made_at,
    )
