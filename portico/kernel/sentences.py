"""What is told to people about facts, kept until it is known who reads it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

Fact = str | int | float | bool | None  # what JSON knows
Facts = dict[str, Fact]


@dataclass(frozen=True)
class Sentence:
    """A text to translate where it is shown: a %-format, marked with `gettext_noop`, and its
    facts, which are JSON values."""

    text: str
    facts: Mapping[str, Fact] = field(default_factory=dict)
