"""What a plug-in is given, and what it answers. No Django: it runs in a limited child process.

A plug-in is a callable that an installed distribution names in the group `portico.checks`:

    [project.entry-points."portico.checks"]
    no-tracking = "acme_checks:no_tracking"

    def no_tracking(package: Package) -> Iterable[Finding]:
        for name in package.names:
            if name.endswith(".js") and b"tracker" in package.read(name):
                yield Finding("tracker", Severity.WARNING, "There is a tracker.", file=name)

It runs on each version, in a process of its own, without environment, with the limits of our own
checks. What it raises fails this check, and no other.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import entry_points
from typing import NamedTuple

from portico.automated_checks.rules.findings import Finding, Severity
from portico.automated_checks.rules.subjects import Subject

__all__ = ["GROUP", "Finding", "Package", "Plugin", "Severity", "plugins"]

GROUP = "portico.checks"


class Package:
    """A version as a plug-in sees it. A hosted version has no files; see `entry_url`."""

    def __init__(self, subject: Subject) -> None:
        self._subject = subject

    @property
    def manifest(self) -> Mapping[str, object]:
        """What its manifest.json says."""
        return self._subject.manifest

    @property
    def names(self) -> list[str]:
        """Its files, in a fixed order."""
        return self._subject.files.names

    @property
    def server_domains(self) -> tuple[str, ...]:
        """Those of its program, on any target."""
        return self._subject.server_domains

    @property
    def entry_url(self) -> str:
        """Where a hosted version is; empty for a package."""
        return self._subject.entry_url

    def size(self, name: str) -> int:
        """How many bytes a file has. Raises `KeyError` where there is none of this name."""
        return self._subject.files.sizes[name].whole

    def read(self, name: str) -> bytes:
        """A file's bytes. Raises `KeyError` where there is none of this name."""
        return self._subject.files.read(name)


class Plugin(NamedTuple):
    """An installed plug-in: the name of its entry point, and where it is found."""

    name: str
    place: str


def plugins() -> list[Plugin]:
    """Those that are installed, by name; of two with one name the first counts."""
    found = {one.name: one.value for one in reversed(list(entry_points(group=GROUP)))}
    return [Plugin(name, place) for name, place in sorted(found.items())]
