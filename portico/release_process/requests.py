"""What the Release Process asks about releases, which know it and not the other way round.

`portico.config` registers two functions of theirs; until then there are no requests.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from portico.release_process.simulation import PastRequest
from portico.workspaces.models import Workspace

# How many past requests a policy is tried on.
MOST_PAST = 50


@dataclass(frozen=True)
class InFlight:
    """A request or release that is under way, with the policy that it was made under.

    `title` names mini program, version and target; `environment` and `status` are in words.
    `policy_revision` 0 is the platform's default.
    """

    title: str
    url: str
    environment: str
    policy_revision: int
    status: str


InFlightOf = Callable[[Workspace], Sequence[InFlight]]
PastOf = Callable[[Workspace], Sequence[PastRequest]]


def _none_in_flight(workspace: Workspace) -> Sequence[InFlight]:  # noqa: ARG001 - nothing is asked
    return ()


def _none_past(workspace: Workspace) -> Sequence[PastRequest]:  # noqa: ARG001 - nothing is asked
    return ()


_in_flight: InFlightOf = _none_in_flight
_past: PastOf = _none_past


def register_in_flight(found_by: InFlightOf) -> None:
    """Have this function say what is under way in a workspace, newest first; in a constant number
    of queries."""
    global _in_flight  # noqa: PLW0603 - set once, at start
    _in_flight = found_by


def register_past(found_by: PastOf) -> None:
    """Have this function say what the last `MOST_PAST` requests of a workspace went through, newest
    first; in a constant number of queries."""
    global _past  # noqa: PLW0603 - set once, at start
    _past = found_by


def in_flight(workspace: Workspace) -> Sequence[InFlight]:
    """What is under way in this workspace, newest first."""
    return _in_flight(workspace)


def past(workspace: Workspace) -> Sequence[PastRequest]:
    """What the last requests of this workspace went through, newest first."""
    return tuple(_past(workspace))[:MOST_PAST]
