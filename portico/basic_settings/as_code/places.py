"""Where in a section's values files are named, and what they were uploaded for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from portico.basic_settings.registry import AnySection
from portico.files.services import is_hash


@dataclass(frozen=True)
class NamedFile:
    """A file that a section's values name. `place` is as `logo` or `documents.0.file`."""

    place: str
    sha256: str
    purpose: str


def named_files(section: AnySection, values: Mapping[str, Any]) -> Iterator[NamedFile]:
    """Every file that these values name, in their order."""
    for pattern, purpose in section.uploads.items():
        for place, value in _found(dict(values), pattern.split(".")):
            if isinstance(value, str) and is_hash(value):
                yield NamedFile(".".join(place), value, purpose)


def with_files(
    section: AnySection, values: Mapping[str, Any], stored: Callable[[NamedFile], str]
) -> dict[str, Any]:
    """The values with each file named as `stored` says."""
    renamed: dict[str, Any] = dict(values)
    for pattern, purpose in section.uploads.items():
        renamed = _renamed(renamed, pattern.split("."), (), purpose, stored)
    return renamed


def _found(value: Any, pattern: list[str]) -> Iterator[tuple[tuple[str, ...], Any]]:
    if not pattern:
        yield (), value
        return
    for key, part in _parts(value, pattern[0]):
        for place, found in _found(part, pattern[1:]):
            yield (str(key), *place), found


def _renamed(
    value: Any,
    pattern: list[str],
    place: tuple[str, ...],
    purpose: str,
    stored: Callable[[NamedFile], str],
) -> Any:
    if not pattern:
        is_file = isinstance(value, str) and is_hash(value)
        return stored(NamedFile(".".join(place), value, purpose)) if is_file else value
    parts = {
        key: _renamed(part, pattern[1:], (*place, str(key)), purpose, stored)
        for key, part in _parts(value, pattern[0])
    }
    if isinstance(value, dict):
        return {**value, **parts}
    if isinstance(value, list):
        return [parts.get(number, part) for number, part in enumerate(value)]
    return value


def _parts(value: Any, key: str) -> list[tuple[str | int, Any]]:
    if isinstance(value, dict):
        return [(key, value[key])] if key in value else []
    if isinstance(value, list) and key == "*":
        return list(enumerate(value))
    return []
