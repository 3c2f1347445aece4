"""Have checks done by a child process that may do little, and say how each of them ended."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from portico.automated_checks.isolated import protocol
from portico.automated_checks.isolated.protocol import Answer, Question
from portico.automated_checks.plugins import Plugin, plugins
from portico.automated_checks.rules.catalog import CHECKS
from portico.automated_checks.rules.findings import Finding
from portico.isolation.children import answer_of, ask, command_for
from portico.kernel.errors import gettext_noop
from portico.kernel.sentences import Sentence

log = logging.getLogger(__name__)

LIBRARIES = ("PIL", "detect_secrets", "pydantic", "pydantic_core", "typing_extensions")

TOO_DEMANDING = gettext_noop(
    "This check was ended, because this package takes it more memory or time than it is given."
)
BROKEN = gettext_noop("This check failed. That is our fault, and it has been written down.")
PLUGIN_FAILED = gettext_noop(
    "This plug-in failed (%(error)s). Whoever runs this installation can mend or remove it."
)
PLUGIN_ENDED = gettext_noop(
    "This plug-in ended without an answer. Whoever runs this installation can mend or remove it."
)


class CheckTooDemanding(Exception):
    """The limits, the clock or an abort ended the child."""


class CheckBroken(Exception):
    """The child failed by itself, or answered nonsense."""


@dataclass(frozen=True)
class Ended:
    """How a check ended. `trouble` None: it looked at everything that it looks at."""

    name: str
    findings: tuple[Finding, ...] = ()
    trouble: Sentence | None = None


@dataclass(frozen=True)
class Work:
    """A check to be done: one of ours, or a plug-in."""

    name: str
    plugin: Plugin | None = None

    @property
    def is_ours(self) -> bool:
        """Whether it is one of ours. If one of those fails, the whole run has."""
        return self.plugin is None


def works() -> list[Work]:
    """All checks that are done with each version: ours, then what is plugged in."""
    return [
        *(Work(name) for name in CHECKS),
        *(Work(f"plugin:{one.name}", one) for one in plugins()),
    ]


def done(work: Work, question: Question, package: bytes, *, seconds: float | None = None) -> Ended:
    """Do a check; takes 0.2 s for a small package and `seconds` at most. Never raises for what a
    package or a plug-in does."""
    if work.plugin is None:
        question, command = replace(question, check=work.name), _command()
    else:
        question, command = replace(question, plugin=work.plugin.place), _command_of_plugins()
    ending = ask(
        command, question.message(package), seconds=seconds or protocol.LIMITS.wall_seconds
    )
    try:
        message = answer_of(
            ending,
            reads=f"packages ({work.name})",
            broken=CheckBroken,
            too_demanding=CheckTooDemanding,
        )
        answer = _understood(message)
    except CheckTooDemanding:
        return Ended(work.name, trouble=Sentence(TOO_DEMANDING))
    except CheckBroken:
        if work.plugin is not None:
            return Ended(work.name, trouble=Sentence(PLUGIN_ENDED))
        memory = "MemoryError" in ending.complaints or "RecursionError" in ending.complaints
        return Ended(work.name, trouble=Sentence(TOO_DEMANDING if memory else BROKEN))
    if answer.failed:
        return Ended(work.name, trouble=Sentence(PLUGIN_FAILED, {"error": answer.failed}))
    return Ended(work.name, tuple(_named(work, answer)))


def _named(work: Work, answer: Answer) -> Iterator[Finding]:
    """The findings. Those of a plug-in bear its name, so that they are never taken for ours."""
    for finding in answer.findings:
        if work.plugin is None:
            yield finding
        else:
            yield replace(finding, rule=f"{work.plugin.name}/{finding.rule}"[:200], facts={})


def _understood(message: bytes) -> Answer:
    try:
        return protocol.parse_answer(message)
    except (ValueError, TypeError, LookupError) as error:
        # Only a child that was taken over answers like this.
        log.exception("The child process that checks packages answered nonsense")
        raise CheckBroken from error


@cache
def _command() -> tuple[str, ...]:
    """How to start the child for our own checks."""
    return command_for("portico.automated_checks.isolated", LIBRARIES)


def _command_of_plugins() -> tuple[str, ...]:
    """How to start it for plug-ins, which may be anywhere that this process imports from."""
    here = (path for path in sys.path if path and Path(path).exists())
    return tuple(dict.fromkeys((*_command(), *here)))
