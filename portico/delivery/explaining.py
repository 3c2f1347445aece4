"""Why somebody gets what they get: all that the decision looks at, whether it decided or not."""

from __future__ import annotations

from dataclasses import dataclass

from portico.delivery.bucketing import bucket_of
from portico.delivery.picking import Subject, pick
from portico.delivery.plan import Picked, Plan, Reason
from portico.delivery.targeting import Context, Mismatch, mismatches


@dataclass(frozen=True, slots=True)
class Explanation:
    """What `pick` answers, and what it is made of.

    `bucket` is None where nobody is drawn: no candidate, or neither a user id nor a device id.
    `enrolled` says that the bucket is below the threshold, `mismatches` which rules do not match,
    `is_tester` that the user is in the test group of the candidate.
    """

    plan: Plan
    subject: Subject
    context: Context
    picked: Picked
    is_tester: bool
    bucket: int | None
    enrolled: bool
    mismatches: tuple[Mismatch, ...]

    @property
    def reason(self) -> Reason:
        """Which step decided."""
        return self.picked.reason


def explain(plan: Plan, subject: Subject, context: Context) -> Explanation:
    """Why somebody gets what they get by a plan. The answer is `pick`'s own."""
    drawn = subject.drawn if plan.candidate else ""
    bucket = bucket_of(plan.salt, drawn) if drawn else None
    return Explanation(
        plan=plan,
        subject=subject,
        context=context,
        picked=pick(plan, subject, context),
        is_tester=plan.candidate is not None and subject.user in plan.pilot,
        bucket=bucket,
        enrolled=bucket is not None and bucket < plan.threshold,
        mismatches=mismatches(plan.rules, context) if plan.candidate else (),
    )
