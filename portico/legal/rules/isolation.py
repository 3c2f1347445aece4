"""Have PDFs read, cleaned and drawn by a child process that may do little."""

from __future__ import annotations

import logging
import threading
from functools import cache

from portico.isolation.children import answer_of, ask, command_for
from portico.kernel.errors import TooOften, gettext_noop
from portico.legal.isolated import protocol
from portico.legal.isolated.protocol import Answer, Cleaned, Drawn, Job, Refused, Request
from portico.legal.isolated.refusals import (
    REFUSALS,
    DamagedPdf,
    EmptyPdf,
    PdfTooLarge,
    TooDemandingPdf,
    UnusablePdf,
)

log = logging.getLogger(__name__)

MIB = 1024 * 1024
MOST_BYTES = 10 * MIB

# So many children at once for each of our processes, however many people look at documents.
AT_ONCE = 2
# Whoever sent a document waits longer than whoever looks at one: they would have to send it again.
WAIT_SECONDS = 5.0
WAIT_SECONDS_TO_TAKE_IN = 25.0
_turns = threading.BoundedSemaphore(AT_ONCE)


class TooManyReaders(TooOften):
    code = "too_many_readers"
    sentence = gettext_noop(
        "Many documents are being read or drawn at this moment. Please try again shortly."
    )


def take_in(content: bytes) -> Cleaned:
    """A PDF that is safe to keep; raises a subclass of UnusablePdf, or TooManyReaders.

    Neither the name of the file nor its declared type is asked. Takes 0.3 s for an ordinary
    document, at most 40 s where many are sent at once.
    """
    if not content:
        raise EmptyPdf
    if len(content) > MOST_BYTES:
        raise PdfTooLarge(limit=f"{MOST_BYTES // MIB} MiB")
    answer = ask_child(Request(Job.TAKE_IN), content, patience=WAIT_SECONDS_TO_TAKE_IN)
    if not isinstance(answer, Cleaned):
        raise DamagedPdf
    return answer


def draw_page(content: bytes, page: int) -> bytes:
    """The image (PNG) of a page of a PDF that was taken in; `page` counts from 1.

    Raises a subclass of UnusablePdf, or TooManyReaders.
    """
    answer = ask_child(Request(Job.DRAW, page), content)
    if not isinstance(answer, Drawn):
        raise DamagedPdf
    return answer.content


def ask_child(
    request: Request,
    content: bytes,
    *,
    seconds: float | None = None,
    patience: float | None = None,
) -> Answer:
    """Have a fresh child process do it, as soon as it is our turn."""
    if not _turns.acquire(timeout=WAIT_SECONDS if patience is None else patience):
        raise TooManyReaders
    try:
        ending = ask(
            command(),
            request.line() + content,
            seconds=seconds or protocol.LIMITS.wall_seconds,
        )
    finally:
        _turns.release()
    return understood(
        answer_of(ending, reads="PDFs", broken=DamagedPdf, too_demanding=TooDemandingPdf)
    )


@cache
def command() -> tuple[str, ...]:
    """How to start the child."""
    return command_for(
        "portico.legal.isolated", ("pikepdf", "pypdfium2", "pypdfium2_raw", "PIL", "lxml")
    )


def understood(message: bytes) -> Answer:
    """The child's answer, or its refusal raised; DamagedPdf for what is neither."""
    try:
        answer = protocol.parse_answer(message)
        refusal: UnusablePdf | None = None
        if isinstance(answer, Refused):
            refusal = REFUSALS[answer.code](**answer.facts)
    except (ValueError, TypeError, LookupError) as error:
        # Only a child that was taken over answers like this.
        log.exception("The child process that reads PDFs answered nonsense")
        raise DamagedPdf from error
    if refusal is not None:
        raise refusal
    return answer
