"""A domain in the reader's words: its state, the records to enter, what a check saw."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portico.domains.checking import Record, Sentence, bind_snippet, instructions, shown
from portico.domains.checklists import CheckRow, check_rows, say
from portico.domains.models import STATES, AlternativeDomain, StateChange
from portico.domains.rules import Outcome, State, is_expired
from portico.domains.services import domain_of, question_for, slug_host_of
from portico.ui.values import State as Chip
from portico.workspaces.models import Workspace

STATE_NAMES: Mapping[str, Promise] = dict(STATES)
TONES: Mapping[State, str] = {
    State.PENDING: "info",
    State.VERIFIED: "info",
    State.ACTIVE: "good",
    State.DEGRADED: "warning",
    State.SUSPENDED: "danger",
    State.REMOVED: "neutral",
}
MEANINGS: Mapping[State, Promise] = {
    State.PENDING: gettext_lazy(
        "Nothing proves yet that the domain is yours. Enter the records in its DNS."
    ),
    State.VERIFIED: gettext_lazy(
        "The domain is yours. It is used for links as soon as it leads here and answers over HTTPS."
    ),
    State.ACTIVE: gettext_lazy(
        "The workspace is reached there, and links in its mails lead there."
    ),
    State.DEGRADED: gettext_lazy(
        "It is still in use, but does not work as it should. Seven days after that began it is "
        "suspended."
    ),
    State.SUSPENDED: gettext_lazy(
        "It was not mended in time: nothing is served there, and links lead to the current domain "
        "name. It comes back by itself once the checks find it in order."
    ),
}
REASONS: Mapping[str, Promise] = {
    Outcome.PROVEN: gettext_lazy("The TXT record was found."),
    Outcome.LEADS_HERE: gettext_lazy("The TXT record was found, and the name leads here."),
    Outcome.WORKS: gettext_lazy("Every check found it in order."),
    Outcome.FAILING: gettext_lazy("Three checks in a row found it out of order."),
    Outcome.FAILED: gettext_lazy("It was not mended within seven days."),
    Outcome.LAPSED: gettext_lazy("Nothing in the DNS spoke for it for 30 days."),
    Outcome.CLAIMED: gettext_lazy("It was taken back."),
    Outcome.REMOVED: gettext_lazy("It was removed from the settings."),
}


@dataclass(frozen=True)
class RecordRow:
    """A record to enter, with what it is for in words."""

    name: str
    type: str
    value: str
    purpose: str


@dataclass(frozen=True)
class ChangeRow:
    """One change of the state, in words."""

    before: str
    after: Chip
    reason: str
    at: datetime


@dataclass(frozen=True)
class DomainView:
    """A workspace's domain, as pages show it."""

    domain: AlternativeDomain
    at: datetime

    @property
    def shown_name(self) -> str:
        """As people write it, with the checked name beside it where that differs."""
        written = shown(self.domain.name)
        return (
            self.domain.name if written == self.domain.name else f"{written} ({self.domain.name})"
        )

    @property
    def state(self) -> State:
        """Where it stands."""
        return State(self.domain.state)

    @property
    def chip(self) -> Chip:
        """Its state, as a chip."""
        return chip_of(self.state)

    @property
    def tone(self) -> str:
        """Of what is said about it."""
        return TONES[self.state]

    @property
    def meaning(self) -> str:
        """What its state means."""
        if self.domain.rival:
            return _(
                "The TXT record was found, but another workspace here has the name, or had it "
                "until a short while ago. If it is yours, have it removed there. It is looked at "
                "again by itself."
            )
        if self.is_expired:
            return _(
                "Nothing proved for 14 days that the domain is yours, so it is no longer looked at "
                "by itself. Enter the records, and check it here."
            )
        return str(MEANINGS.get(self.state, ""))

    @property
    def is_wanted(self) -> bool:
        """Whether it was not removed."""
        return self.state is not State.REMOVED

    @property
    def is_expired(self) -> bool:
        """Whether one has stopped to look."""
        return is_expired(self.domain.standing, at=self.at)

    @property
    def needs_work(self) -> bool:
        """Whether something is to be done about it."""
        return self.state is not State.ACTIVE

    @property
    def next_check(self) -> datetime | None:
        """When it is looked at again; None: soon, or not by itself."""
        due = self.domain.due_at
        if due is None or due <= self.at or self.domain.queued_at is not None:
            return None
        return due

    @property
    def checks(self) -> tuple[CheckRow, ...]:
        """What the newest check saw; empty: there was none."""
        report = self.domain.report
        if not report:
            return ()
        return check_rows(report["checks"], culprit=report["culprit"] or "", goes_on=False)

    @property
    def records(self) -> tuple[RecordRow, ...]:
        """What has to be in the DNS."""
        return tuple(
            RecordRow(record.name, record.type, record.value, say(record.note))
            for record in records_of(self.domain)
        )

    @property
    def snippet(self) -> str:
        """The same as lines of a zone file."""
        return bind_snippet(question_for(self.domain))

    def history(self, *, most: int) -> list[ChangeRow]:
        """The newest changes of its state."""
        changes = StateChange.objects.filter(domain=self.domain).order_by("-at", "-id")[:most]
        return [_change_row(change) for change in changes]


def view_of(workspace: Workspace, *, at: datetime) -> DomainView | None:
    """The workspace's domain, if it has one."""
    domain = domain_of(workspace)
    if domain is None:
        return None
    domain.workspace = workspace
    return DomainView(domain, at)


def records_of(domain: AlternativeDomain) -> tuple[Record, ...]:
    """What has to be entered in the DNS of a domain. Its workspace must have been read with it."""
    return instructions(question_for(domain))


def effective_of(workspace: Workspace) -> dict[str, Any]:
    """What is in effect, for the API."""
    domain = domain_of(workspace)
    known: dict[str, Any] = {
        "current_domain": slug_host_of(workspace),
        "links_use": workspace.canonical_host or slug_host_of(workspace),
        "state": None,
        "since": None,
        "checked_at": None,
        "next_check_at": None,
        "records": [],
    }
    if domain is None:
        return known
    domain.workspace = workspace
    return known | {
        "state": domain.state,
        "since": domain.since,
        "checked_at": domain.checked_at,
        "next_check_at": domain.due_at,
        "records": [
            {"name": record.name, "type": record.type, "value": record.value}
            for record in records_of(domain)
        ],
    }


def chip_of(state: State) -> Chip:
    """A state as a chip."""
    return Chip(str(STATE_NAMES[state.value]), TONES[state])


def _change_row(change: StateChange) -> ChangeRow:
    meaning: dict[str, Any] = change.why.get("meaning") or {}
    why = say(Sentence(meaning["text"], meaning["facts"])) if meaning else ""
    return ChangeRow(
        before=str(STATE_NAMES.get(change.before, "")),
        after=chip_of(State(change.after)),
        reason=why or str(REASONS.get(change.reason, "")),
        at=change.at,
    )
