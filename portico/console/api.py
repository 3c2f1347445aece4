"""The audit log over HTTP."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from ninja import Query, Schema
from pydantic import AwareDatetime, Field

from portico.audit.models import AuditEntry
from portico.audit.queries import Filters, entries_of, page_of
from portico.console.subjects import invitations_named, labels_of, subject_of
from portico.kernel.access import requires
from portico.kernel.permissions import Permission
from portico.workspaces.api_door import ApiRouter
from portico.workspaces.http import TokenRequest


class EntryAnswer(Schema):
    """One thing that happened. `actor` is empty for the platform and for an erased person."""

    id: UUID
    at: datetime
    action: str
    actor: str
    via: str
    ip: str | None
    subject_kind: str
    subject_id: str
    subject_label: str
    reason: str
    changes: list[dict[str, Any]]


class EntriesAnswer(Schema):
    """A page of entries, newest first. `next`: pass it as `cursor` for the page after."""

    items: list[EntryAnswer]
    next: UUID | None


class EntriesAsked(Schema):
    """What to look for; what is left out asks for nothing."""

    q: str = Field("", max_length=200, description="Beginnings of words.")
    action: str = Field("", max_length=80)
    since: AwareDatetime | None = Field(None, description="Inclusive, with its offset from UTC.")
    until: AwareDatetime | None = Field(None, description="Exclusive.")
    cursor: UUID | None = None
    limit: int = Field(50, ge=1, le=200)


router = ApiRouter(tags=["Audit"])


@router.get("", response=EntriesAnswer, operation_id="list_audit", summary="Read the audit log")
@requires(Permission.AUDIT_READ)
def list_audit(request: TokenRequest, asked: Query[EntriesAsked]) -> EntriesAnswer:
    """What happened in this workspace, newest first."""
    filters = Filters(words=asked.q, action=asked.action, since=asked.since, until=asked.until)
    found = entries_of(request.workspace.id, filters, invitations_named)
    page = page_of(found, size=asked.limit, before=asked.cursor)
    labels = labels_of(page.entries)
    return EntriesAnswer(
        items=[_answer(entry, subject_of(entry, labels)) for entry in page.entries],
        next=page.oldest,
    )


def _answer(entry: AuditEntry, subject: str) -> EntryAnswer:
    actor = entry.actor
    return EntryAnswer(
        id=entry.id,
        at=entry.at,
        action=entry.action,
        actor=(actor.email or actor.name) if actor else "",
        via=entry.via,
        ip=entry.ip,
        subject_kind=entry.subject_kind,
        subject_id=entry.subject_id,
        subject_label=subject,
        reason=entry.reason,
        changes=entry.changes,
    )
