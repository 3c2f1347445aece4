"""Making values live: save, restore, reset. One transaction each, with audit and event."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from portico.audit.services import Actor, record
from portico.basic_settings.models import LiveSetting, Origin, SettingsRevision
from portico.basic_settings.payloads import P, parse, read_stored
from portico.basic_settings.registry import AnySection
from portico.basic_settings.rules import check_reason
from portico.basic_settings.sections import Section
from portico.basic_settings.services.errors import StaleRevision
from portico.basic_settings.services.read import audit_changes, revision_of
from portico.basic_settings.services.secrets import (
    LIVE,
    forget_unneeded,
    refuse_unbound,
    take_in,
)
from portico.files.services import use
from portico.outbox.services import publish as publish_event
from portico.workspaces.models import Workspace


def save(
    workspace: Workspace,
    section: Section[P],
    values: dict[str, Any],
    *,
    based_on: int,
    by: Actor,
    at: datetime,
    reason: str = "",
    opened_on: str = LIVE,
) -> SettingsRevision:
    """Check these values and make them live.

    `based_on` is the number of the revision that the writer saw, 0 for none. Secrets that were not
    typed stay those of `opened_on`: `live`, `draft`, or a revision's number. Raises
    `InvalidFields`, another `Invalid`, or `StaleRevision`.
    """
    with transaction.atomic():
        pointer = lock(workspace, section)
        refuse_stale(pointer, based_on)
        payload = take_in(pointer, section, values, opened_on=opened_on, at=at)
        revision = make_live(
            pointer, section, payload, origin=Origin.SAVE, by=by, at=at, reason=reason
        )
        forget_unneeded(pointer, section, at=at)
    return revision


def restore(
    workspace: Workspace,
    section: Section[P],
    number: int,
    *,
    based_on: int,
    by: Actor,
    at: datetime,
    reason: str = "",
) -> SettingsRevision:
    """Publish a copy of an old revision, through every check that a save passes."""
    with transaction.atomic():
        pointer = lock(workspace, section)
        refuse_stale(pointer, based_on)
        old = revision_of(workspace, section, number)
        payload = parse(section.schema, old.payload)
        section.check_return(workspace, payload, at=at)
        refuse_unbound(pointer, section, payload)
        revision = make_live(
            pointer,
            section,
            payload,
            origin=Origin.RESTORE,
            by=by,
            at=at,
            reason=reason,
            restored_from=number,
        )
        forget_unneeded(pointer, section, at=at)
    return revision


def reset(
    workspace: Workspace,
    section: Section[P],
    *,
    based_on: int,
    by: Actor,
    at: datetime,
    reason: str = "",
) -> SettingsRevision:
    """Publish the platform's default."""
    with transaction.atomic():
        pointer = lock(workspace, section)
        refuse_stale(pointer, based_on)
        payload = section.default(workspace)
        section.check_return(workspace, payload, at=at)
        revision = make_live(
            pointer, section, payload, origin=Origin.RESET, by=by, at=at, reason=reason
        )
        forget_unneeded(pointer, section, at=at)
    return revision


def lock(workspace: Workspace, section: AnySection) -> LiveSetting:
    """The section's pointer, locked until the transaction ends, made if this is the first write."""
    LiveSetting.objects.bulk_create(
        [LiveSetting(workspace=workspace, section=section.name)], ignore_conflicts=True
    )
    pointer = LiveSetting.objects.select_for_update().get(workspace=workspace, section=section.name)
    # Only now: joined to the query above, whoever had to wait for the lock would be given the
    # revision that was live before they waited.
    if pointer.revision_id is not None:
        revisions = SettingsRevision.objects.select_related("author")
        pointer.revision = revisions.get(id=pointer.revision_id)
    pointer.workspace = workspace
    return pointer


def refuse_stale(pointer: LiveSetting, based_on: int) -> None:
    """Raise `StaleRevision` unless the writer saw the live revision."""
    if based_on != _number(pointer):
        raise _stale(pointer, based_on)


def refuse_unknown(pointer: LiveSetting, based_on: int) -> None:
    """Raise `StaleRevision` unless the writer saw some revision, be it the live one or not."""
    if not 0 <= based_on <= _number(pointer):
        raise _stale(pointer, based_on)


def _number(pointer: LiveSetting) -> int:
    return pointer.revision.number if pointer.revision else 0


def _stale(pointer: LiveSetting, based_on: int) -> StaleRevision:
    author = pointer.revision.author if pointer.revision else None
    return StaleRevision(who=author or _("The platform"), based_on=based_on, live=_number(pointer))


def make_live(
    pointer: LiveSetting,
    section: Section[P],
    payload: P,
    *,
    origin: Origin,
    by: Actor,
    at: datetime,
    reason: str,
    restored_from: int | None = None,
) -> SettingsRevision:
    """Write the next revision and point at it. The pointer is locked by the caller."""
    workspace, reason = pointer.workspace, check_reason(reason)
    before, number = pointer.revision, _number(pointer)
    payload = section.settle(workspace, payload, at=at)
    section.check(workspace, payload, at=at)
    section.prepare(workspace, payload, at=at)
    revision = SettingsRevision.objects.create(
        workspace=workspace,
        section=section.name,
        number=number + 1,
        based_on=number,
        payload=payload.model_dump(mode="json"),
        origin=origin,
        restored_from=restored_from,
        author_id=by.person_id,
        reason=reason,
        created_at=at,
    )
    use(workspace, section.files(workspace, payload), user_kind="revision", user_id=revision.id)
    pointer.revision = revision
    pointer.save(update_fields=["revision"])
    section.published(workspace, payload, by=by, at=at)
    old = read_stored(section.schema, before.payload) if before else section.default(workspace)
    record(
        f"settings.{origin.value}",
        by=by,
        at=at,
        workspace_id=workspace.id,
        subject_kind="section",
        subject_id=section.name,
        subject_label=str(section.title),
        reason=reason,
        changes=audit_changes(section, old, payload),
    )
    publish_event(
        "settings.changed",
        workspace_id=workspace.id,
        payload={
            "section": section.name,
            "revision": revision.number,
            "sensitive": section.sensitive,
        },
        at=at,
    )
    return revision
