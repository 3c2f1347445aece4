"""Secrets on their way into a section's values, and out of use again. The pointer is locked."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from portico.basic_settings.models import LiveSetting, SettingsDraft, SettingsRevision
from portico.basic_settings.payloads import P, parse, read_stored
from portico.basic_settings.secret_fields import (
    check_bound,
    ids_in,
    plains_of,
    settled,
    take_apart,
)
from portico.basic_settings.sections import Section
from portico.kernel.errors import NotFound
from portico.secrets.services import Binding, forget_all_but
from portico.workspaces.models import Workspace

LIVE, DRAFT = "live", "draft"


def take_in(
    pointer: LiveSetting,
    section: Section[P],
    values: dict[str, Any],
    *,
    opened_on: str,
    at: datetime,
) -> P:
    """The payload of what was given, secrets that were typed kept and named by their ids.

    `opened_on` says which values the writer had before them, whose secrets stay where none was
    typed: `live`, `draft`, or a revision's number. Raises `InvalidFields`.
    """
    if not section.secrets:
        return parse(section.schema, values)
    rest, typed = take_apart(section.secrets, values)
    payload = parse(section.schema, rest)
    ids: dict[str, UUID | None] = settled(
        pointer.workspace,
        section.secrets,
        typed,
        payload_opened_on(pointer.workspace, section, opened_on),
        lambda field: section.binding(payload, field),
        kind=section.name,
        at=at,
    )
    return payload.model_copy(update=ids)


def with_plain_secrets(
    workspace: Workspace,
    section: Section[P],
    values: dict[str, Any],
    *,
    opened_on: str = LIVE,
) -> tuple[P, dict[str, str]]:
    """The payload of values that are not saved, and the plain secrets by field ("" for none).

    The same rules hold as for a save, and nothing is kept. Raises `InvalidFields`.
    """
    rest, typed = take_apart(section.secrets, values)
    payload = parse(section.schema, rest)

    def binding_of(name: str) -> Binding | None:
        return section.binding(payload, name)

    there = payload_opened_on(workspace, section, opened_on)
    return payload, plains_of(workspace, section.secrets, typed, there, binding_of)


def refuse_unbound(pointer: LiveSetting, section: Section[P], payload: P) -> None:
    """Raise `InvalidFields` where a stored payload names a secret that cannot be used with it."""
    check_bound(
        pointer.workspace, section.secrets, payload, lambda field: section.binding(payload, field)
    )


def forget_unneeded(pointer: LiveSetting, section: Section[P], *, at: datetime) -> None:
    """Forget the section's secrets that neither live values nor the draft nor itself need."""
    if not section.secrets:
        return
    workspace = pointer.workspace
    needed = ids_in(
        section.secrets,
        [
            _live(pointer, section),
            *(
                read_stored(section.schema, draft.payload)
                for draft in SettingsDraft.objects.filter(workspace=workspace, section=section.name)
            ),
        ],
    )
    for field in section.secrets:
        forget_all_but(
            workspace,
            needed | section.secrets_in_use(workspace),
            kind=f"{section.name}.{field}",
            at=at,
        )


def payload_opened_on(workspace: Workspace, section: Section[P], opened_on: str) -> P:
    """The values that a writer had before them. A draft that is gone by now: the live ones."""
    if opened_on not in {LIVE, DRAFT}:
        return _numbered(workspace, section, opened_on)
    if opened_on == DRAFT:
        draft = SettingsDraft.objects.filter(workspace=workspace, section=section.name).first()
        if draft is not None:
            return read_stored(section.schema, draft.payload)
    pointer = (
        LiveSetting.objects.filter(workspace=workspace, section=section.name)
        .select_related("revision")
        .first()
    )
    if pointer is None:
        return section.default(workspace)
    pointer.workspace = workspace
    return _live(pointer, section)


def _numbered(workspace: Workspace, section: Section[P], number: str) -> P:
    if not number.isascii() or not number.isdigit() or len(number) > 9:
        raise NotFound
    revision = SettingsRevision.objects.filter(
        workspace=workspace, section=section.name, number=int(number)
    ).first()
    if revision is None:
        raise NotFound
    return read_stored(section.schema, revision.payload)


def _live(pointer: LiveSetting, section: Section[P]) -> P:
    if pointer.revision is None:
        return section.default(pointer.workspace)
    return read_stored(section.schema, pointer.revision.payload)
