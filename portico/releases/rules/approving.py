"""How many approvals are enough."""

from __future__ import annotations

from portico.release_process.policy import AutomatedReview, Policy


def approvals_needed(policy: Policy) -> int:
    """How many have to approve. Where none is needed of people, the automated review is the one;
    and if it is not clean, somebody in its place."""
    return max(1, policy.approvals)


def approves_by_itself(policy: Policy) -> bool:
    """Whether a clean automated review counts as one of the approvals."""
    return policy.automated_review is AutomatedReview.APPROVING


def is_blocked_unless_clean(policy: Policy) -> bool:
    """Whether nobody approves while the automated review is not clean."""
    return policy.automated_review is AutomatedReview.BLOCKING
