"""A Release Process laid over requests of the past: which would have gone differently, and why.

Nothing is replayed and nobody is second-guessed: what was done is held against what would have had
to be done. A difference is either something that would have been demanded besides, and was not
there, or something that would not have been needed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from portico.kernel.errors import gettext_noop
from portico.kernel.sentences import Facts, Sentence
from portico.release_process.calendar import Closed, Why, closed_because
from portico.release_process.policy import EVERYBODY, AutomatedReview, Policy
from portico.release_process.rules import percentage


class Automated(StrEnum):
    """What the automated checks said of a version."""

    CLEAN = "clean"
    FINDINGS = "findings"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Enrollment:
    """That more users were given a release: which share of them had it from this moment on."""

    at: datetime
    share: int


@dataclass(frozen=True)
class PastRequest:
    """What one request went through until now.

    `title` names mini program, version and target, `status` says in words what became of it.
    `reviewed`: it was Under Review; `approved`: it left the review for the next step. `approvals`
    are those by people other than the requester. `piloted`: testers were picked. `went_on`: it got
    past pilot testing, or past the place where that would have been. `automated` is what the
    checks said when it was decided. `baseline`: there was a full release already when the first
    users were given it. `enrollments`: when the share grew, oldest first; none in the Sandbox.
    `pilot_bypassed`: with a reason.
    """

    title: str
    url: str
    production: bool
    status: str
    requested_at: datetime
    policy_revision: int
    reviewed: bool
    approved: bool
    approvals: int
    approved_by_requester: bool
    automated: Automated
    piloted: bool
    went_on: bool
    testers: int
    baseline: bool
    enrollments: tuple[Enrollment, ...] = ()
    pilot_bypassed: bool = False


class Kind(StrEnum):
    """What would have been different."""

    REVIEW = "review"
    APPROVALS = "approvals"
    AUTOMATED_REVIEW = "automated_review"
    PILOT_TESTING = "pilot_testing"
    TESTERS = "testers"
    FIRST_SHARE = "first_share"
    SOAK = "soak"
    WINDOW = "window"
    FREEZE = "freeze"


@dataclass(frozen=True)
class Difference:
    """One thing that would have been different. `stricter`: it would have been held up."""

    kind: Kind
    sentence: Sentence
    stricter: bool = True


@dataclass(frozen=True)
class Outcome:
    """A past request, and what would have been different; nothing: it would have gone the same."""

    request: PastRequest
    differences: tuple[Difference, ...]

    @property
    def held_up(self) -> bool:
        """Whether something would have been demanded of it that was not there."""
        return any(one.stricter for one in self.differences)


def simulate(policies: Mapping[bool, Policy], requests: Sequence[PastRequest]) -> list[Outcome]:
    """Hold each request against the policy of its environment; `policies[True]` is Production's."""
    return [
        Outcome(request, tuple(_differences(policies[request.production], request)))
        for request in requests
    ]


def _differences(policy: Policy, request: PastRequest) -> Iterator[Difference]:
    yield from _in_review(policy, request)
    yield from _in_pilot(policy, request)
    if request.enrollments:
        yield from _in_shares(policy, request)
        yield from _in_time(policy, request)


def _in_review(policy: Policy, request: PastRequest) -> Iterator[Difference]:
    if not policy.review:
        if request.reviewed:
            yield Difference(Kind.REVIEW, Sentence(_NO_REVIEW), stricter=False)
        return
    if not request.reviewed:
        yield Difference(Kind.REVIEW, Sentence(_REVIEW))
    elif request.approved:
        yield from _in_approvals(policy, request)


def _in_approvals(policy: Policy, request: PastRequest) -> Iterator[Difference]:
    if policy.automated_review is AutomatedReview.BLOCKING and not _clean(request):
        yield Difference(Kind.AUTOMATED_REVIEW, Sentence(_BLOCKED[request.automated]))
    own = request.approved_by_requester
    by_people = request.approvals + int(own and policy.requester_may_approve)
    by_checks = int(policy.automated_review is AutomatedReview.APPROVING and _clean(request))
    needed = _needed(policy)
    of_people = max(needed - by_checks, 0)
    facts: Facts = {"had": by_people + by_checks, "needed": needed}
    if by_people < of_people:
        refused_own = own and not policy.requester_may_approve
        text = _TOO_FEW_WITHOUT_OWN if refused_own else _TOO_FEW
        yield Difference(Kind.APPROVALS, Sentence(text, facts))
    elif by_people > of_people:
        text = _MORE_THAN_NEEDED if of_people else _BY_CHECKS_ALONE
        facts = {"had": by_people, "needed": of_people}
        yield Difference(Kind.APPROVALS, Sentence(text, facts), stricter=False)


