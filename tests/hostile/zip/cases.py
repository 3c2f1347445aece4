"""What a hostile package is, and what must be said of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from portico.miniprograms.packages import Rule


@dataclass(frozen=True)
class Case:
    """`rule` and `entry` must be among what is said; None: the package is accepted."""

    name: str
    content: Callable[[], bytes]
    rule: Rule | None
    entry: str

    def __str__(self) -> str:
        return self.name


def refused(name: str, content: Callable[[], bytes], rule: Rule, entry: str = "") -> Case:
    return Case(name, content, rule, entry)


def accepted(name: str, content: Callable[[], bytes]) -> Case:
    return Case(name, content, None, "")
