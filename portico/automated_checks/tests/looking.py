"""Looking for something in a package that is made up for one test."""

from __future__ import annotations

import json
from collections.abc import Mapping

from portico.automated_checks.rules.catalog import CHECKS, findings_of
from portico.automated_checks.rules.findings import Finding
from portico.automated_checks.rules.subjects import Files, Subject, files_of, manifest_in
from portico.automated_checks.tests.conftest import ICON, PAGE, TIDY
from tests.packages import make_manifest


def subject_with(
    files: Mapping[str, bytes | str] | None = None,
    *,
    domains: tuple[str, ...] = (),
    packed: int = 0,
    without: tuple[str, ...] = (),
    having: Mapping[str, object] | None = None,
    **members: object,
) -> Subject:
    """A version in which nothing is found but for what these files and members bring."""
    manifest = {**make_manifest(), **TIDY, **(having or {}), **members}
    for member in without:
        del manifest[member]
    content: dict[str, bytes | str] = {
        "manifest.json": json.dumps(manifest),
        "common/icon.svg": ICON,
        "pages/index/index.html": PAGE,
        **(files or {}),
    }
    found: Files = files_of(content)
    return Subject(found, manifest_in(found), domains, packed)


def found_in(subject: Subject, *checks: str) -> list[Finding]:
    """All that is found; of some checks alone where they are named."""
    names = checks or tuple(CHECKS)
    return [one for name in names for one in findings_of(CHECKS[name], subject)]


def rules_in(subject: Subject, *checks: str) -> list[str]:
    """The ids of what is found."""
    return [one.rule for one in found_in(subject, *checks)]
