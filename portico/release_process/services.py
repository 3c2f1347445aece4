"""What a release to an environment goes through now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from portico.basic_settings.services import live
from portico.release_process.payload import DAYS, ReleaseProcess, WindowPart
from portico.release_process.policy import EVERYBODY, Freeze, Policy, RampStep, Window
from portico.release_process.rules import minutes_of, thousandths
from portico.workspaces.models import Workspace


@dataclass(frozen=True)
class PolicyNow:
    """A policy, and the revision of the Release Process that it is of; 0: the default."""

    revision: int
    policy: Policy


def policy_now(workspace: Workspace, *, production: bool) -> PolicyNow:
    """What a release that is applied for now has to go through; one query."""
    from portico.release_process.section import section  # noqa: PLC0415 - its card asks for this

    found = live(workspace, section)
    return PolicyNow(
        found.number, policy_in(found.payload, production=production, zone=workspace.time_zone)
    )


def policy_in(process: ReleaseProcess, *, production: bool, zone: str) -> Policy:
    """One environment's part of a Release Process."""
    part = process.production if production else process.sandbox
    # The Sandbox has no grayscale release, so what limits one says nothing there.
    limits = process.production if production else None
    return Policy(
        production=production,
        review=part.review,
        pilot_testing=part.pilot_testing,
        grayscale_release=production,
        approvals=part.approvals,
        requester_may_approve=part.requester_may_approve,
        automated_review=part.automated_review,
        most_testers=part.most_testers,
        largest_first_share=thousandths(limits.largest_first_share) if limits else EVERYBODY,
        shortest_soak=timedelta(minutes=limits.shortest_soak_minutes if limits else 0),
        ramp=tuple(
            RampStep(thousandths(one.percentage), timedelta(minutes=one.soak_minutes))
            for one in (limits.ramp if limits else ())
        ),
        windows=tuple(_window(one) for one in (limits.windows if limits else ())),
        freezes=tuple(
            Freeze(one.start, one.end, one.note) for one in (limits.freezes if limits else ())
        ),
        time_zone=zone,
    )


def _window(part: WindowPart) -> Window:
    return Window(
        days=frozenset(DAYS.index(day) for day in part.days),
        start=minutes_of(part.start),
        end=minutes_of(part.end),
    )
