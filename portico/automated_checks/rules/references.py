"""Rules about what files of a package say of one another: is it there?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from posixpath import dirname, join, normpath
from typing import Final
from urllib.parse import unquote

from portico.automated_checks.rules.findings import Finding, Rule, Severity
from portico.automated_checks.rules.markup import Markup
from portico.automated_checks.rules.scripts import Script
from portico.automated_checks.rules.subjects import Files
from portico.kernel.errors import gettext_noop

REFERRING: Final = ("src", "href", "poster", "xlink:href")
SCHEME: Final = re.compile(r"[a-z][a-z0-9+.-]*:|//|\\\\", re.IGNORECASE)
OF_A_DISK: Final = re.compile(r"file:|[a-z]:[\\/]|\\\\", re.IGNORECASE)
MADE_LATER: Final = re.compile(r"\{\{|\$\{|<%")
IN_STYLE: Final = re.compile(
    r"""url\(\s*(?:"([^"\n)]*)"|'([^'\n)]*)'|([^"'\s()]+))\s*\)|@import\s+["']([^"'\n]+)["']""",
    re.IGNORECASE,
)
BLANK: Final = re.compile(r"[\t\n\r]")  # browsers leave these out of addresses
OURS: Final = "/.portico/"

MISSING = Rule(
    "reference-missing",
    Severity.WARNING,
    gettext_noop("“%(path)s” is named here and is not in the package."),
    gettext_noop("Add the file or mend the path. Capital and small letters are different."),
)
OUTSIDE = Rule(
    "reference-outside",
    Severity.WARNING,
    gettext_noop("“%(path)s” leads out of the package."),
    gettext_noop("Write a path from this file, or from the root of the package with a slash."),
)
ON_A_DISK = Rule(
    "path-of-a-disk",
    Severity.WARNING,
    gettext_noop("A path on somebody's disk is named here; nobody else has it."),
    gettext_noop("Put the file into the package and write its path there."),
)

RULES = (MISSING, OUTSIDE, ON_A_DISK)


@dataclass(frozen=True)
class References:
    """Looks whether what is named is in the package."""

    files: Files

    def in_markup(self, file: str, markup: Markup) -> Iterator[Finding]:
        """What a document names."""
        if any(one["href"] for one in markup.all("base")):
            return  # what its addresses mean is changed, which is a finding of its own
        for element in markup.elements:
            for name in REFERRING:
                yield from self._look(file, element.line, element[name])
            for part in element["srcset"].split(","):
                yield from self._look(file, element.line, part.strip().partition(" ")[0])

    def in_style(self, file: str, style: str, *, first_line: int = 1) -> Iterator[Finding]:
        """What a style sheet names."""
        line, place = first_line, 0
        for found in IN_STYLE.finditer(style):
            line += style.count("\n", place, found.start())
            place = found.start()
            yield from self._look(file, line, next(filter(None, found.groups()), ""))

    def in_script(self, script: Script) -> Iterator[Finding]:
        """Modules that a script names by a path."""
        for at in range(len(script.tokens)):
            said = script.literal(at)
            if said is None or not said.startswith(("./", "../")):
                continue
            imported = script.text(at - 1) in {"from", "import"} or (
                script.text(at - 1) == "(" and script.text(at - 2) in {"import", "importScripts"}
            )
            if imported:
                yield from self._look(script.file, script.line(at), said)

    def _look(self, file: str, line: int, address: str) -> Iterator[Finding]:
        address = BLANK.sub("", address).strip()
        if OF_A_DISK.match(address):
            yield ON_A_DISK.found(file, line)
            return
        if not address or SCHEME.match(address) or MADE_LATER.search(address):
            return
        path = unquote(re.split(r"[?#]", address)[0])
        if not path or path.startswith(OURS):
            return
        place = self._place(file, path)
        if place is None:
            yield OUTSIDE.found(file, line, path=path)
        elif not self._is_there(place):
            yield MISSING.found(file, line, path=path)

    def _place(self, file: str, path: str) -> str | None:
        """Where in the package a path leads; None: out of it."""
        whole = normpath(path.lstrip("/") if path.startswith("/") else join(dirname(file), path))
        return None if whole == ".." or whole.startswith("../") else whole

    def _is_there(self, place: str) -> bool:
        # A page may be named as the manifest does, without its ending.
        return place == "." or place in self.files or f"{place}.html" in self.files
