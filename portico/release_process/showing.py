"""What card and form show of a Release Process besides its values."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext

from portico.release_process.calendar import Closed, closed_because
from portico.release_process.payload import ReleaseProcess
from portico.release_process.policy import Policy
from portico.release_process.requests import InFlight, in_flight
from portico.release_process.services import policy_in
from portico.release_process.wording import duration, ramp_minutes, sentences_of, stages_of
from portico.ui.values import Stage
from portico.workspaces.models import Workspace

MOST_SHOWN = 20
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Way:
    """What a request made now for one environment would go through. `closed`: that more users may
    not be given a release at this moment, as the policy's windows and freezes say."""

    key: str
    title: str
    stages: Sequence[Stage]
    sentences: Sequence[str]
    closed: Closed | None


def ways_of(workspace: Workspace, process: ReleaseProcess, *, at: datetime) -> list[Way]:
    """The ways through both environments."""
    return [
        _way(policy, at=at)
        for production in (True, False)
        for policy in [policy_in(process, production=production, zone=workspace.time_zone)]
    ]


@dataclass(frozen=True)
class Older:
    """What is in flight under another revision than the live one: the newest, and how many more."""

    shown: Sequence[InFlight]
    more: int


def older_in_flight(workspace: Workspace, number: Callable[[], int]) -> Older:
    """What keeps the policy of another revision than the live one, which `number` reads."""
    everything = in_flight(workspace)
    live_one = number() if everything else 0
    found = [one for one in everything if one.policy_revision != live_one]
    return Older(found[:MOST_SHOWN], max(len(found) - MOST_SHOWN, 0))


def soak_hint(workspace: Workspace, process: ReleaseProcess) -> str:
    """That the ramp would reach everybody before the shortest soak lets it; "" where it would not.

    No error: the longer of the two holds, and whoever lengthens the soak wants just that.
    """
    policy = policy_in(process, production=True, zone=workspace.time_zone)
    takes, least = ramp_minutes(policy), policy.shortest_soak // _MINUTE
    if takes >= least:
        return ""
    return gettext(
        "The default ramp would be at 100 %% after %(ramp)s. It waits for the shortest soak before "
        "its last step, %(soak)s after the first share."
    ) % {"ramp": duration(takes), "soak": duration(least)}


def _way(policy: Policy, *, at: datetime) -> Way:
    return Way(
        key="production" if policy.production else "sandbox",
        title=gettext("Production") if policy.production else gettext("Sandbox"),
        stages=stages_of(policy),
        sentences=sentences_of(policy),
        closed=closed_because(policy, at),
    )
