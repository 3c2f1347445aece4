"""What happened to a release: who did what, when and why, in the current language."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from portico.release_process.policy import EVERYBODY
from portico.releases.models import ReleaseEvent, ReleaseStatus
from portico.releases.rules.pipeline import Event, Who
from portico.releases.showing.words import share_text

ROLES: Final = {
    Who.REQUESTER: gettext_lazy("as the requester"),
    Who.REVIEWER: gettext_lazy("as a reviewer"),
    Who.INSPECTOR: gettext_lazy("as an inspector"),
}
BY_ITSELF: Final = {
    Who.AUTOMATED_REVIEW: gettext_lazy("Automated review"),
    Who.RAMP: gettext_lazy("The ramp"),
    Who.GUARDRAIL: gettext_lazy("A guardrail"),
    Who.PLATFORM: gettext_lazy("Portico"),
}
TONES: Final[Mapping[str, str]] = {
    Event.REJECT: "danger",
    Event.CANCEL: "danger",
    Event.FORCE_REMOVE: "danger",
    Event.TAKE_OFFLINE: "danger",
    Event.PAUSE: "warning",
    Event.APPROVE: "good",
}


@dataclass(frozen=True)
class Happened:
    """One line of a history. `who` is a name; `role` what they did it as, or empty. `on` is where
    it led, where that is another status."""

    number: int
    what: str
    who: str
    role: str
    reason: str
    on: str
    at: datetime
    tone: str


def happened(events: Iterable[ReleaseEvent]) -> list[Happened]:
    """What happened, in the order given; needs who did it (`person`) selected."""
    return [_line(event) for event in events]


def what_happened(event: ReleaseEvent) -> str:
    """One event in a few words, without who did it."""
    try:
        say = _SAID[Event(event.event)]
    except ValueError:  # one of a newer Portico
        return event.event
    text = say(event) if callable(say) else str(say)
    if event.details.get("overridden"):
        return _("%(what)s, past the release process") % {"what": text}
    return text


def who_did(event: ReleaseEvent) -> str:
    """Who it was: a name, or the part of Portico that did it by itself."""
    if event.person is not None:
        return event.person.name or event.person.email or _("Somebody who has left")
    return str(BY_ITSELF.get(_who(event), BY_ITSELF[Who.PLATFORM]))


def meanwhile(events: Iterable[ReleaseEvent]) -> str:
    """What happened to a release since somebody looked at it, in a sentence or more."""
    return " ".join(
        _("%(who)s: %(what)s.") % {"who": who_did(event), "what": what_happened(event)}
        for event in events
    )


def _line(event: ReleaseEvent) -> Happened:
    moved = event.after != event.before and event.after in set(ReleaseStatus.values)
    return Happened(
        number=event.number,
        what=what_happened(event),
        who=who_did(event),
        role=str(ROLES.get(_who(event), "")) if event.person is not None else "",
        reason=event.reason,
        on=str(ReleaseStatus(event.after).label) if moved else "",
        at=event.at,
        tone=TONES.get(event.event, "neutral"),
    )


def _who(event: ReleaseEvent) -> Who:
    return Who(event.who) if event.who in set(Who) else Who.PLATFORM


def share_after(event: ReleaseEvent) -> int | None:
    """The share that an event led to, in thousandths of a percent; None: it is no such event."""
    return _number(event, "to")


def _number(event: ReleaseEvent, name: str) -> int | None:
    found = event.details.get(name)
    return found if isinstance(found, int) and not isinstance(found, bool) else None


def _scaled(event: ReleaseEvent) -> str:
    after = share_after(event)
    if after is None:
        return _("scaled it up")
    if after == EVERYBODY:
        return _("gave it to everybody")
    before = _number(event, "from")
    if before:
        texts = {"before": share_text(before), "after": share_text(after)}
        return _("scaled it from %(before)s to %(after)s") % texts
    return _("gave it to %(after)s of the users") % {"after": share_text(after)}


def _approved(event: ReleaseEvent) -> str:
    given, needed = _number(event, "approvals"), _number(event, "needed")
    if given is None or needed is None or needed == 1:
        return _("approved it")
    return _("approved it (%(given)s of %(needed)s)") % {"given": given, "needed": needed}


def _configured(event: ReleaseEvent) -> str:
    if event.details.get("voided"):
        return _("changed the configuration; the approval is void")
    return _("changed the configuration")


def _pilot(event: ReleaseEvent) -> str:
    count = _number(event, "testers") or 0
    text = (
        ngettext(
            "gave it to %(count)s tester",
            "gave it to %(count)s testers",
            count,
        )
        if event.event == Event.START_PILOT
        else ngettext(
            "replaced the test group: %(count)s tester",
            "replaced the test group: %(count)s testers",
            count,
        )
    )
    return text % {"count": count}


_SAID: Final[Mapping[Event, str | Callable[[ReleaseEvent], str] | object]] = {
    Event.CREATE: gettext_lazy("made the release"),
    Event.CONFIGURE: _configured,
    Event.APPLY: gettext_lazy("applied for it"),
    Event.WITHDRAW: gettext_lazy("withdrew the request"),
    Event.REJECT: gettext_lazy("rejected it"),
    Event.APPROVE: _approved,
    Event.START_PILOT: _pilot,
    Event.UPDATE_PILOT: _pilot,
    Event.COMPLETE_PILOT: gettext_lazy("completed the pilot"),
    Event.BYPASS_PILOT: gettext_lazy("bypassed the pilot"),
    Event.SET_RULES: gettext_lazy("changed the targeting rules"),
    Event.GO_LIVE: gettext_lazy("went live"),
    Event.SCALE: _scaled,
    Event.START_RAMP: gettext_lazy("started the ramp"),
    Event.STOP_RAMP: gettext_lazy("stopped the ramp"),
    Event.PAUSE: gettext_lazy("paused it"),
    Event.RESUME: gettext_lazy("resumed it"),
    Event.CANCEL: gettext_lazy("canceled it"),
    Event.REPLACE: gettext_lazy("archived it: a newer release took its place"),
    Event.TAKE_OFFLINE: gettext_lazy("took it offline"),
    Event.FORCE_REMOVE: gettext_lazy("removed it by force"),
    Event.ROLL_BACK: gettext_lazy("rolled back to this version"),
}
