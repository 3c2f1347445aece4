"""What a settings file says, once it was read: sections with the revisions they were made from."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from portico.basic_settings.as_code.faults import (
    FaultyFile,
    MisspelledKey,
    NotAMapping,
    NotARevision,
    NotAText,
    OtherFormat,
    Problem,
    SecretInFile,
    UnknownKey,
)
from portico.basic_settings.as_code.reading import Plain, Text, printable, read_yaml, short
from portico.basic_settings.registry import AnySection, all_sections
from portico.kernel.errors import Invalid

FORMAT: Final = 1
KEYS: Final = ("portico", "workspace", "workspace_id", "exported_at", "sections", "files")
SECRET: Final = "secret"  # noqa: S105 - the name of what says whether there is one


class SecretWord(StrEnum):
    """All that the file says of a secret: `{secret: kept}`, `{secret: none}`."""

    KEPT = "kept"
    NONE = "none"


@dataclass(frozen=True)
class GivenSection:
    """A section of the file. `revision` None: it is based on whatever is live.

    `values` has the fields that the file names, without secrets; those it does not name stay.
    """

    section: AnySection
    revision: int | None
    values: Mapping[str, Any]
    secrets: Mapping[str, SecretWord]
    text: Text

    def line(self, field_name: str = "") -> int:
        """Where the section, or a field such as `documents.0.file`, is in the file."""
        place = [_key(part) for part in field_name.split(".") if part]
        at: list[str | int] = ["sections", self.section.name]
        return self.text.line(*at, *(["values", *place] if place else []))


@dataclass(frozen=True)
class Document:
    """A settings file. `workspace` and `workspace_id` say whose settings it holds, if it does."""

    workspace: str
    workspace_id: str
    sections: tuple[GivenSection, ...]
    names: Mapping[str, str] = field(default_factory=dict)

    def section(self, name: str) -> GivenSection | None:
        """The section of that name, if the file has it."""
        return next((one for one in self.sections if one.section.name == name), None)


def read_document(content: bytes) -> Document:
    """What the file says; raises `FaultyFile` with everything that is wrong with its shape.

    The values themselves are for the sections to judge.
    """
    text = read_yaml(content)
    reader = _Reader(text)
    document = reader.document()
    if reader.problems or document is None:
        raise FaultyFile(tuple(sorted(reader.problems, key=lambda one: one.line)))
    return document


class _Reader:
    """Gathers what is wrong, so that it is said all at once."""

    def __init__(self, text: Text) -> None:
        self.text = text
        self.problems: list[Problem] = []

    def document(self) -> Document | None:
        top = self.text.value
        if not isinstance(top, dict) or top.get("portico") != FORMAT or top["portico"] is True:
            self.refuse(OtherFormat(known=FORMAT), "portico")
            return None
        self.refuse_unknown(top, KEYS)
        sections = self.mapping(top, "sections")
        known = {section.name: section for section in all_sections()}
        self.refuse_unknown(sections, known, "sections")
        return Document(
            workspace=self.word(top, "workspace"),
            workspace_id=self.word(top, "workspace_id"),
            sections=tuple(
                self.section(section, sections[name])
                for name, section in known.items()
                if name in sections
            ),
            names=self.file_names(top),
        )

    def section(self, section: AnySection, given: Plain) -> GivenSection:
        at = ("sections", section.name)
        found = self.as_mapping(given, *at)
        self.refuse_unknown(found, ("revision", "values"), *at)
        values = self.mapping(found, "values", *at)
        self.refuse_unknown(values, section.schema.model_fields, *at, "values")
        return GivenSection(
            section=section,
            revision=self.revision(found.get("revision"), *at, "revision"),
            values={name: value for name, value in values.items() if name not in section.secrets},
            secrets={
                name: self.secret(values[name], *at, "values", name)
                for name in section.secrets
                if name in values
            },
            text=self.text,
        )

    def revision(self, given: Plain, *at: str) -> int | None:
        if given is None:
            return None
        if isinstance(given, bool) or not isinstance(given, int) or not 0 <= given < 2**31:
            self.refuse(NotARevision(), *at)
            return None
        return given

    def secret(self, given: Plain, *at: str) -> SecretWord:
        word = given.get(SECRET) if isinstance(given, dict) and len(given) == 1 else None
        if given is None:
            return SecretWord.KEPT
        if word not in tuple(SecretWord):
            self.refuse(SecretInFile(), *at)
            return SecretWord.KEPT
        return SecretWord(str(word))

    def file_names(self, top: dict[str, Plain]) -> dict[str, str]:
        """What the files were called when somebody uploaded them, by hash."""
        found = {}
        for sha256, about in self.mapping(top, "files").items():
            entry = self.as_mapping(about, "files", sha256)
            self.refuse_unknown(entry, ("name", "type", "size"), "files", sha256)
            found[sha256] = printable(self.word(entry, "name", "files", sha256))
        return found

    def mapping(self, around: Mapping[str, Plain], key: str, *at: str) -> dict[str, Plain]:
        return self.as_mapping(around.get(key), *at, key)

    def as_mapping(self, given: Plain, *at: str) -> dict[str, Plain]:
        if isinstance(given, dict):
            return given
        if given is not None:
            self.refuse(NotAMapping(key=at[-1]), *at)
        return {}

    def word(self, around: Mapping[str, Plain], key: str, *at: str) -> str:
        given = around.get(key)
        if given is not None and not isinstance(given, str):
            self.refuse(NotAText(key=key), *at, key)
            return ""
        return given or ""

    def refuse_unknown(self, given: Mapping[str, Plain], known: Iterable[str], *at: str) -> None:
        for key in given:
            if key not in known:
                self.refuse(misspelled(key, known), *at, key)

    def refuse(self, error: Invalid, *at: str) -> None:
        place = ".".join(at).removeprefix("sections.").replace(".values", "", 1)
        self.problems.append(Problem(place, error, self.text.line(*at)))


def _key(part: str) -> str | int:
    """A part of a place; a short number is one in a list, anything else somebody's word."""
    return int(part) if part.isascii() and part.isdigit() and len(part) < 9 else part


def misspelled(key: str, known: Iterable[str]) -> Invalid:
    """What to say of a name that nothing here has."""
    shown = short(key)
    nearest = difflib.get_close_matches(key[:60], [*known], n=1, cutoff=0.6)
    if nearest:
        return MisspelledKey(key=shown, nearest=nearest[0])
    return UnknownKey(key=shown, known=", ".join(known))
