"""Waiting for the automated checks of a version, and what they found."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from pydantic import JsonValue

from portico.miniprograms.uploading.client.sending import Portico, Reply, Said

GOES_ON: Final = frozenset({"queued", "running"})
FAILED: Final = "failed"
EVERY: Final = 1.0  # seconds


@dataclass(frozen=True)
class Finding:
    """One finding, as it is printed."""

    severity: str
    rule: str
    place: str
    advice: str


@dataclass(frozen=True)
class Checked:
    """How the checks stand. `state` is the API's; `over`: nothing more is to be waited for."""

    state: str
    over: bool
    findings: tuple[Finding, ...]
    said: Said

    @property
    def has_errors(self) -> bool:
        """Whether something was found that has to be mended."""
        return any(finding.severity == "error" for finding in self.findings)


def wait_for_checks(
    portico: Portico,
    app_id: str,
    code: int,
    *,
    seconds: float,
    clock: Callable[[], float] = time.monotonic,
) -> Checked | Reply:
    """What the checks found, once they are over or the time is; a `Reply` where it was refused."""
    ends = clock() + seconds
    while True:
        reply = portico.checks(app_id, code)
        if reply.is_refusal:
            return reply
        checked = _checked(reply.said)
        if checked.over or clock() >= ends:
            return checked
        portico.pause(EVERY)


def _checked(said: Said) -> Checked:
    state = str(said.get("state", ""))
    listed = said.get("findings")
    found = tuple(_finding(one) for one in listed) if isinstance(listed, list) else ()
    return Checked(state, state not in GOES_ON, found, said)


def _finding(one: JsonValue) -> Finding:
    given = one if isinstance(one, dict) else {}
    file, line = str(given.get("file") or ""), given.get("line")
    text = " ".join(str(given[part]) for part in ("message", "advice") if given.get(part))
    return Finding(
        severity=str(given.get("severity", "")),
        rule=str(given.get("rule", "")),
        place=f"{file}:{line}" if file and line else file,
        advice=text,
    )
