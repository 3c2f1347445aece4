"""Findings that a decision names."""

from __future__ import annotations

import pytest

from conftest import Cast
from portico.approvals.errors import TooManyFindings, UnknownFindings
from portico.approvals.findings import key_of, marked
from portico.automated_checks.models import CheckRun, Finding, RunState
from portico.miniprograms.models import Version
from tests.make import AT, make_program, make_version


def found_in(version: Version, *messages: str, severity: str = "warning") -> list[Finding]:
    """Findings of a version, by the plug-in `lint`."""
    run, _made = CheckRun.objects.get_or_create(
        version=version,
        defaults={"workspace": version.workspace, "state": RunState.DONE, "finished_at": AT},
    )
    return [
        Finding.objects.create(
            run=run, source="plugin:lint", rule="r", severity=severity, file="a.js", message=text
        )
        for text in messages
    ]


def test_what_is_marked_is_copied_the_worst_first(cast: Cast) -> None:
    version = make_version(make_program(cast.acme))
    (note,) = found_in(version, "A note", severity="info")
    (error,) = found_in(version, "An error", severity="error")

    copies = marked(version, [key_of(note), key_of(error), key_of(note)])

    assert [(one["severity"], one["message"]) for one in copies] == [
        ("error", "An error"),
        ("info", "A note"),
    ]
    assert copies[0]["source"] == "plugin:lint"


def test_a_mark_outlives_another_run_that_finds_the_same(cast: Cast) -> None:
    version = make_version(make_program(cast.acme))
    (first,) = found_in(version, "An error", severity="error")
    key = key_of(first)
    Finding.objects.all().delete()
    found_in(version, "An error", severity="error")

    assert [one["message"] for one in marked(version, [key])] == ["An error"]


def test_what_is_not_found_in_this_version_cannot_be_marked(cast: Cast) -> None:
    program = make_program(cast.acme)
    version, other = make_version(program), make_version(program)
    (elsewhere,) = found_in(other, "Elsewhere")

    with pytest.raises(UnknownFindings, match="mark them anew"):
        marked(version, [key_of(elsewhere)])
    with pytest.raises(TooManyFindings):
        marked(version, [f"{number:016}" for number in range(201)])
    assert marked(version, []) == []
