"""Plug-ins: found by their entry point in an installed distribution, run apart, allowed to fail."""

from __future__ import annotations

from pathlib import Path

import pytest

from portico.automated_checks import children
from portico.automated_checks.children import Ended, Work, works
from portico.automated_checks.isolated.protocol import Question
from portico.automated_checks.models import CheckRun, RunState
from portico.automated_checks.running import carry
from portico.automated_checks.services import Verdict, findings_of, verdict_of
from portico.automated_checks.tests.conftest import Clock, here, make_tidy, uploaded
from portico.miniprograms.models import MiniProgram

CODE = """
import os
from collections.abc import Iterable

from portico.automated_checks.plugins import Finding, Package, Severity


def no_tracking(package: Package) -> Iterable[Finding]:
    for name in package.names:
        if name.endswith(".js") and b"tracker" in package.read(name):
            yield Finding(
                "tracker", Severity.WARNING, "There is a tracker.", "Take it out.", name, 1
            )


def breaks(package: Package) -> Iterable[Finding]:
    raise RuntimeError("a secret of the package: " + package.manifest["app_id"])


def hoards(package: Package) -> Iterable[Finding]:
    return [bytearray(10**10)]


def exits(package: Package) -> Iterable[Finding]:
    raise SystemExit(0)


def dies(package: Package) -> Iterable[Finding]:
    os._exit(1)


def prints(package: Package) -> Iterable[Finding]:
    print("looking at " + package.manifest["app_id"], flush=True)
    os.write(1, b"and more")
    return [Finding("seen", Severity.INFO, "It was seen.")]


def has_no_sentence(package: Package) -> Iterable[Finding]:
    return [Finding("odd", Severity.INFO, object(), line="seven")]


def says_nonsense(package: Package) -> Iterable[Finding]:
    return ["a finding"]
"""


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A distribution with plug-ins, installed where this process imports from."""
    (tmp_path / "acme_checks.py").write_text(CODE)
    facts = tmp_path / "acme_checks-1.0.dist-info"
    facts.mkdir()
    (facts / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-checks\nVersion: 1.0\n")
    names = {"no-tracking": "no_tracking", "b": "breaks", "h": "hoards", "n": "says_nonsense"}
    names |= {"e": "exits", "d": "dies", "p": "prints", "o": "has_no_sentence"}
    points = "".join(f"{name} = acme_checks:{function}\n" for name, function in names.items())
    (facts / "entry_points.txt").write_text(f"[portico.checks]\n{points}")
    monkeypatch.syspath_prepend(str(tmp_path))


def test_without_plug_ins_there_are_our_own_checks() -> None:
    assert [work.name for work in works()] == ["content", "secrets", "pictures"]


@pytest.mark.usefixtures("installed")
def test_plug_ins_find_things_and_may_fail_without_failing_the_run(program: MiniProgram) -> None:
    version = make_tidy(program, {"app.js": "tracker()"})
    uploaded(version)

    def apart(work: Work, question: Question, package: bytes) -> Ended:
        return (here if work.is_ours else children.done)(work, question, package)

    carry(0, clock=Clock(), do=apart)

    run = CheckRun.objects.get()
    assert run.state == RunState.DONE
    seen, found = findings_of(version)
    assert (seen.rule, seen.source) == ("p/seen", "plugin:p")
    assert (found.rule, found.source, found.file) == (
        "no-tracking/tracker",
        "plugin:no-tracking",
        "app.js",
    )
    failed = {one["check"]: one["facts"].get("error") for one in run.troubles}
    assert failed == {
        "plugin:b": "RuntimeError",
        "plugin:h": "MemoryError",
        "plugin:n": "TypeError",
        "plugin:e": "SystemExit",
        "plugin:o": "ValueError",
        "plugin:d": None,
    }
    assert not any("our fault" in one["text"] for one in run.troubles)
    assert "a secret of the package" not in str(run.troubles)
    assert verdict_of(version) is Verdict.FINDINGS
