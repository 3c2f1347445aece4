"""The one stream in which all processes' lines are shown."""

from __future__ import annotations

import io
import json
import os

import pytest

from portico.config.running.logs import LONGEST_LINE, Lines, Logs


class Terminal(io.StringIO):
    """Something that people look at."""

    def isatty(self) -> bool:
        return True


def test_lines_stand_behind_aligned_names() -> None:
    out = io.StringIO()
    logs = Logs(out=out)

    logs.line("web", "one", color=32)
    logs.line("postgres", "two", color=34)
    logs.say("three")

    assert out.getvalue() == "web      | one\npostgres | two\nportico  | three\n"


@pytest.mark.parametrize(
    ("environment", "colored"), [({}, True), ({"NO_COLOR": ""}, True), ({"NO_COLOR": "1"}, False)]
)
def test_names_are_colored_on_a_terminal_unless_asked_not_to(
    environment: dict[str, str], colored: bool
) -> None:
    out = Terminal()

    Logs(out=out, environment=environment).line("web", "one", color=32)

    assert (out.getvalue() == "\x1b[32mweb      |\x1b[0m one\n") == colored
    assert (out.getvalue() == "web      | one\n") != colored


def test_json_passes_as_it_is_and_other_lines_become_json() -> None:
    out = io.StringIO()
    logs = Logs(out=out, as_json=True)

    logs.line("web", '{"event": "request"}', color=32)
    logs.line("postgres", "LOG:  ready", color=34)

    first, second = (json.loads(line) for line in out.getvalue().splitlines())
    assert first == {"event": "request"}
    assert (second["process"], second["event"]) == ("postgres", "LOG:  ready")


def test_nobody_reading_is_no_reason_to_stop() -> None:
    reading, writing = os.pipe()
    with os.fdopen(writing, "w") as out:
        logs = Logs(out=out)
        os.close(reading)

        logs.say("one")
        logs.say("two")


def test_what_is_written_in_pieces_is_shown_in_lines() -> None:
    lines = Lines()

    assert lines.cut(b"on") == []
    assert lines.cut(b"e\r\ntwo\nthr\xff") == ["one", "two"]
    assert lines.end() == ["thr\N{REPLACEMENT CHARACTER}"]
    assert lines.end() == []


def test_a_line_without_an_end_does_not_fill_the_memory() -> None:
    lines = Lines()

    (piece,) = lines.cut(b"x" * (LONGEST_LINE + 1))

    assert len(piece) == LONGEST_LINE + 1
    assert lines.end() == []
