"""What the templates of a section show: its card, its form, its history."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from portico.basic_settings.models import SettingsDraft, SettingsRevision
from portico.basic_settings.payloads import read_stored
from portico.basic_settings.registry import AnySection
from portico.basic_settings.sections import SettingsForm
from portico.basic_settings.services import Live, LiveSettings, diff, diffs, facts_of
from portico.ui.values import Change, Fact
from portico.workspaces.models import Workspace


@dataclass(frozen=True)
class Note:
    """Something to say on a card, once."""

    sentence: str
    tone: str


@dataclass(frozen=True)
class Card:
    """One section as the Settings page shows it."""

    section: AnySection
    workspace: Workspace
    live: Live[Any]
    draft: SettingsDraft | None
    at: datetime
    notes: tuple[Note, ...] = ()

    @cached_property
    def facts(self) -> tuple[Fact, ...]:
        """The present values."""
        return facts_of(self.workspace, self.section, self.live.payload, at=self.at)

    @cached_property
    def hints(self) -> tuple[str, ...]:
        """What is worth saying about them."""
        return self.section.hints(self.workspace, self.live.payload, at=self.at)

    @cached_property
    def extras(self) -> dict[str, Any]:
        """What the section's own template needs."""
        return self.section.extras(self.workspace, self.live.payload, at=self.at)

    @cached_property
    def draft_changes(self) -> list[Change]:
        """What publishing the draft would change."""
        if self.draft is None:
            return []
        payload = read_stored(self.section.schema, self.draft.payload)
        return diff(self.workspace, self.section, self.live.payload, payload, at=self.at)


@dataclass(frozen=True)
class Conflict:
    """A save that came too late: whose change was first, and what it changed.

    `what` introduces the changes.
    """

    sentence: str
    what: str
    changes: list[Change]


@dataclass(frozen=True)
class Editor:
    """A section's form on its way: what it is based on, and what came between.

    `opened_on` says whose values it was opened with: `live`, `draft`, or a revision's number.
    `held` is the id of secrets that were typed into it and are not printed again. `changed`: it
    holds what was typed or filled in, although its fields were printed with it.
    """

    card: Card
    form: SettingsForm
    based_on: int
    version: int
    extras: dict[str, Any]
    reason: str = ""
    conflict: Conflict | None = None
    opened_on: str = "live"
    held: str = ""
    changed: bool = False


@dataclass(frozen=True)
class Entry:
    """One revision in a history, with what it changed."""

    revision: SettingsRevision
    changes: list[Change]
    is_live: bool


def cards_of(
    settings: LiveSettings,
    sections: tuple[AnySection, ...],
    drafts: dict[str, SettingsDraft],
    *,
    at: datetime,
    notes: Mapping[str, tuple[Note, ...]],
) -> list[Card]:
    """A card for each section, from what was already read.

    `notes`: what to say on a card, by the section's name.
    """
    return [
        Card(
            section,
            settings.workspace,
            settings.live(section),
            drafts.get(section.name),
            at,
            notes.get(section.name, ()),
        )
        for section in sections
    ]


def entries_of(
    workspace: Workspace,
    section: AnySection,
    revisions: list[SettingsRevision],
    *,
    live_number: int,
    at: datetime,
) -> list[Entry]:
    """Revisions with their differences: each is compared with the next in the list.

    Pass one revision more than is to be shown, unless the list ends with the first.
    """
    payloads = [read_stored(section.schema, revision.payload) for revision in revisions]
    olders = [*payloads[1:], section.default(workspace)]
    changes = diffs(workspace, section, list(zip(olders, payloads, strict=False)), at=at)
    return [
        Entry(revision=revision, changes=changed, is_live=revision.number == live_number)
        for revision, changed in zip(revisions, changes, strict=True)
    ]
