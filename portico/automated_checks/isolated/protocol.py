"""What the child is asked and what it answers: one line of JSON, then the bytes of a package."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

from portico.automated_checks.rules.findings import Finding, Severity
from portico.isolation.limits import Limits

# 20 MiB of package and one text at a time; the largest text takes 200 MiB of tokens.
LIMITS = Limits(
    memory=768 * 1024 * 1024, cpu_seconds=40, wall_seconds=90.0, largest_answer=8 * 1024 * 1024
)
MOST_SECONDS_OF_TEXT = 25.0  # on the CPU; what is not looked at until then is named
MOST_FINDINGS = 1_000  # of a plug-in
MOST_IN_ANSWER = 4_000  # our own rules bound theirs, each by itself
MOST_OF_NAME = 200
MOST_OF_TEXT = 600


@dataclass(frozen=True)
class Question:
    """What is to be looked for in what. `check` is one of the catalog's; or `plugin` is where a
    plug-in is found, as `module:name`."""

    manifest: Mapping[str, object]
    server_domains: tuple[str, ...] = ()
    entry_url: str = ""
    check: str = ""
    plugin: str = ""

    def message(self, package: bytes) -> bytes:
        """With the package that it is about; empty: a hosted version has none."""
        return json.dumps(asdict(self)).encode() + b"\n" + package


@dataclass(frozen=True)
class Answer:
    """What was found. `failed`: the name of what a plug-in raised; no more is said of it, because
    its text may hold anything."""

    findings: tuple[Finding, ...] = field(default=())
    failed: str = ""

    def message(self) -> bytes:
        """As the child writes it."""
        return json.dumps(asdict(self)).encode()


def parse_question(line: bytes) -> Question:
    """The question in a line that `Question.message` made."""
    said = json.loads(line)
    return Question(**{**said, "server_domains": tuple(said["server_domains"])})


def parse_answer(message: bytes) -> Answer:
    """What the child said, held to limits: a package may have taken it over. Raises ValueError,
    TypeError or LookupError for anything malformed."""
    said = json.loads(message)
    findings = tuple(_finding(one) for one in said["findings"][:MOST_IN_ANSWER])
    return Answer(findings, str(said["failed"])[:MOST_OF_NAME])


def _finding(said: Mapping[str, object]) -> Finding:
    line, facts = said["line"], said["facts"]
    if not isinstance(line, int) or not 0 <= line < 2**31 or not isinstance(facts, dict):
        raise ValueError("a finding out of bounds")
    return Finding(
        _text(said["rule"], MOST_OF_NAME),
        Severity(str(said["severity"])),
        _text(said["message"]),
        _text(said["advice"]),
        _text(said["file"], 1_000),
        line,
        {_text(name, MOST_OF_NAME): _text(value) for name, value in facts.items()},
    )


def held(finding: Finding) -> Finding:
    """A finding of a plug-in as it is kept. Raises ValueError, TypeError or LookupError where it
    is none."""
    return _finding({**asdict(finding), "facts": {}})


def _text(value: object, most: int = MOST_OF_TEXT) -> str:
    """A text that a column of JSON or text takes: no NUL, no half of a pair."""
    text = str(value)[:most].replace("\x00", "�")
    return text.encode("utf-8", "replace").decode()
