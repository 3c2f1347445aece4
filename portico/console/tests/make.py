"""Entries for the tests of the audit log."""

from __future__ import annotations

from datetime import datetime

from django.test import Client

from portico.audit.models import AuditEntry
from portico.audit.services import PLATFORM, Actor, Change, record
from portico.workspaces.models import Workspace
from tests.make import AT


def make_entry(
    workspace: Workspace,
    action: str = "settings.save",
    *,
    by: Actor = PLATFORM,
    at: datetime = AT,
    label: str = "Copyright Notice",
    reason: str = "",
    changes: tuple[Change, ...] = (),
) -> AuditEntry:
    """One entry of a workspace's audit log."""
    return record(
        action,
        by=by,
        at=at,
        workspace_id=workspace.id,
        subject_kind="section",
        subject_id="copyright-notice",
        subject_label=label,
        reason=reason,
        changes=changes,
    )


def wear_in(client: Client) -> None:
    """Have the monogram made and remembered, and the session seen: what few requests do."""
    client.get("/")
    client.get("/")
