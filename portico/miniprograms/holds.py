"""What keeps a mini program from being archived, beside what is live: other parts say.

    add_hold(releases_under_way)

`portico.config` wires it at start. Each answers sentences about what is under way, such as
“Version 1.4.0 is in review for Acme Pay, Production”; none: nothing is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from portico.miniprograms.models import MiniProgram

Hold = Callable[[MiniProgram], Sequence[str]]
_holds: list[Hold] = []


def add_hold(hold: Hold) -> None:
    """Ask this, too, before a mini program is archived. It is asked while the program is locked."""
    if hold not in _holds:
        _holds.append(hold)


def under_way(program: MiniProgram) -> list[str]:
    """What is under way with a program, in the current language."""
    return [sentence for hold in _holds for sentence in hold(program)]
