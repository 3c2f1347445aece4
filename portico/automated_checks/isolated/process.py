"""The child: limits itself, reads one question, answers it, ends.

What breaks it, whether a signal from the kernel or an exception, is for the parent to put into
words. What breaks a plug-in is caught here: it says nothing about the package.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from importlib import import_module
from io import BytesIO
from time import process_time
from typing import BinaryIO

from portico.automated_checks.isolated import protocol
from portico.automated_checks.isolated.protocol import Answer, Question
from portico.automated_checks.plugins import Package
from portico.automated_checks.rules.findings import Finding, Severity
from portico.automated_checks.rules.subjects import Files, Size, Subject
from portico.isolation.limits import limit_this_process

MOST_OF_A_FILE = 64 * 1024 * 1024


def main() -> None:
    """Answer the one question that stands on standard input."""
    limit_this_process(protocol.LIMITS)
    # What a plug-in prints is no part of the answer.
    with os.fdopen(os.dup(sys.stdout.fileno()), "wb") as sink:
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
        serve(sys.stdin.buffer, sink)


def serve(source: BinaryIO, sink: BinaryIO) -> None:
    """Read a question and the package that it is about, write the answer."""
    question = protocol.parse_question(source.readline())
    subject = subject_of(question, source.read())
    answer = _plugged_in(question, subject) if question.plugin else _own(question, subject)
    sink.write(answer.message())
    sink.flush()


def subject_of(question: Question, package: bytes) -> Subject:
    """What is checked: a package that was validated when it was uploaded, or a hosted version."""
    files = _files(package) if package else Files({}, lambda _name: b"")
    return Subject(
        files,
        question.manifest,
        question.server_domains,
        packed=len(package),
        entry_url=question.entry_url,
    )


def _files(package: bytes) -> Files:
    from portico.miniprograms.packages import read_entry, read_index  # noqa: PLC0415

    file = BytesIO(package)
    entries = read_index(file)
    sizes = {name: Size(entry.size, entry.packed) for name, entry in entries.items()}
    ends = process_time() + protocol.MOST_SECONDS_OF_TEXT
    return Files(
        sizes,
        lambda name: read_entry(file, entries[name], most=MOST_OF_A_FILE),
        tired=lambda: process_time() > ends,
    )


def _own(question: Question, subject: Subject) -> Answer:
    from portico.automated_checks.rules.catalog import CHECKS, findings_of  # noqa: PLC0415

    return Answer(tuple(findings_of(CHECKS[question.check], subject)))


def _plugged_in(question: Question, subject: Subject) -> Answer:
    """Everything that is not ours may go wrong in any way, and is then said to have failed."""
    module, _colon, name = question.plugin.partition(":")
    try:
        found: object = import_module(module)
        for part in name.split("."):
            found = getattr(found, part)
        if not callable(found):
            return Answer(failed="TypeError")
        said = found(Package(subject))
        return Answer(tuple(_bounded(said)))
    except BaseException as error:  # noqa: BLE001 - also what would end the process
        return Answer(failed=type(error).__name__)


def _bounded(said: Iterable[object]) -> Iterator[Finding]:
    """What a plug-in found, as many as are kept; raises `TypeError` for what is no finding."""
    for number, finding in enumerate(said):
        if number >= protocol.MOST_FINDINGS:
            return
        if not isinstance(finding, Finding):
            raise TypeError("A check yields findings.")
        Severity(finding.severity)
        yield protocol.held(finding)
