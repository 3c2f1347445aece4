"""Rules about the texts of a program in its languages: `i18n/<language>.json`."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from portico.automated_checks.rules.findings import Finding, Rule, Severity
from portico.automated_checks.rules.markup import Markup
from portico.automated_checks.rules.scripts import Script
from portico.automated_checks.rules.subjects import Subject, is_texts, listed
from portico.kernel.errors import gettext_noop

OTHERWISE: Final = "en"

UNREADABLE = Rule(
    "texts-unreadable",
    Severity.ERROR,
    gettext_noop("The texts of a language cannot be read: %(why)s."),
    gettext_noop("Write one JSON object with a text for each key, none inside another."),
)
NOT_JSON = gettext_noop("it is not JSON")
NOT_FLAT = gettext_noop("it is not an object with texts alone")
MISSING = Rule(
    "texts-missing",
    Severity.WARNING,
    gettext_noop("%(count)s texts of other languages are missing here: %(keys)s."),
    gettext_noop("Translate them. Until then another language is shown in their place."),
)
EMPTY = Rule(
    "texts-empty",
    Severity.WARNING,
    gettext_noop("%(count)s texts are empty: %(keys)s."),
    gettext_noop("Write them, or take the keys out so that another language is shown."),
)
UNKNOWN_KEY = Rule(
    "text-key-unknown",
    Severity.ERROR,
    gettext_noop("The text “%(key)s” is used here and is in no language."),
    gettext_noop("Add it to the files in i18n, or mend the key."),
)
NO_DEFAULT = Rule(
    "texts-no-default",
    Severity.WARNING,
    gettext_noop(
        "There are texts, but none in “%(language)s”, which is used where one is missing."
    ),
    gettext_noop("Add i18n/%(language)s.json, or name another “default_language”."),
)

RULES = (UNREADABLE, MISSING, EMPTY, UNKNOWN_KEY, NO_DEFAULT)


@dataclass
class Texts:
    """Remembers which texts are used where, and compares them with those that are there."""

    subject: Subject
    used: dict[str, tuple[str, int]] = field(default_factory=dict)

    def note_script(self, script: Script) -> None:
        """What a script asks for: `miniapp.text("key")`."""
        for at in range(len(script.tokens)):
            if script.text(at) != "text" or script.text(at + 1) != "(":
                continue
            key = script.literal(at + 2)
            whole = script.text(at + 3) in {")", ","}  # else the key is put together
            if key is not None and whole and script.text(at - 2) == "miniapp":
                self.used.setdefault(key, (script.file, script.line(at)))

    def note_markup(self, file: str, markup: Markup) -> None:
        """What a document asks for: `data-text="key"`."""
        for element in markup.elements:
            if key := element["data-text"]:
                self.used.setdefault(key, (file, element.line))

    def findings(self) -> Iterator[Finding]:
        """What is missing. Call it once everything was noted."""
        by_language: dict[str, Mapping[str, str]] = {}
        for name in self.subject.files.names:
            if is_texts(name):
                texts = _read(self.subject.files.text(name))
                if isinstance(texts, str):
                    yield UNREADABLE.found(name, why=texts)
                elif texts is not None:
                    by_language[name] = texts
        everything = {key for texts in by_language.values() for key in texts}
        for name, texts in by_language.items():
            yield from _compare(name, texts, everything)
        yield from self._default()
        for key, (file, line) in sorted(self.used.items(), key=lambda item: (item[1], item[0])):
            if key not in everything:
                yield UNKNOWN_KEY.found(file, line, key=key)

    def _default(self) -> Iterator[Finding]:
        language = self.subject.said("default_language") or OTHERWISE
        if self.subject.languages and language not in self.subject.languages:
            yield NO_DEFAULT.found("manifest.json", language=language)


def _compare(name: str, texts: Mapping[str, str], everything: set[str]) -> Iterator[Finding]:
    missing = sorted(everything - texts.keys())
    if missing:
        yield MISSING.found(name, count=len(missing), keys=listed(missing))
    empty = sorted(key for key, text in texts.items() if not text.strip())
    if empty:
        yield EMPTY.found(name, count=len(empty), keys=listed(empty))


def _read(text: str | None) -> Mapping[str, str] | str | None:
    """The texts; in a word why they cannot be used; or None where the file was not looked into."""
    if text is None:
        return None
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        return NOT_JSON
    if not isinstance(said, dict) or not all(isinstance(one, str) for one in said.values()):
        return NOT_FLAT
    return said
