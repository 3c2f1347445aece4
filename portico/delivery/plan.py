"""What was decided for one mini program on one target, ready to be asked millions of times."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from portico.delivery.bucketing import prefix_of, threshold32_of
from portico.delivery.targeting import ANYBODY, TargetingRules


class Reason(StrEnum):
    """Why somebody gets what they get."""

    REMOVED = "removed"  # taken offline or removed: nobody gets anything
    PILOT = "pilot"  # the user is in the test group
    GRAYSCALE = "grayscale"  # within the percentage, and the rules match
    FULL = "full"  # what everybody gets
    NOT_AVAILABLE = "not_available"  # nothing is released to this user (yet)


@dataclass(frozen=True, slots=True)
class PlannedVersion:
    """A version that somebody gets, and the release that gives it to them.

    `sha256` and `size` are of the package; a hosted program has an `entry_url` in their place. The
    release takes along which servers the program may call, and variables, names with their values.
    """

    code: int
    name: str
    release: str
    sha256: str = ""
    size: int = 0
    entry_url: str = ""
    server_domains: tuple[str, ...] = ()
    variables: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Picked:
    """An answer: a version or none, and why."""

    version: PlannedVersion | None
    reason: Reason

    @property
    def release(self) -> str:
        """The release that gives it to them; empty where there is none."""
        return self.version.release if self.version else ""


@dataclass(frozen=True, slots=True)
class Plan:
    """The plan of a mini program on a target, at one revision. It never changes; a newer one takes
    its place.

    `stable` is what everybody gets, `candidate` what those in `pilot` (user ids of the super app)
    and those below the `threshold` (thousandths of a percent) whom the `rules` match get. `salt` is
    the candidate's. `withdrawn` are version codes that clients drop from what they keep. The
    possible answers are made once, here, and not for each user.
    """

    app_id: str
    revision: int = 0
    removed: bool = False
    stable: PlannedVersion | None = None
    candidate: PlannedVersion | None = None
    pilot: frozenset[str] = frozenset()
    threshold: int = 0
    salt: str = ""
    rules: TargetingRules = ANYBODY
    withdrawn: tuple[int, ...] = ()
    targeted: bool = field(init=False, repr=False, compare=False)
    prefix: bytes = field(init=False, repr=False, compare=False)
    threshold32: int = field(init=False, repr=False, compare=False)
    to_nobody: Picked = field(init=False, repr=False, compare=False)
    to_pilot: Picked = field(init=False, repr=False, compare=False)
    to_early: Picked = field(init=False, repr=False, compare=False)
    to_others: Picked = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Work out what every answer needs. Raises `ValueError` for a plan that cannot be."""
        if "" in self.pilot:
            raise ValueError("Nobody is not in a test group.")
        if self.candidate is not None and not self.salt:
            raise ValueError("A candidate needs a salt.")
        full = Reason.FULL if self.stable else Reason.NOT_AVAILABLE
        for name, value in (
            ("targeted", bool(self.rules)),
            ("prefix", prefix_of(self.salt)),
            ("threshold32", threshold32_of(self.threshold)),
            ("to_nobody", Picked(None, Reason.REMOVED)),
            ("to_pilot", Picked(self.candidate, Reason.PILOT)),
            ("to_early", Picked(self.candidate, Reason.GRAYSCALE)),
            ("to_others", Picked(self.stable, full)),
        ):
            object.__setattr__(self, name, value)

    @property
    def offered(self) -> tuple[PlannedVersion, ...]:
        """The versions that somebody may get by this plan."""
        if self.removed:
            return ()
        return tuple(one for one in (self.stable, self.candidate) if one is not None)


def no_plan(app_id: str) -> Plan:
    """The plan of a program that was never released to a target: not available to anybody."""
    return Plan(app_id)
