"""What went wrong with an attempt, kept as JSON and said again in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext

from portico.kernel.errors import DomainError


@dataclass(frozen=True)
class Trouble:
    """A code that never changes, and an English sentence with places for facts."""

    code: str
    text: str
    facts: Mapping[str, str] = field(default_factory=dict)

    def kept(self) -> dict[str, object]:
        """As JSON."""
        return {"code": self.code, "text": self.text, "facts": dict(self.facts)}


def trouble_of(error: DomainError) -> Trouble:
    """An error of ours as trouble."""
    facts = {name: str(value).replace("\x00", "") for name, value in error.facts.items()}
    return Trouble(error.code, error.sentence, facts)


def said(kept: Mapping[str, object]) -> str:
    """The sentence in the current language; nothing for no trouble."""
    facts = kept.get("facts")
    if not kept or not isinstance(facts, dict):
        return ""
    return gettext(str(kept["text"])) % facts
