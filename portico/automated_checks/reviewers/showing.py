"""Reviewers, what they were asked and the calls, in words, in the current language."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from portico.automated_checks.models import Review, ReviewCall, Reviewer, ReviewState
from portico.automated_checks.reviewers.queries import Asked
from portico.automated_checks.showing import REVIEW_TONES
from portico.ui.values import Fact, State
from portico.webhooks.pipeline.troubles import said
from portico.webhooks.rules.addresses import is_plain


@dataclass(frozen=True)
class ReviewerRow:
    """A reviewer in the list."""

    reviewer: Reviewer
    state: State
    last: Review | None
    last_state: State | None


@dataclass(frozen=True)
class CallRow:
    """A call in words."""

    call: ReviewCall
    trouble: str
    took: str


@dataclass(frozen=True)
class AskedRow:
    """What a reviewer was asked, and the calls about it."""

    review: Review
    version: str
    state: State
    trouble: str
    calls: list[CallRow]


def reviewer_rows(found: Iterable[tuple[Reviewer, Review | None]]) -> list[ReviewerRow]:
    """Reviewers in words."""
    return [
        ReviewerRow(one, reviewer_state(one), last, review_state(last) if last else None)
        for one, last in found
    ]


def reviewer_state(reviewer: Reviewer) -> State:
    """Whether it is asked."""
    return State(_("Enabled"), "good") if reviewer.enabled else State(_("Disabled"), "neutral")


def review_state(review: Review) -> State:
    """A review's state as a chip."""
    return State(str(ReviewState(review.state).label), REVIEW_TONES[review.state])


def reviewer_facts(reviewer: Reviewer) -> list[Fact]:
    """What is known of a reviewer, for its page."""
    facts = [
        Fact(_("State"), reviewer_state(reviewer)),
        Fact(_("Address"), reviewer.shown_url),
    ]
    if reviewer.disabled_at:
        facts.append(Fact(_("Disabled since"), reviewer.disabled_at))
    person = reviewer.changed_by
    facts.append(Fact(_("Changed at"), reviewer.changed_at))
    facts.append(Fact(_("Changed by"), str(person) if person else _("The platform")))
    return facts


def warnings_of(reviewer: Reviewer) -> list[str]:
    """What somebody should know about a reviewer's address."""
    if not is_plain(reviewer.url):
        return []
    return [
        _(
            "This address is called without encryption: whoever is on the way can read the link to "
            "a package, and use it first."
        )
    ]


def asked_rows(found: Iterable[Asked]) -> list[AskedRow]:
    """What a reviewer was asked, in words."""
    return [_asked(one) for one in found]


def _asked(asked: Asked) -> AskedRow:
    review, calls = asked.review, [_call(call) for call in asked.calls]
    trouble = said(review.trouble)
    told = bool(calls) and calls[0].trouble == trouble  # it stands beside the newest call
    return AskedRow(
        review=review,
        version=f"{review.run.version.program.app_id} {review.run.version}",
        state=review_state(review),
        trouble="" if told else trouble,
        calls=calls,
    )


def _call(call: ReviewCall) -> CallRow:
    took = f"{call.milliseconds:,} ms" if call.milliseconds is not None else ""
    return CallRow(call, said(call.trouble), took)
