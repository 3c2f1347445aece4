"""The child process: what it may not do, and how the parent lives on."""

from __future__ import annotations

import logging
import subprocess
import sys
import time
from pathlib import Path

import pytest

from portico.branding.isolated import protocol
from portico.branding.isolated.protocol import Answer, Job, Refused, Request
from portico.branding.isolated.refusals import REFUSALS, Animated, TooDemanding, Truncated
from portico.branding.rules.isolation import ask_child, command, understood
from portico.branding.tests.pictures import drawn_svg, opened
from tests.hostile.images.svgs import endless_filter

SHAPE = drawn_svg('<path d="M0 0h256v64H0z"/>').content


def run_limited(statement: str) -> subprocess.CompletedProcess[str]:
    """Run a statement in a process that has limited itself as the child does."""
    limits = "from portico.branding.isolated.process import limit_resources; limit_resources(); "
    return subprocess.run(
        [sys.executable, "-c", limits + statement], capture_output=True, text=True, check=False
    )


def test_a_drawing_fits_into_the_box_that_was_asked_for() -> None:
    answer = ask_child(Request(Job.DRAW, width=128, height=128), SHAPE)

    assert opened(answer.content).size == (answer.width, answer.height) == (128, 32)


def test_a_drawing_that_takes_too_long_is_stopped() -> None:
    started = time.monotonic()

    with pytest.raises(TooDemanding):
        ask_child(Request(Job.DRAW, width=512, height=512), endless_filter(), seconds=0.3)

    assert time.monotonic() - started < 3


def test_an_abort_of_the_drawing_library_is_a_plain_sentence() -> None:
    with pytest.raises(TooDemanding, match="more memory or time than is allowed"):
        ask_child(Request(Job.DRAW, width=100_000, height=100_000), SHAPE)


def test_a_failure_of_our_own_is_logged_and_said_plainly(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR), pytest.raises(Truncated):
        ask_child(Request(Job.DRAW, width=10, height=10), b"\xff not text")

    assert "UnicodeDecodeError" in caplog.text


def test_the_child_cannot_take_more_memory_than_it_is_given() -> None:
    taken = run_limited(f"bytearray({protocol.LIMITS.memory})")

    assert "MemoryError" in taken.stderr


def test_the_child_cannot_write_a_large_file(tmp_path: Path) -> None:
    target = tmp_path / "large"

    written = run_limited(
        f"file = open({str(target)!r}, 'wb'); "
        f"file.write(bytes({protocol.LIMITS.largest_answer + 1})); file.close()"
    )

    assert "File too large" in written.stderr
    assert target.stat().st_size <= protocol.LIMITS.largest_answer


def test_the_child_cannot_open_many_files() -> None:
    opened_many = run_limited("files = [open('/dev/null') for _ in range(100)]")

    assert "Too many open files" in opened_many.stderr


def test_the_child_cannot_calculate_without_end() -> None:
    limit = run_limited("import resource; print(resource.getrlimit(resource.RLIMIT_CPU))")

    assert limit.stdout.strip() == f"({protocol.LIMITS.cpu_seconds}, {protocol.LIMITS.cpu_seconds})"


def test_the_child_sees_nothing_but_the_libraries_that_it_needs() -> None:
    arguments = command()

    assert arguments[1:3] == ("-I", "-S")
    assert all(Path(root).is_dir() for root in arguments[4:])


def test_a_request_arrives_as_it_was_sent() -> None:
    request = Request(Job.TAKE_IN, formats=("PNG", "SVG"), width=3, height=4)

    assert protocol.parse_request(request.line()) == request


def test_an_answer_arrives_as_it_was_sent() -> None:
    answer = Answer(b"\n\x00bytes\n", "image/png", 3, 4, 30.5, 40.0, ("SCRIPT",))

    assert understood(answer.message()) == answer


def test_a_refusal_is_raised_again_by_its_code() -> None:
    with pytest.raises(Animated):
        understood(Refused("animated", {}).message())


def test_every_refusal_has_a_code_of_its_own_and_a_sentence() -> None:
    sentences = [refusal.sentence for refusal in REFUSALS.values()]

    assert len(REFUSALS) == 15
    assert all(sentence.endswith(".") for sentence in sentences)


@pytest.mark.parametrize(
    "message",
    [
        b"",
        b"nonsense",
        b"{}\n",
        b"[]\n",
        b'{"picture": {}}\n',
        b'{"picture": {"content_type": "image/png", "width": "x"}}\n',
        b'{"refused": "no_such_code", "facts": {}}\n',
        b'{"refused": "wrong_format", "facts": {}}\n',
        b'{"refused": "wrong_format"}\n',
        b"\xff\xff\n",
    ],
)
def test_nonsense_from_the_child_is_a_refusal(message: bytes) -> None:
    with pytest.raises(Truncated):
        understood(message)
