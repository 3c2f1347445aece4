"""One event that somebody fires at a release, with all that it is decided by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from portico.approvals.findings import MarkedFinding
from portico.approvals.models import ApprovalRequest
from portico.kernel.errors import gettext_noop
from portico.miniprograms.services import SetUp
from portico.release_process.policy import Policy, RampStep, read
from portico.releases.acting import By
from portico.releases.errors import HeldBack
from portico.releases.models import Release
from portico.releases.rules.pipeline import Event, Status, Who
from portico.releases.services.scene import Scene
from portico.releases.test_groups.choosing import Testers

Detail = str | int | bool | None | list[str] | list[list[int]] | dict[str, object]


@dataclass(frozen=True)
class Seen:
    """What the caller of a verb about a target looked at: a release there, at this revision."""

    release: Release
    revision: int


@dataclass(frozen=True)
class Given:
    """What comes with an event; what is left out was not given."""

    reason: str = ""
    override: str = ""
    supersede: bool = False
    share: int = 0
    testers: Testers | None = None
    rules: Mapping[str, object] = field(default_factory=dict)
    ramp: Sequence[RampStep] | None = None
    configuration: SetUp | None = None
    findings: Sequence[MarkedFinding] = ()
    screenshots: Sequence[str] = ()


@dataclass
class Case:
    """An event at a release. `given` None: it is only asked whether it could be fired, with
    whatever would have to come with it.

    `who` is in which capacity; `details` are facts to keep with the event; `overridden` the
    limits that an Admin has overridden, or could. `stays`: it does not lead on this time.
    """

    scene: Scene
    release: Release
    event: Event
    by: By
    at: datetime
    given: Given | None = None
    who: Who = Who.PLATFORM
    is_admin: bool = False
    before: Status | None = None
    stays: bool = False
    reason: str = ""
    request: ApprovalRequest | None = None
    details: dict[str, Detail] = field(default_factory=dict)
    overridden: list[HeldBack] = field(default_factory=list)

    @property
    def policy(self) -> Policy:
        """The copy that the release bears; never what is saved now."""
        return policy_of(self.release)

    @property
    def version(self) -> str:
        """The version, as sentences name it."""
        return self.release.version.name

    @property
    def target(self) -> str:
        """The target, as sentences name it."""
        return str(self.release.target)

    @property
    def wanted(self) -> Given:
        """What was given, where something has to be."""
        return self.given or Given()


def policy_of(release: Release) -> Policy:
    """The policy that was copied onto a release when it was applied for.

    Raises `LookupError` for one that never was: nothing asks for it there.
    """
    if release.policy is None:
        raise LookupError(f"{release.id} was never applied for.")
    return read(release.policy)


SUPERSEDED = gettext_noop("Superseded by version %(version)s")
