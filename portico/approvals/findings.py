"""Findings of the automated checks, as a decision names them: copied, since checks can be run
again, while a decision never changes."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TypedDict

from portico.approvals.errors import MOST_FINDINGS, TooManyFindings, UnknownFindings
from portico.automated_checks.models import Finding
from portico.automated_checks.services import findings_of, worst_first
from portico.automated_checks.showing import source_of
from portico.miniprograms.models import Version


class MarkedFinding(TypedDict):
    """What a decision keeps of a finding. `source`: `portico`, `plugin:<name>`, or a reviewer's
    name; `line` 0: of the file as a whole; `file` empty: of the package as a whole."""

    key: str
    rule: str
    severity: str
    message: str
    file: str
    line: int
    source: str


def key_of(finding: Finding) -> str:
    """What names a finding among those of its version: the same once the version was checked
    again and it was found again."""
    told = (finding.source, finding.rule, finding.file, str(finding.line), finding.message)
    return hashlib.sha256("\0".join(told).encode()).hexdigest()[:16]


def marked(version: Version, keys: Sequence[str]) -> list[MarkedFinding]:
    """Copies of the findings of a version that have these keys, the worst first; one query, none
    for no keys.

    Raises `TooManyFindings`, or `UnknownFindings` where there is one that the version does not
    have, or has no more since it was checked again.
    """
    wanted = set(keys)
    if not wanted:
        return []
    if len(wanted) > MOST_FINDINGS:
        raise TooManyFindings(most=MOST_FINDINGS)
    found = {key_of(one): one for one in worst_first(findings_of(version))}
    if wanted - found.keys():
        raise UnknownFindings
    return [
        MarkedFinding(
            key=key,
            rule=one.rule,
            severity=one.severity,
            message=one.message,
            file=one.file,
            line=one.line,
            source=source_of(one),
        )
        for key, one in found.items()
        if key in wanted
    ]
