"""Drafts: values that are kept and not yet live."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from portico.audit.services import Actor, record
from portico.basic_settings.models import Origin, SettingsDraft, SettingsRevision
from portico.basic_settings.payloads import P, parse
from portico.basic_settings.registry import AnySection
from portico.basic_settings.sections import Section
from portico.basic_settings.services.errors import DraftGone, NoDraft, NoDraftsHere, StaleDraft
from portico.basic_settings.services.publish import lock, make_live, refuse_stale, refuse_unknown
from portico.basic_settings.services.secrets import LIVE, forget_unneeded, refuse_unbound, take_in
from portico.files.services import release, use
from portico.workspaces.models import Workspace


def save_draft(
    workspace: Workspace,
    section: Section[P],
    values: dict[str, Any],
    *,
    based_on: int,
    version: int,
    by: Actor,
    at: datetime,
    opened_on: str = LIVE,
) -> SettingsDraft:
    """Keep these values as the section's draft. Nothing becomes visible.

    `version` is that of the draft which the writer saw, 0 for none; `based_on` the revision that
    was live when they began; `opened_on` as in a save. Raises `InvalidFields`, `StaleDraft` or
    `NoDraftsHere`, and `StaleRevision` for a revision that there never was.
    """
    if not section.drafts:
        raise NoDraftsHere(section=str(section.title))
    with transaction.atomic():
        pointer = lock(workspace, section)
        refuse_unknown(pointer, based_on)
        draft = _draft(workspace, section)
        _refuse_stale_draft(draft, version)
        payload = take_in(pointer, section, values, opened_on=opened_on, at=at)
        section.prepare(workspace, payload, at=at)
        if draft is None:
            draft = SettingsDraft(workspace=workspace, section=section.name, version=0)
        draft.payload = payload.model_dump(mode="json")
        draft.based_on = based_on
        draft.version += 1
        draft.author_id = by.person_id
        draft.updated_at = at
        draft.save()
        use(workspace, section.files(workspace, payload), user_kind="draft", user_id=draft.id)
        forget_unneeded(pointer, section, at=at)
        _record("settings.draft_saved", workspace, section, by=by, at=at)
    return draft


def publish_draft(
    workspace: Workspace,
    section: Section[P],
    *,
    version: int,
    based_on: int,
    by: Actor,
    at: datetime,
    reason: str = "",
) -> SettingsRevision:
    """Make the draft live and drop it.

    `based_on` is the live revision over which the writer means to publish. Raises `NoDraft`,
    `StaleDraft`, `StaleRevision`, or what a save would.
    """
    with transaction.atomic():
        pointer = lock(workspace, section)
        draft = _draft(workspace, section)
        if draft is None:
            raise NoDraft(section=str(section.title))
        _refuse_stale_draft(draft, version)
        refuse_stale(pointer, based_on)
        payload = parse(section.schema, draft.payload)
        refuse_unbound(pointer, section, payload)
        revision = make_live(
            pointer, section, payload, origin=Origin.DRAFT, by=by, at=at, reason=reason
        )
        _drop(draft)
        forget_unneeded(pointer, section, at=at)
    return revision


def discard_draft(
    workspace: Workspace, section: AnySection, *, version: int, by: Actor, at: datetime
) -> None:
    """Throw the draft away. Raises `NoDraft` or `StaleDraft`."""
    with transaction.atomic():
        pointer = lock(workspace, section)
        draft = _draft(workspace, section)
        if draft is None:
            raise NoDraft(section=str(section.title))
        _refuse_stale_draft(draft, version)
        _drop(draft)
        forget_unneeded(pointer, section, at=at)
        _record("settings.draft_discarded", workspace, section, by=by, at=at)


def _draft(workspace: Workspace, section: AnySection) -> SettingsDraft | None:
    return SettingsDraft.objects.filter(workspace=workspace, section=section.name).first()


def _refuse_stale_draft(draft: SettingsDraft | None, version: int) -> None:
    if (draft.version if draft else 0) == version:
        return
    if draft is None:
        raise DraftGone
    raise StaleDraft(who=draft.author or _("Somebody"))


def _drop(draft: SettingsDraft) -> None:
    release(user_kind="draft", user_id=draft.id)
    draft.delete()


def _record(
    action: str, workspace: Workspace, section: AnySection, *, by: Actor, at: datetime
) -> None:
    record(
        action,
        by=by,
        at=at,
        workspace_id=workspace.id,
        subject_kind="section",
        subject_id=section.name,
        subject_label=str(section.title),
    )
