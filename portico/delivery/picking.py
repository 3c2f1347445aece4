"""Which version somebody gets. Everything answers through `pick`."""

from __future__ import annotations

from dataclasses import dataclass

from mmh3 import mmh3_32_uintdigest

from portico.delivery.plan import Picked, Plan
from portico.delivery.targeting import Context, matches


@dataclass(frozen=True, slots=True)
class Subject:
    """Who asks: the super app's user id; without one, an id of the device that stays the same.

    They are kept apart, because test groups name users: a device that calls itself like one of
    them is no tester.
    """

    user: str = ""
    device: str = ""

    @property
    def drawn(self) -> str:
        """What decides whether they are early; empty: nothing, and they get the full release."""
        return self.user or self.device


def pick(plan: Plan, subject: Subject, context: Context) -> Picked:
    """What somebody gets by a plan, and why. Pure: the same question has the same answer for ever.

    In this order: nothing, where the program was removed; the candidate for who tests it, also
    while it is in grayscale; the candidate for who is early, if the rules match; the stable
    version; nothing, where there is none.
    """
    if plan.removed:
        return plan.to_nobody
    if plan.candidate is None:
        return plan.to_others
    user = subject.user
    if user in plan.pilot:
        return plan.to_pilot
    drawn = user or subject.device
    if (
        drawn
        # This is `hash_of`, without the time that one more call takes.
        and mmh3_32_uintdigest(plan.prefix + drawn.encode()) < plan.threshold32
        and (not plan.targeted or matches(plan.rules, context))
    ):
        return plan.to_early
    return plan.to_others
