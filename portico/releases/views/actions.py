"""What a member can do with a release now, each with its form, and what they cannot, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from portico.kernel.errors import gettext_noop
from portico.kernel.sentences import Sentence
from portico.releases.models import ReleaseStatus
from portico.releases.possible import Possible, possible
from portico.releases.rules.pipeline import Event, Who
from portico.releases.views.around import Surroundings
from portico.releases.views.consequences import consequences_of
from portico.releases.views.event_forms import Around, EventForm
from portico.releases.views.set_forms import FORMS
from portico.ui.texts import tell

NOTHING_TO_GO_BACK_TO: Final = gettext_noop(
    "No version that was replaced on this target could be brought back."
)


@dataclass(frozen=True)
class Look:
    """How an action is called and drawn. `yes`: what its button says."""

    title: str | Promise
    yes: str | Promise
    icon: str
    tone: str = "plain"


LOOKS: Final[Mapping[Event, Look]] = {
    Event.APPLY: Look(_("Apply for the release"), _("Apply for it"), "arrow", "primary"),
    Event.START_PILOT: Look(_("Start the pilot"), _("Give it to them"), "people", "primary"),
    Event.COMPLETE_PILOT: Look(
        _("Complete the pilot"), _("Complete the pilot"), "check", "primary"
    ),
    Event.GO_LIVE: Look(_("Go live"), _("Go live"), "arrow", "primary"),
    Event.RESUME: Look(_("Resume"), _("Resume"), "arrow", "primary"),
    Event.SCALE: Look(_("Scale up"), _("Scale up"), "arrow", "primary"),
    Event.START_RAMP: Look(_("Start a ramp"), _("Start the ramp"), "sort"),
    Event.STOP_RAMP: Look(_("Stop the ramp"), _("Stop the ramp"), "dash"),
    Event.PAUSE: Look(_("Pause"), _("Pause"), "dash"),
    Event.UPDATE_PILOT: Look(_("Change the testers"), _("Replace the testers"), "people"),
    Event.BYPASS_PILOT: Look(_("Bypass the pilot"), _("Bypass the pilot"), "chevron-right"),
    Event.SET_RULES: Look(_("Targeting rules"), _("Save the rules"), "filter"),
    Event.CONFIGURE: Look(_("Configuration"), _("Save the configuration"), "gear"),
    Event.WITHDRAW: Look(_("Withdraw the request"), _("Withdraw"), "arrow-left"),
    Event.ROLL_BACK: Look(_("Roll back"), _("Roll back"), "history", "danger"),
    Event.CANCEL: Look(_("Cancel the release"), _("Cancel the release"), "cross", "danger"),
    Event.TAKE_OFFLINE: Look(_("Take offline"), _("Take offline"), "trash", "danger"),
    Event.FORCE_REMOVE: Look(_("Remove by force"), _("Remove at once"), "trash", "danger"),
}
"""Every event that a page offers, in the order in which it stands there."""


# Where one of two can be done, nobody has to be told why the other cannot.
OPPOSITES: Final[Mapping[Event, Event]] = {
    Event.PAUSE: Event.RESUME,
    Event.RESUME: Event.PAUSE,
    Event.START_RAMP: Event.STOP_RAMP,
    Event.STOP_RAMP: Event.START_RAMP,
    Event.START_PILOT: Event.UPDATE_PILOT,
    Event.UPDATE_PILOT: Event.START_PILOT,
}


@dataclass(frozen=True)
class Action:
    """Something that can be done now. It is open where its form came back or was asked for."""

    event: str
    title: str
    yes: str
    icon: str
    tone: str
    url: str
    consequences: list[str]
    form: EventForm
    is_open: bool

    @property
    def is_multipart(self) -> bool:
        """Whether a file can be sent along."""
        return self.form.is_multipart()


@dataclass(frozen=True)
class NotNow:
    """Something that this member could do with a release like this, but not at present."""

    title: str
    why: str


@dataclass(frozen=True)
class Options:
    """What can be done, and what cannot."""

    actions: list[Action]
    not_now: list[NotNow]

    @property
    def open(self) -> Action | None:
        """The one whose form is open."""
        return next((one for one in self.actions if one.is_open), None)


def options_of(
    around: Surroundings, *, at: datetime, bound: EventForm | None = None, wanted: str = ""
) -> Options:
    """What the member can do. `bound` is a form that came back; `wanted` the event whose form is
    asked for."""
    actions, not_now = [], []
    refusals = _refusals(around, at)
    for event, look in LOOKS.items():
        if event not in refusals:
            continue
        why_not = refusals[event]
        is_bound = bound is not None and bound.event is event
        if why_not is not None and not is_bound:
            if refusals.get(OPPOSITES.get(event, event), why_not) is not None:
                not_now.append(NotNow(str(look.title), tell(why_not)))
            continue
        form = bound if bound is not None and is_bound else FORMS[event](on=form_around(around))
        actions.append(
            Action(
                event=event.value,
                title=str(look.title),
                yes=str(look.yes),
                icon=look.icon,
                tone=look.tone,
                url=reverse("release_event", args=[around.release.id, event.value]),
                consequences=consequences_of(event, around),
                form=form,
                is_open=is_bound or wanted == event.value,
            )
        )
    return Options(actions, not_now)


def form_around(around: Surroundings) -> Around:
    """What the forms have to know."""
    return Around(
        release=around.release,
        policy=around.policy,
        stable=around.stable,
        under_way=around.under_way,
        archived=tuple(around.archived),
        is_admin=around.is_admin,
    )


def _refusals(around: Surroundings, at: datetime) -> dict[Event, Sentence | None]:
    """The events that this member may fire at such a release, each with what is against it."""
    found = {
        one.event: one.why_not
        for one in possible(around.release, around.member, at=at)
        if _asks_of(one) & around.capacities
    }
    if around.release.status == ReleaseStatus.FULL and around.is_actor:
        # What was live before is gone back to from the page of what is, too.
        found[Event.ROLL_BACK] = None if around.archived else Sentence(NOTHING_TO_GO_BACK_TO)
    return found


def _asks_of(one: Possible) -> frozenset[Who]:
    # What is live is taken offline by a request, which reviewers decide on elsewhere.
    return ACTORS if one.event is Event.TAKE_OFFLINE else one.step.who


ACTORS: Final = frozenset({Who.RELEASE_ACTOR})