def _needed(policy: Policy) -> int:
    """How many approvals: where none is needed of people, the checks' has to be there instead."""
    return max(policy.approvals, 1)


def _clean(request: PastRequest) -> bool:
    return request.automated is Automated.CLEAN


def _in_pilot(policy: Policy, request: PastRequest) -> Iterator[Difference]:
    tested = request.piloted or request.pilot_bypassed
    if policy.pilot_testing and request.went_on and not tested:
        yield Difference(Kind.PILOT_TESTING, Sentence(_PILOT))
    if not policy.pilot_testing and request.piloted:
        yield Difference(Kind.PILOT_TESTING, Sentence(_NO_PILOT), stricter=False)
    elif request.testers > policy.most_testers:
        facts: Facts = {"had": request.testers, "most": policy.most_testers}
        yield Difference(Kind.TESTERS, Sentence(_TOO_MANY_TESTERS, facts))


def _in_shares(policy: Policy, request: PastRequest) -> Iterator[Difference]:
    """Without a full release there is nobody to protect, and neither limit holds."""
    if not request.baseline:
        return
    first, last = request.enrollments[0], request.enrollments[-1]
    if first.share > policy.largest_first_share:
        facts: Facts = {
            "had": f"{percentage(first.share):g}",
            "most": f"{percentage(policy.largest_first_share):g}",
        }
        yield Difference(Kind.FIRST_SHARE, Sentence(_FIRST_SHARE, facts))
    took = last.at - first.at
    if last.share >= EVERYBODY and took < policy.shortest_soak:
        facts = {"had": took // _MINUTE, "least": policy.shortest_soak // _MINUTE}
        yield Difference(Kind.SOAK, Sentence(_SOAK, facts))


def _in_time(policy: Policy, request: PastRequest) -> Iterator[Difference]:
    found = [closed_because(policy, one.at) for one in request.enrollments]
    for why, kind, text in (
        (Why.WINDOW, Kind.WINDOW, _OUTSIDE),
        (Why.FREEZE, Kind.FREEZE, _IN_FREEZE),
    ):
        closed = [one for one in found if _is(one, why)]
        if closed:
            facts: Facts = {"count": len(closed), "all": len(found)}
            yield Difference(kind, Sentence(text, facts))


def _is(closed: Closed | None, why: Why) -> bool:
    return closed is not None and closed.why is why


_MINUTE: Final = timedelta(minutes=1)
_REVIEW: Final = gettext_noop("It went on without a review; it would have been reviewed first.")
_NO_REVIEW: Final = gettext_noop("It was reviewed; it would have gone on without a review.")
_BLOCKED: Final = {
    Automated.FINDINGS: gettext_noop(
        "The automated review had findings; nobody could have approved it."
    ),
    Automated.UNKNOWN: gettext_noop(
        "There was no clean automated review; nobody could have approved it before there was one."
    ),
    Automated.CLEAN: "",
}
_TOO_FEW: Final = gettext_noop(
    "It had %(had)s of the %(needed)s approvals that would have been needed."
)
_TOO_FEW_WITHOUT_OWN: Final = gettext_noop(
    "It was approved by whoever requested it, which would not have counted: it had %(had)s of the "
    "%(needed)s approvals that would have been needed."
)
_BY_CHECKS_ALONE: Final = gettext_noop(
    "Its clean automated review alone would have approved it; nobody would have been asked."
)
_MORE_THAN_NEEDED: Final = gettext_noop(
    "It had %(had)s approvals; %(needed)s would have been enough."
)
_PILOT: Final = gettext_noop(
    "It went on without testers; it would have gone through pilot testing first."
)
_NO_PILOT: Final = gettext_noop("It was tested in a pilot; it would have gone on without one.")
_TOO_MANY_TESTERS: Final = gettext_noop("It had %(had)s testers; at most %(most)s are accepted.")
_FIRST_SHARE: Final = gettext_noop(
    "Its first share was %(had)s %%; at most %(most)s %% would have been accepted."
)
_SOAK: Final = gettext_noop(
    "It reached everybody %(had)s minutes after its first users; it would have had to wait until "
    "%(least)s minutes after them."
)
_OUTSIDE: Final = gettext_noop(
    "Times that its share grew outside the release windows: %(count)s of %(all)s. It would have "
    "waited for the next one."
)
_IN_FREEZE: Final = gettext_noop(
    "Times that its share grew in a release freeze: %(count)s of %(all)s. It would have waited "
    "until that ends."
)
