"""What follows from doing something with a release, said before it is done."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from django.utils.translation import gettext as _

from portico.releases.models import Release, ReleaseStatus
from portico.releases.rules.pipeline import Event, after_pilot, next_after_review
from portico.releases.showing import share_text
from portico.releases.views.around import Surroundings
from portico.releases.words import status_name


def consequences_of(event: Event, around: Surroundings) -> list[str]:
    """The sentences to stand above the form of an event."""
    say = _SAID.get(event)
    return say(around) if say else []


def falls_back(around: Surroundings) -> str:
    """What users get instead, once they get this release no longer."""
    release, stable = around.release, around.stable
    facts = {"program": release.program.name, "target": str(release.target)}
    if stable is None or stable.id == release.id:
        text = _("Users of %(target)s see “not available” then: nothing else of it is live there.")
        return text % facts
    text = _("All users of %(target)s get version %(stable)s then.")
    return text % {**facts, "stable": stable.version.name}


def _apply(around: Surroundings) -> list[str]:
    policy = around.policy
    first = status_name(ReleaseStatus.UNDER_REVIEW if policy.review else next_after_review(policy))
    said = [
        _("It is in “%(status)s” then, and keeps the Release Process as it is now.")
        % {"status": first}
    ]
    other = around.under_way
    if other is not None and other.id != around.release.id:
        facts = {"other": other.version.name, "status": status_name(other.status)}
        said.append(_("Version %(other)s is on its way there: %(status)s.") % facts)
    return said


def _go_live(around: Surroundings) -> list[str]:
    if around.stable is None:
        return [
            _(
                "This is the first release to %(target)s: nothing else is live there, and whoever "
                "does not get it sees “not available”. You can give it to everybody at once."
            )
            % {"target": str(around.release.target)}
        ]
    return [
        _("Others keep version %(stable)s. The first share is at most %(most)s.")
        % {
            "stable": around.stable.version.name,
            "most": share_text(around.policy.largest_first_share),
        }
    ]


def _scale(around: Surroundings) -> list[str]:
    if around.stable is None:
        return [_("Whoever does not get it sees “not available”: nothing else is live there.")]
    said = [_("Others keep version %(stable)s.") % {"stable": around.stable.version.name}]
    if not around.release.share:
        most = share_text(around.policy.largest_first_share)
        said.append(_("The first share is at most %(most)s.") % {"most": most})
    return said


def _start_ramp(_around: Surroundings) -> list[str]:
    return [
        _(
            "The share grows by itself, step by step. The ramp waits while a release window is "
            "closed, in a freeze and while it is paused; you can stop it at any time."
        )
    ]


def _pause(around: Surroundings) -> list[str]:
    share = share_text(around.release.share)
    return [_("Whoever has it keeps it: %(share)s. Nobody more gets it.") % {"share": share}]


def _cancel(around: Surroundings) -> list[str]:
    used = _("Version %(version)s is used up on this target then.")
    return [falls_back(around), used % {"version": around.release.version.name}]


def _pilot(around: Surroundings) -> list[str]:
    return [
        _(
            "They get version %(version)s at once, and keep it through the grayscale release. Who "
            "they are is kept as it is now: a group that changes later does not change the pilot."
        )
        % {"version": around.release.version.name}
    ]


def _after_pilot(around: Surroundings) -> list[str]:
    return [_("It is in “%(status)s” then.") % {"status": status_name(after_pilot(around.policy))}]


def _bypass(around: Surroundings) -> list[str]:
    return [*_after_pilot(around), _("Nobody gets it as a tester.")]


def _configure(around: Surroundings) -> list[str]:
    if around.release.status == ReleaseStatus.CREATED:
        return [_("It changes what this release takes along. The set-up of the target stays.")]
    return [
        _("This voids the approval: what was approved is not what would be released."),
        _("Testers do not get it any more, and it has to be applied for again."),
    ]


def _rules(around: Surroundings) -> list[str]:
    if around.release.share:
        return [_("Somebody has it already: rules can be widened or removed, and not narrowed.")]
    return [
        _("Only users that fit are counted in. At 100 %, everybody gets it, whatever they say.")
    ]


def _offline(around: Surroundings) -> list[str]:
    release = around.release
    facts = {
        "program": release.program.name,
        "target": str(release.target),
        "version": release.version.name,
    }
    text = _("“%(program)s” %(version)s goes off %(target)s. Its data is kept.")
    said = [text % facts, _not_available(release)]
    if around.offline_is_reviewed:
        return [_("This makes a request; it happens once that is approved."), *said]
    return [_("It happens at once: nothing is reviewed in the Sandbox."), *said]


def _remove(around: Surroundings) -> list[str]:
    release = around.release
    return [
        _("It happens at once, without a review, and is kept on the record."),
        _not_available(release),
        _("Version %(version)s cannot be brought back: it needs a new review.")
        % {"version": release.version.name},
    ]


def _not_available(release: Release) -> str:
    text = _("Users of %(target)s see “not available” then.")
    return text % {"target": str(release.target)}


def _roll_back(around: Surroundings) -> list[str]:
    candidate = around.candidate
    said = []
    if around.stable is not None:
        text = _("Everybody gets it at once; version %(stable)s is archived.")
        said.append(text % {"stable": around.stable.version.name})
    if candidate is not None:
        text = _("Version %(other)s, which is in “%(status)s”, is canceled.")
        facts = {"other": candidate.version.name, "status": status_name(candidate.status)}
        said.append(text % facts)
    return said


_SAID: Final[Mapping[Event, Callable[[Surroundings], list[str]]]] = {
    Event.APPLY: _apply,
    Event.START_PILOT: _pilot,
    Event.UPDATE_PILOT: _pilot,
    Event.COMPLETE_PILOT: _after_pilot,
    Event.BYPASS_PILOT: _bypass,
    Event.CONFIGURE: _configure,
    Event.SET_RULES: _rules,
    Event.GO_LIVE: _go_live,
    Event.SCALE: _scale,
    Event.START_RAMP: _start_ramp,
    Event.PAUSE: _pause,
    Event.CANCEL: _cancel,
    Event.TAKE_OFFLINE: _offline,
    Event.FORCE_REMOVE: _remove,
    Event.ROLL_BACK: _roll_back,
}
