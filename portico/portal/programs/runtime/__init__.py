"""The script that every declared page begins with, and the texts that it is given."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from portico.portal.programs.contents import Contents

FOLDER: Final = "/.portico/"
MOST_TEXTS: Final = 512 * 1024


@dataclass(frozen=True)
class Script:
    """A script of ours, and the hash that its address names."""

    body: bytes
    digest: str


def _script(name: str) -> Script:
    body = (Path(__file__).parent / name).read_bytes()
    return Script(body, hashlib.sha256(body).hexdigest()[:16])


RUNTIME: Final = _script("runtime.js")


def runtime_path() -> str:
    """Where the present runtime is, for ever."""
    return f"{FOLDER}runtime.js?v={RUNTIME.digest}"


def texts_of(contents: Contents) -> dict[str, Mapping[str, str]]:
    """The texts of a package by language, as they come with each of its pages: the default language
    first, and the others as long as all of them together are not too large.

    What cannot be read has no texts; the program then shows its keys.
    """
    found = dict[str, Mapping[str, str]]()
    left = MOST_TEXTS
    for language in dict.fromkeys((contents.default_language, "en", *contents.languages)):
        entry = contents.entries.get(f"i18n/{language}.json")
        if entry is not None and entry.size <= left:
            left -= entry.size
            found[language] = _texts(contents, language)
    return found


def _texts(contents: Contents, language: str) -> Mapping[str, str]:
    try:
        found = json.loads(contents.read(f"i18n/{language}.json", most=MOST_TEXTS))
    except (ValueError, RecursionError):
        return {}
    if not isinstance(found, dict):
        return {}
    return {key: text for key, text in found.items() if isinstance(text, str)}
