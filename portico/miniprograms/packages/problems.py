"""What is wrong with a package: stable rule codes, sentences that say what to do, the refusal."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, NoReturn

from portico.kernel.errors import Invalid, gettext_noop
from portico.kernel.sentences import Fact, Sentence
from portico.miniprograms.packages.rules import SENTENCES, Rule

MOST_PROBLEMS: Final = 50
MOST_CHARACTERS: Final = 200


@dataclass(frozen=True)
class Problem:
    """Which rule a package breaks, and which entry of it; "": the package as a whole.

    `entry` is fit to be shown: what cannot be seen in it is spelled out, and it is cut where it is
    very long.
    """

    rule: Rule
    entry: str
    sentence: Sentence

    def __str__(self) -> str:
        return self.sentence.text % self.sentence.facts


class PackageRefused(Invalid):
    """What was given is no package that can be used. `problems` says all that was found."""

    code = "package_refused"
    sentence = gettext_noop("The package cannot be used. Problems found: %(count)s.")

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        super().__init__(count=len(problems))

    def __str__(self) -> str:
        return "\n".join([super().__str__(), *(str(problem) for problem in self.problems)])


class Problems:
    """Gathers what is wrong, so that as much as possible is said at once."""

    def __init__(self) -> None:
        self._found: list[Problem] = []

    def __len__(self) -> int:
        return len(self._found)

    @property
    def full(self) -> bool:
        """Whether there are so many that looking for more helps nobody."""
        return len(self._found) >= MOST_PROBLEMS

    def add(self, rule: Rule, entry: str = "", *, text: str = "", **facts: Fact) -> None:
        """Note a problem. `text`: the sentence, where it is not the rule's own."""
        if not self.full:
            name = shown(entry)
            sentence = Sentence(text or SENTENCES[rule], {"entry": name, **facts})
            self._found.append(Problem(rule, name, sentence))

    def extend(self, found: Iterable[Problem]) -> None:
        """Note problems that were found elsewhere."""
        self._found = [*self._found, *found][:MOST_PROBLEMS]

    def refuse(self, rule: Rule, entry: str = "", **facts: Fact) -> NoReturn:
        """Raise `PackageRefused`: after this problem nothing else can be looked at."""
        self._found = self._found[: MOST_PROBLEMS - 1]
        self.add(rule, entry, text=SENTENCES[rule], **facts)
        self.refuse_all()

    def refuse_if_any(self) -> None:
        """Raise `PackageRefused` if there are problems."""
        if self._found:
            self.refuse_all()

    def refuse_all(self) -> NoReturn:
        """Raise `PackageRefused` with the problems that were noted; there are some."""
        raise PackageRefused(tuple(self._found))


def shown(name: str) -> str:
    """A name as it may stand in a sentence: what cannot be seen is spelled out."""
    seen = "".join(
        f"\\u{{{ord(character):x}}}" if _unseen(character) else character
        for character in name[: MOST_CHARACTERS + 1]
    )
    return seen if len(seen) <= MOST_CHARACTERS else seen[:MOST_CHARACTERS] + "…"


def _unseen(character: str) -> bool:
    return unicodedata.category(character) in {"Cc", "Cf", "Co", "Cn", "Cs", "Zl", "Zp"}
