"""Rules about how much a package weighs, and what should not have come along."""

from __future__ import annotations

import re
from collections.abc import Iterator
from posixpath import basename
from typing import Final

from portico.automated_checks.rules.findings import Finding, Rule, Severity
from portico.automated_checks.rules.subjects import MIB, Sort, Subject, sort_of
from portico.kernel.errors import gettext_noop

HEAVY: Final = 2 * MIB
VERY_HEAVY: Final = 10 * MIB
MANY: Final = 1_000
NAMED: Final = 3
KEYS: Final = (".pem", ".key", ".p12", ".pfx", ".jks", ".keystore", ".ppk")
SOURCES: Final = (".ts", ".tsx", ".jsx", ".vue", ".svelte", ".scss", ".sass", ".less", ".coffee")
COPIES: Final = (".bak", ".orig", ".old", ".swp", ".tmp", "~")
OF_SYSTEMS: Final = frozenset(("thumbs.db", "desktop.ini", "__macosx", "ehthumbs.db"))
OF_TOOLS: Final = frozenset(
    "package.json package-lock.json yarn.lock pnpm-lock.yaml tsconfig.json webpack.config.js "
    "vite.config.js rollup.config.js gulpfile.js gruntfile.js makefile dockerfile".split()
)
LEADS_TO_MAP: Final = re.compile(r"(?://|/\*)[#@]\s*sourceMappingURL=(?!data:)\S", re.IGNORECASE)

TOO_HEAVY = Rule(
    "package-heavy",
    Severity.WARNING,
    gettext_noop("The package has %(size)s; people wait for more than 2 MiB. Largest: %(files)s."),
    gettext_noop("Make pictures smaller, leave out what no page needs, load the rest when needed."),
)
FAR_TOO_HEAVY = Rule(
    "package-very-heavy",
    Severity.ERROR,
    gettext_noop(
        "The package has %(size)s, far more than the 2 MiB to aim at. Largest: %(files)s."
    ),
    gettext_noop("Move films, sound and large pictures to a server and load them when needed."),
)
MANY_FILES = Rule(
    "package-many-files",
    Severity.INFO,
    gettext_noop("The package has %(count)s files."),
    gettext_noop("Put scripts and styles together, and leave out what no page needs."),
)
SOURCE_MAP = Rule(
    "source-map",
    Severity.WARNING,
    gettext_noop("A source map is in the package: it shows the sources to everybody."),
    gettext_noop("Build without source maps, or keep them apart from the package."),
)
LEADS_TO_SOURCE_MAP = Rule(
    "source-map-named",
    Severity.INFO,
    gettext_noop("The file names a source map."),
    gettext_noop("Have the build leave the comment with “sourceMappingURL” out."),
)
HIDDEN = Rule(
    "hidden-file",
    Severity.WARNING,
    gettext_noop("A hidden file came along. Such files often hold settings, or the whole history."),
    gettext_noop("Leave files and folders whose names begin with a dot out of the package."),
)
KEY_FILE = Rule(
    "key-file",
    Severity.ERROR,
    gettext_noop("By its name this file holds a key. Everybody can read it in the package."),
    gettext_noop("Take it out, and replace the key: it counts as known from now on."),
)
NOT_NEEDED = Rule(
    "file-not-needed",
    Severity.INFO,
    gettext_noop("This file is of tools or systems; no page needs it."),
    gettext_noop("Leave it out of the package."),
)
MODULES = Rule(
    "node-modules",
    Severity.WARNING,
    gettext_noop("The folder “node_modules” came along, with %(count)s files."),
    gettext_noop("Bundle the code that pages use, and leave the folder out."),
)

RULES = (
    TOO_HEAVY,
    FAR_TOO_HEAVY,
    MANY_FILES,
    SOURCE_MAP,
    LEADS_TO_SOURCE_MAP,
    HIDDEN,
    KEY_FILE,
    NOT_NEEDED,
    MODULES,
)


def check_weight(subject: Subject) -> Iterator[Finding]:
    """Whether the package is too heavy, and by which files."""
    sizes = subject.files.sizes
    if subject.packed > HEAVY:
        rule = FAR_TOO_HEAVY if subject.packed > VERY_HEAVY else TOO_HEAVY
        largest = sorted(sizes, key=lambda name: (-sizes[name].packed, name))[:NAMED]
        files = ", ".join(f"{name} ({in_mib(sizes[name].packed)})" for name in largest)
        yield rule.found(size=in_mib(subject.packed), files=files)
    if len(sizes) > MANY:
        yield MANY_FILES.found(count=f"{len(sizes):,}")


def check_leftovers(subject: Subject) -> Iterator[Finding]:
    """What should not have come along."""
    modules = 0
    for name in subject.files.names:
        if "node_modules" in name.split("/")[:-1]:
            modules += 1
            continue
        rule = _rule_against(name)
        if rule is not None:
            yield rule.found(name)
    if modules:
        yield MODULES.found("node_modules", count=f"{modules:,}")


def names_a_map(name: str, text: str) -> Iterator[Finding]:
    """Whether a script or a style leads to a source map; what is written into it does not."""
    if sort_of(name) in {Sort.SCRIPT, Sort.STYLE}:
        found = LEADS_TO_MAP.search(text, max(0, len(text) - 4096))
        if found is not None:
            yield LEADS_TO_SOURCE_MAP.found(name, text.count("\n", 0, found.start()) + 1)


def in_mib(size: int) -> str:
    """A size in words."""
    return f"{size / MIB:.1f} MiB" if size >= MIB / 10 else f"{size / 1024:.0f} KiB"


def _rule_against(name: str) -> Rule | None:
    lower = name.lower()
    parts = lower.split("/")
    if lower.endswith(KEYS):
        return KEY_FILE
    if lower.endswith(".map"):
        return SOURCE_MAP
    if any(part.startswith(".") for part in parts):
        return HIDDEN
    odd = OF_SYSTEMS.intersection(parts) or basename(lower) in OF_TOOLS
    return NOT_NEEDED if odd or lower.endswith((*SOURCES, *COPIES)) else None
