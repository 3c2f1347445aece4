"""What a check says: a rule, how bad it is, where, and what to do about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

MOST_OF_FACT = 120


class Severity(StrEnum):
    """How bad something is. Only errors and warnings keep a version from being clean."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True)
class Finding:
    """One thing that was found.

    `rule` is its stable id. `file` is an entry of the package, empty where the whole is meant;
    `line` counts from 1, 0 where there is none. `facts` stand in the places of the rule's sentences
    where it is one of ours, so that they can be said in other languages; `message` and `advice` are
    the same in English, filled in.
    """

    rule: str
    severity: Severity
    message: str
    advice: str = ""
    file: str = ""
    line: int = 0
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Rule:
    """Something that can be found. `message` and `advice` are %-formats with named places."""

    id: str
    severity: Severity
    message: str
    advice: str

    def found(self, file: str = "", line: int = 0, **facts: object) -> Finding:
        """That it was found there. Never pass a secret: facts are stored and shown."""
        said = {name: short(str(value)) for name, value in facts.items()}
        return Finding(
            self.id, self.severity, self.message % said, self.advice % said, file, line, said
        )


def short(text: str) -> str:
    """A stranger's text, in one line and not too long."""
    text = "".join(one if one.isprintable() else "�" for one in text[: MOST_OF_FACT + 1])
    return text if len(text) <= MOST_OF_FACT else text[: MOST_OF_FACT - 1] + "…"
