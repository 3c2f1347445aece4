"""A Release Process tried on the last requests of a workspace."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from django.utils.translation import ngettext

from portico.release_process.payload import ReleaseProcess
from portico.release_process.requests import past
from portico.release_process.services import policy_in
from portico.release_process.simulation import Difference, Outcome, simulate
from portico.ui.texts import tell
from portico.workspaces.models import Workspace


@dataclass(frozen=True)
class Trial:
    """What came of it; `of` says in words which Release Process was tried."""

    of: str
    outcomes: Sequence[Outcome]

    @cached_property
    def different(self) -> list[Tried]:
        """The requests that would have gone differently, newest first."""
        return [Tried(outcome) for outcome in self.outcomes if outcome.differences]

    @property
    def same(self) -> int:
        """How many would have gone as they did."""
        return len(self.outcomes) - len(self.different)

    @property
    def summary(self) -> str:
        """What came of it, in a sentence."""
        count = len(self.outcomes)
        if not self.different:
            return ngettext(
                "The last request would have gone as it did.",
                "All of the last %(count)s requests would have gone as they did.",
                count,
            ) % {"count": count}
        return ngettext(
            "%(different)s of the last %(count)s requests would have gone differently.",
            "%(different)s of the last %(count)s requests would have gone differently.",
            len(self.different),
        ) % {"different": len(self.different), "count": count}


@dataclass(frozen=True)
class Tried:
    """A request that would have gone differently, as it is shown."""

    outcome: Outcome

    @property
    def differences(self) -> list[Told]:
        """What would have been different."""
        return [Told(one) for one in self.outcome.differences]


@dataclass(frozen=True)
class Told:
    """A difference, as it is shown."""

    difference: Difference

    @property
    def sentence(self) -> str:
        """What would have been different, in the current language."""
        return tell(self.difference.sentence)


def try_on_past(workspace: Workspace, process: ReleaseProcess, *, of: str) -> Trial:
    """Hold the last requests against this Release Process. Nothing is saved or changed."""
    policies = {
        production: policy_in(process, production=production, zone=workspace.time_zone)
        for production in (True, False)
    }
    return Trial(of, simulate(policies, past(workspace)))
