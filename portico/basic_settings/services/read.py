"""Reading settings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, Generic, TypeVar

from django.db.models import QuerySet
from django.utils.translation import gettext

from portico.audit.services import Change as AuditChange
from portico.basic_settings.models import LiveSetting, SettingsDraft, SettingsRevision
from portico.basic_settings.payloads import P, Payload, leaves_of, read_stored
from portico.basic_settings.registry import AnySection
from portico.basic_settings.secret_fields import CHANGED, SET, word
from portico.basic_settings.sections import Section
from portico.files.services import files_of
from portico.kernel.errors import NotFound
from portico.ui.values import Change, Fact
from portico.workspaces.models import Workspace

S = TypeVar("S", bound=Payload)


@dataclass(frozen=True)
class Live(Generic[P]):
    """A section's live values. `number` 0: nothing was ever saved, the default applies."""

    payload: P
    number: int
    revision: SettingsRevision | None


class LiveSettings:
    """All live settings of a workspace, read in one query when the first is asked for.

    `drafts`: payloads to show instead, for a preview.
    """

    def __init__(self, workspace: Workspace, drafts: dict[str, dict[str, Any]] | None = None):
        self.workspace = workspace
        self.drafts = drafts or {}

    @cached_property
    def _revisions(self) -> dict[str, SettingsRevision]:
        pointers = LiveSetting.objects.filter(
            workspace=self.workspace, revision__isnull=False
        ).select_related("revision", "revision__author")
        return {pointer.section: pointer.revision for pointer in pointers if pointer.revision}

    @cached_property
    def fingerprint(self) -> tuple[tuple[str, int], ...]:
        """Changes whenever a live value does: the live revision numbers by section."""
        return tuple(sorted((name, found.number) for name, found in self._revisions.items()))

    def live(self, section: Section[S]) -> Live[S]:
        """A section's live values (never a draft's)."""
        revision = self._revisions.get(section.name)
        if revision is None:
            return Live(payload=section.default(self.workspace), number=0, revision=None)
        return Live(
            payload=read_stored(section.schema, revision.payload),
            number=revision.number,
            revision=revision,
        )

    def payload(self, section: Section[S]) -> S:
        """The values that pages show: the live ones, or in a preview the draft's."""
        if section.name in self.drafts:
            return read_stored(section.schema, self.drafts[section.name])
        return self.live(section).payload


def live_settings(workspace: Workspace) -> LiveSettings:
    """All live settings of a workspace."""
    return LiveSettings(workspace)


def live(workspace: Workspace, section: Section[S]) -> Live[S]:
    """One section's live values."""
    return LiveSettings(workspace).live(section)


def history(workspace: Workspace, section: AnySection) -> QuerySet[SettingsRevision]:
    """All revisions of a section, newest first, with their authors."""
    return SettingsRevision.objects.filter(
        workspace=workspace, section=section.name
    ).select_related("author")


def revision_of(workspace: Workspace, section: AnySection, number: int) -> SettingsRevision:
    """One revision of a section; raises `NotFound`."""
    try:
        return history(workspace, section).get(number=number)
    except SettingsRevision.DoesNotExist:
        raise NotFound from None


def payload_of(section: Section[S], revision: SettingsRevision) -> S:
    """A revision's values."""
    return read_stored(section.schema, revision.payload)


def payload_of_draft(section: Section[S], draft: SettingsDraft) -> S:
    """A draft's values."""
    return read_stored(section.schema, draft.payload)


def payload_at(workspace: Workspace, section: Section[S], number: int) -> S:
    """The values of a numbered revision; the default where there is none such, as for 0."""
    revision = history(workspace, section).filter(number=number).first()
    return payload_of(section, revision) if revision else section.default(workspace)


def draft_of(workspace: Workspace, section: AnySection) -> SettingsDraft | None:
    """The section's draft, if there is one."""
    return (
        SettingsDraft.objects.filter(workspace=workspace, section=section.name)
        .select_related("author")
        .first()
    )


def drafts_of(workspace: Workspace) -> dict[str, SettingsDraft]:
    """All drafts of a workspace, by section name."""
    found = SettingsDraft.objects.filter(workspace=workspace).select_related("author")
    return {draft.section: draft for draft in found}


def facts_of(
    workspace: Workspace, section: Section[S], payload: S, *, at: datetime
) -> tuple[Fact, ...]:
    """How a state is shown, in the order of the card."""
    files = files_of(workspace, section.files(workspace, payload))
    return tuple(section.facts(workspace, payload, at=at, files=files).values())


def diff(
    workspace: Workspace, section: Section[S], before: S, after: S, *, at: datetime
) -> list[Change]:
    """What differs between two states, field by field, as pages show it."""
    return diffs(workspace, section, [(before, after)], at=at)[0]


def diffs(
    workspace: Workspace, section: Section[S], pairs: list[tuple[S, S]], *, at: datetime
) -> list[list[Change]]:
    """What differs within each pair of states; the files of all of them are read at once."""
    hashes = {sha256 for pair in pairs for one in pair for sha256 in section.files(workspace, one)}
    files = files_of(workspace, hashes)
    return [
        [
            _secret_change(shown_before, shown_after, before, after, field)
            if field in section.secrets
            else _change(field, shown_before, shown_after)
            for field in changed_fields(before, after)
            if field in shown_before or field in shown_after
        ]
        for before, after in pairs
        for shown_before in [section.facts(workspace, before, at=at, files=files)]
        for shown_after in [section.facts(workspace, after, at=at, files=files)]
    ]


def _change(field: str, before: dict[str, Fact], after: dict[str, Fact]) -> Change:
    """A section may leave out a fact that says nothing; then its field reads "Not set"."""
    shown = after.get(field) or before[field]
    return Change(
        field=shown.label,
        before=before[field].value if field in before else None,
        after=after[field].value if field in after else None,
    )


def _secret_change(
    shown_before: dict[str, Fact],
    shown_after: dict[str, Fact],
    before: Payload,
    after: Payload,
    field: str,
) -> Change:
    """A secret is only ever shown as set or not, and as changed where it was replaced."""
    words = {"": None, SET: gettext("Set"), CHANGED: gettext("Changed")}
    return Change(
        field=(shown_after.get(field) or shown_before[field]).label,
        before=words[word(None, before, field)],
        after=words[word(before, after, field)],
    )


def audit_changes(section: AnySection, before: Payload, after: Payload) -> list[AuditChange]:
    """What differs, as text for the audit log; a secret only as set or not, or changed."""
    old, new = leaves_of(before), leaves_of(after)
    return [
        AuditChange(field=field, before=word(None, before, field), after=word(before, after, field))
        if field in section.secrets
        else AuditChange(field=field, before=_text(old[field]), after=_text(new[field]))
        for field in changed_fields(before, after)
    ]


def changed_fields(before: Payload, after: Payload) -> list[str]:
    """The fields that differ, those of parts named with them, in the order of the schema."""
    old, new = leaves_of(before), leaves_of(after)
    return [field for field in new if old[field] != new[field]]


def _text(value: object) -> str:
    return "" if value is None else str(value)
