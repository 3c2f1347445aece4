"""Have pictures read and drawn by a child process that may do little."""

from __future__ import annotations

import logging
from functools import cache

from portico.branding.isolated import protocol
from portico.branding.isolated.protocol import Answer, Refused, Request
from portico.branding.isolated.refusals import (
    REFUSALS,
    TooDemanding,
    Truncated,
    UnusablePicture,
)
from portico.isolation.children import answer_of, ask, command_for

log = logging.getLogger(__name__)


def ask_child(request: Request, content: bytes, *, seconds: float | None = None) -> Answer:
    """Have a fresh child process do it. Takes 30 to 100 ms, at most `seconds` (default: 10).

    Raises a subclass of UnusablePicture: the child's own refusal; TooDemanding where the child
    died of its limits, of the clock, or of an abort; Truncated where it could not make sense of
    the file.
    """
    seconds = seconds or protocol.LIMITS.wall_seconds
    ending = ask(command(), request.line() + content, seconds=seconds)
    return understood(
        answer_of(ending, reads="pictures", broken=Truncated, too_demanding=TooDemanding)
    )


@cache
def command() -> tuple[str, ...]:
    """How to start the child."""
    return command_for("portico.branding.isolated", ("PIL", "resvg_py", "py_svg_hush"))


def understood(message: bytes) -> Answer:
    """The child's answer, or its refusal raised; Truncated for what is neither."""
    try:
        answer = protocol.parse_answer(message)
        refusal: UnusablePicture | None = None
        if isinstance(answer, Refused):
            refusal = REFUSALS[answer.code](**answer.facts)
    except (ValueError, TypeError, LookupError) as error:
        # Only a child that was taken over answers like this.
        log.exception("The child process that reads pictures answered nonsense")
        raise Truncated from error
    if refusal is not None:
        raise refusal
    if isinstance(answer, Refused):
        raise Truncated
    return answer
