"""A Release Process in words, and drawn as steps."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from portico.release_process.payload import DAYS, FreezePart, RampPart, WindowPart
from portico.release_process.policy import EVERYBODY, AutomatedReview, Policy
from portico.release_process.rules import percentage
from portico.ui.values import Stage, StageState

_MINUTE = timedelta(minutes=1)
_IN_AN_HOUR = 60
_IN_A_DAY = 24 * 60

REVIEWS = {
    AutomatedReview.OFF: _("Off"),
    AutomatedReview.ADVISORY: _("Advisory"),
    AutomatedReview.BLOCKING: _("Blocking"),
    AutomatedReview.APPROVING: _("Approving"),
}
DAY_NAMES = dict(
    zip(
        DAYS,
        (
            _("Monday"),
            _("Tuesday"),
            _("Wednesday"),
            _("Thursday"),
            _("Friday"),
            _("Saturday"),
            _("Sunday"),
        ),
        strict=True,
    )
)


def duration(minutes: int) -> str:
    """So many minutes, as people say it: "90 minutes", "2 hours", "3 days"."""
    if minutes and minutes % _IN_A_DAY == 0:
        days = minutes // _IN_A_DAY
        return ngettext("%(count)s day", "%(count)s days", days) % {"count": days}
    if minutes and minutes % _IN_AN_HOUR == 0:
        hours = minutes // _IN_AN_HOUR
        return ngettext("%(count)s hour", "%(count)s hours", hours) % {"count": hours}
    return ngettext("%(count)s minute", "%(count)s minutes", minutes) % {"count": minutes}


def percent(number: float) -> str:
    """A percentage with its sign."""
    return gettext("%(number)s %%") % {"number": f"{number:g}"}


def step_in_words(step: RampPart) -> str:
    """A step of the ramp."""
    if step.percentage == 100:
        return percent(step.percentage)
    return gettext("%(share)s for %(time)s") % {
        "share": percent(step.percentage),
        "time": duration(step.soak_minutes),
    }


def window_in_words(window: WindowPart) -> str:
    """When a window is open."""
    days = ", ".join(_runs([DAYS.index(day) for day in window.days]))
    return gettext("%(days)s, %(start)s to %(end)s") % {
        "days": days,
        "start": window.start,
        "end": window.end,
    }


def freeze_in_words(freeze: FreezePart) -> str:
    """When a freeze holds, and what for."""
    span = gettext("%(start)s to %(end)s") % {
        "start": _local(freeze.start),
        "end": _local(freeze.end),
    }
    return f"{span} ({freeze.note})" if freeze.note else span


def stages_of(policy: Policy) -> list[Stage]:
    """The steps that a release goes through, drawn by `{% stages %}`."""
    review = StageState.PLANNED if policy.review else StageState.SKIPPED
    pilot = StageState.PLANNED if policy.pilot_testing else StageState.SKIPPED
    off = gettext("Switched off")
    found = [
        Stage(
            gettext("Review"),
            StageState.LOCKED if policy.production else review,
            _review_in_short(policy) if policy.review else off,
        ),
        Stage(
            gettext("Pilot Testing"),
            pilot,
            gettext("Up to %(most)s testers") % {"most": policy.most_testers}
            if policy.pilot_testing
            else off,
        ),
    ]
    if policy.grayscale_release:
        first = percent(percentage(policy.largest_first_share))
        found.append(
            Stage(
                gettext("Grayscale Release"),
                StageState.LOCKED,
                gettext("Starts with at most %(share)s") % {"share": first},
            )
        )
    found.append(Stage(gettext("Full Release"), StageState.PLANNED, gettext("Everybody gets it")))
    return found


def sentences_of(policy: Policy) -> list[str]:
    """What a request made under this policy would go through, step by step."""
    return [
        _of_review(policy),
        _of_pilot(policy),
        *(_of_grayscale(policy) if policy.grayscale_release else _of_sandbox(policy)),
    ]


def ramp_minutes(policy: Policy) -> int:
    """How long the ramp takes until everybody, windows and freezes aside."""
    return sum((step.soak // _MINUTE for step in policy.ramp[:-1]), 0)


def _review_in_short(policy: Policy) -> str:
    if policy.approvals == 0:
        return gettext("A clean automated review approves")
    return ngettext("%(count)s approval", "%(count)s approvals", policy.approvals) % {
        "count": policy.approvals
    }


def _of_review(policy: Policy) -> str:
    if not policy.review:
        return gettext("It goes on without a review.")
    if policy.approvals == 0:
        return gettext(
            "A clean automated review approves it. Where there are findings, one person has to."
        )
    return f"{_of_people(policy)} {_OF_CHECKS[policy.automated_review]}"


def _of_people(policy: Policy) -> str:
    count = policy.approvals
    if policy.requester_may_approve:
        text = ngettext(
            "%(count)s person has to approve it, which may be the requester.",
            "%(count)s people have to approve it, and the requester may be one of them.",
            count,
        )
    else:
        text = ngettext(
            "%(count)s person other than the requester has to approve it.",
            "%(count)s people other than the requester have to approve it.",
            count,
        )
    return text % {"count": count}


_OF_CHECKS = {
    AutomatedReview.OFF: _("The automated review has no say."),
    AutomatedReview.ADVISORY: _("The automated review advises them."),
    AutomatedReview.BLOCKING: _("Nobody can as long as the automated review is not clean."),
    AutomatedReview.APPROVING: _("A clean automated review counts as one approval."),
}


def _of_pilot(policy: Policy) -> str:
    if not policy.pilot_testing:
        return gettext("There is no pilot.")
    return ngettext(
        "Then %(most)s tester tries it, unless the pilot is bypassed with a reason.",
        "Then up to %(most)s testers try it, unless the pilot is bypassed with a reason.",
        policy.most_testers,
    ) % {"most": policy.most_testers}


def _of_sandbox(policy: Policy) -> Iterator[str]:  # noqa: ARG001 - as that of Production
    yield gettext("Everybody in the Sandbox gets it then, all at once.")


def _of_grayscale(policy: Policy) -> Iterator[str]:
    first = percent(percentage(policy.largest_first_share))
    if policy.largest_first_share >= EVERYBODY:
        yield gettext("Then it reaches its users share by share.")
    else:
        yield gettext(
            "Then it reaches its users share by share, at most %(share)s of them at first."
        ) % {"share": first}
    soak = policy.shortest_soak // _MINUTE
    if soak:
        yield gettext("Everybody gets it %(time)s after the first share at the earliest.") % {
            "time": duration(soak)
        }
    shares = ", ".join(f"{percentage(step.share):g}" for step in policy.ramp)
    yield gettext("The default ramp goes %(shares)s %% within %(time)s.") % {
        "shares": shares,
        "time": duration(ramp_minutes(policy)),
    }
    yield _of_windows(policy)


def _of_windows(policy: Policy) -> str:
    count = len(policy.windows)
    if not count and not policy.freezes:
        return gettext("More users may be given it at any time.")
    text = (
        gettext("More users are given it only within the release windows, and never in a freeze.")
        if count
        else gettext("More users are given it at any time but in a freeze.")
    )
    clock = gettext("The clock is that of %(zone)s.") % {"zone": policy.time_zone}
    return f"{text} {clock}"


def _runs(days: Sequence[int]) -> Iterator[str]:
    """Days of the week by name; three and more in a row as from one to another."""
    rest = list(days)
    while rest:
        length = 1
        while length < len(rest) and rest[length] == rest[0] + length:
            length += 1
        run, rest = rest[:length], rest[length:]
        if length > 2:
            first, last = DAY_NAMES[DAYS[run[0]]], DAY_NAMES[DAYS[run[-1]]]
            yield gettext("%(first)s to %(last)s") % {"first": first, "last": last}
        else:
            yield from (str(DAY_NAMES[DAYS[day]]) for day in run)


def _local(text: str) -> str:
    """A local time in the current language; what is no time, as it stands."""
    try:
        return date_format(datetime.fromisoformat(text), "DATETIME_FORMAT")
    except ValueError:
        return text
