"""The child: limits itself, reads one request, answers it, ends.

It limits itself before it reads a byte that a stranger made. What breaks it, whether a signal
from the kernel, an abort of the drawing library, or an exception, is for the parent to put into
words (`portico.branding.rules.isolation`).
"""

from __future__ import annotations

import sys
from typing import BinaryIO

from portico.branding.isolated import protocol
from portico.branding.isolated.protocol import Answer, Job, Refused, Request
from portico.branding.isolated.refusals import TooDemanding, UnusablePicture
from portico.isolation.limits import limit_this_process


def main() -> None:
    """Answer the one request that stands on standard input."""
    limit_resources()
    serve(sys.stdin.buffer, sys.stdout.buffer)


def limit_resources() -> None:
    """Take away memory, time, files and core dumps from this process, for good."""
    limit_this_process(protocol.LIMITS)


def serve(source: BinaryIO, sink: BinaryIO) -> None:
    """Read a request and the file that it is about, write the answer."""
    request = protocol.parse_request(source.readline())
    content = source.read()
    try:
        answer: Answer | Refused = perform(request, content)
    except UnusablePicture as refusal:
        facts = {name: v if isinstance(v, int) else str(v) for name, v in refusal.facts.items()}
        answer = Refused(refusal.code, facts)
    except MemoryError:
        answer = Refused(TooDemanding.code, {})
    sink.write(answer.message())
    sink.flush()


def perform(request: Request, content: bytes) -> Answer:
    """Do what is asked, loading only the libraries that this job needs."""
    if request.job is Job.DRAW:
        from portico.branding.isolated.svg_drawing import draw  # noqa: PLC0415

        return draw(content, width=request.width, height=request.height)
    from portico.branding.isolated.formats import format_of  # noqa: PLC0415

    kind = format_of(content, accepted=request.formats)
    if kind == "SVG":
        from portico.branding.isolated.svg_intake import take_in  # noqa: PLC0415

        return take_in(content, accepted=request.formats)
    from portico.branding.isolated import rasters  # noqa: PLC0415

    return rasters.take_in(content, kind=kind, longest_side=request.longest_side)
