"""Values as pages show them: in a card's facts, in a history, in a diff.

`{% value %}` draws each by its `kind`; a plain text, number, truth, time or tuple needs no
wrapping, and `None` or an empty text reads "Not set".
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar, TypeAlias

from portico.ui.frame import HEX_COLOR, Link


@dataclass(frozen=True)
class Picture:
    """A stored picture, shown as a thumbnail."""

    kind: ClassVar[str] = "picture"
    url: str
    width: int
    height: int
    name: str = ""


@dataclass(frozen=True)
class Mask:
    """A secret: shown only as being there or not."""

    kind: ClassVar[str] = "mask"
    is_set: bool


@dataclass(frozen=True)
class Swatch:
    """A color as `#rrggbb`."""

    kind: ClassVar[str] = "swatch"
    color: str

    def __post_init__(self) -> None:
        if not HEX_COLOR.fullmatch(self.color):
            raise ValueError(f"A color is #rrggbb, not {self.color!r}.")


@dataclass(frozen=True)
class State:
    """A state, shown as a chip."""

    kind: ClassVar[str] = "state"
    text: str
    tone: str = "neutral"


@dataclass(frozen=True)
class Address:
    """A web or mail address, shown as a link that leaves the page."""

    kind: ClassVar[str] = "address"
    url: str
    text: str = ""


Single: TypeAlias = (
    Picture | Mask | Swatch | State | Address | datetime | str | bool | int | float | None
)
Value: TypeAlias = Single | tuple[Single, ...]


@dataclass(frozen=True)
class Fact:
    """One present value of a card."""

    label: str
    value: Value


@dataclass(frozen=True)
class Change:
    """One field that differs between two revisions."""

    field: str
    before: Value
    after: Value


class StageState(StrEnum):
    """Where a stage of some longer work stands.

    Where the stages are a plan, which nothing goes through yet, one is planned, or locked: nobody
    can take it out; or else skipped.
    """

    WAITING = "waiting"
    NOW = "now"
    DONE = "done"
    FAILED = "failed"
    SKIPPED = "skipped"
    PLANNED = "planned"
    LOCKED = "locked"


@dataclass(frozen=True)
class Stage:
    """One stage of longer work, with what was seen and how long it took (as it is shown).

    `facts` open it up, such as what went wrong and what to do; `action` is a button to do it with.
    """

    title: str
    state: StageState
    detail: str = ""
    took: str = ""
    facts: tuple[Fact, ...] = ()
    action: Link | None = None


@dataclass(frozen=True)
class AppIcon:
    """What stands beside the name of an app or a mini program; `url` empty: its initials."""

    initials: str
    url: str = ""
