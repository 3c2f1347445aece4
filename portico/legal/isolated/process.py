"""The child: limits itself, reads one request, answers it, ends.

It limits itself before it reads a byte that a stranger made. What breaks it, whether a signal
from the kernel, an abort of a library, or an exception, is for the parent to put into words
(`portico.legal.rules.isolation`).
"""

from __future__ import annotations

import sys
from typing import BinaryIO

from portico.isolation.limits import limit_this_process
from portico.legal.isolated import protocol
from portico.legal.isolated.protocol import Answer, Job, Refused, Request
from portico.legal.isolated.refusals import TooDemandingPdf, UnusablePdf


def main() -> None:
    """Answer the one request that stands on standard input."""
    limit_this_process(protocol.LIMITS)
    serve(sys.stdin.buffer, sys.stdout.buffer)


def serve(source: BinaryIO, sink: BinaryIO) -> None:
    """Read a request and the file that it is about, write the answer."""
    request = protocol.parse_request(source.readline())
    content = source.read()
    try:
        answer: Answer = perform(request, content)
    except UnusablePdf as refusal:
        facts = {name: v if isinstance(v, int) else str(v) for name, v in refusal.facts.items()}
        answer = Refused(refusal.code, facts)
    except (MemoryError, RecursionError):
        answer = Refused(TooDemandingPdf.code, {})
    sink.write(answer.message())
    sink.flush()


def perform(request: Request, content: bytes) -> Answer:
    """Do what is asked, loading only the libraries that this job needs."""
    if request.job is Job.DRAW:
        from portico.legal.isolated.drawing import draw  # noqa: PLC0415

        return draw(content, page=request.page)
    from portico.legal.isolated.intake import take_in  # noqa: PLC0415

    return take_in(content)
