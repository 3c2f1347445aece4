"""What can be done about two-factor in a workspace: one function a verb."""

from portico.two_factor.services.codes import (
    CodeOver,
    ResetOver,
    TooManyCodes,
    WrongCode,
    ask_for_code,
    open_reset,
    use_code,
)
from portico.two_factor.services.policies import (
    LocksYouOut,
    StalePolicy,
    change_policy,
    wanted_policy,
)
from portico.two_factor.services.resets import (
    NotActive,
    NothingToReset,
    OwnReset,
    Way,
    note_removal,
    reset,
    way_of,
)

__all__ = [
    "CodeOver",
    "LocksYouOut",
    "NotActive",
    "NothingToReset",
    "OwnReset",
    "ResetOver",
    "StalePolicy",
    "TooManyCodes",
    "Way",
    "WrongCode",
    "ask_for_code",
    "change_policy",
    "note_removal",
    "open_reset",
    "reset",
    "use_code",
    "wanted_policy",
    "way_of",
]
