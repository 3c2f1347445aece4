"""Checks in the worker: from the upload to the findings, once, whatever happens in between."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from portico.automated_checks import children, running
from portico.automated_checks.children import Ended, Work, done
from portico.automated_checks.isolated.protocol import Answer, Question, parse_answer
from portico.automated_checks.lanes import TASK
from portico.automated_checks.models import CheckRun, Finding, RunState
from portico.automated_checks.rules.findings import Finding as Found
from portico.automated_checks.rules.findings import Severity
from portico.automated_checks.running import MOST_BEGINNINGS, carry, claim
from portico.automated_checks.services import (
    Verdict,
    check_uploaded,
    findings_of,
    state_of,
    verdict_of,
)
from portico.automated_checks.tests.conftest import Clock, checked, here, make_tidy, uploaded
from portico.files.models import path_of
from portico.miniprograms.models import MiniProgram, ProgramOnTarget, Version
from portico.outbox.models import Event
from portico.targets.models import ReleaseTarget
from portico.workspaces.models import Workspace
from tests.jobs import run, waiting
from tests.make import AT, make_app
from tests.packages import make_manifest, make_package


def test_a_version_is_checked_after_its_upload(program: MiniProgram) -> None:
    version = make_tidy(program, {"app.js": "const text = '1';\neval(text);\n"})

    run = checked(version, do=done)

    assert run.state == RunState.DONE
    assert run.checks == ["content", "secrets", "pictures"]
    found = findings_of(version).get()
    assert (found.rule, found.file, found.line) == ("eval", "app.js", 2)
    assert verdict_of(version) is Verdict.FINDINGS


def test_a_tidy_version_is_clean(program: MiniProgram) -> None:
    version = make_tidy(program)

    run = checked(version)

    assert list(findings_of(version)) == []
    assert (run.state, verdict_of(version)) == (RunState.DONE, Verdict.CLEAN)


def test_an_upload_has_a_job_in_the_worker_and_is_pending_until_it_is_done(
    program: MiniProgram,
) -> None:
    version = make_tidy(program)
    assert (state_of(version), verdict_of(version)) == (RunState.QUEUED, Verdict.PENDING)

    uploaded(version)
    assert waiting(TASK) == [{"lane": 0}]
    assert (state_of(version), verdict_of(version)) == (RunState.QUEUED, Verdict.PENDING)
    run(TASK)

    assert state_of(version) == RunState.DONE


def test_hearing_of_an_upload_twice_checks_it_once(program: MiniProgram) -> None:
    version = make_tidy(program, {"app.js": "eval(a)"})
    uploaded(version)
    carry(0, clock=Clock(), do=here)

    check_uploaded(Event.objects.get(name="version.uploaded"))

    assert carry(0, clock=Clock(), do=here) == 0
    assert Finding.objects.count() == 1


def test_a_worker_that_is_killed_leaves_its_run_to_the_next_job_of_its_lane(
    program: MiniProgram,
) -> None:
    version = make_tidy(program, {"app.js": "eval(a)"})
    uploaded(version)

    def killed(work: Work, question: Question, package: bytes) -> Ended:
        if work.name == "secrets":
            raise KeyboardInterrupt
        return here(work, question, package)

    with pytest.raises(KeyboardInterrupt):
        carry(1, clock=Clock(), do=killed)
    assert Finding.objects.count() == 1
    assert claim(0, at=AT) is None  # another lane waits for the lease

    assert carry(1, clock=Clock(), do=here) == 1
    assert Finding.objects.count() == 1
    assert (state_of(version), CheckRun.objects.get().attempts) == (RunState.DONE, 2)


def test_another_lane_takes_it_up_once_the_lease_is_over(program: MiniProgram) -> None:
    clock = Clock()
    uploaded(make_tidy(program))
    claim(0, at=clock())

    clock.pass_(seconds=running.LEASE.total_seconds())

    assert carry(1, clock=clock, do=here) == 1
    assert CheckRun.objects.get().state == RunState.DONE


def test_what_a_worker_finds_that_was_taken_for_dead_is_dropped(program: MiniProgram) -> None:
    version = make_tidy(program, {"app.js": "eval(a)"})
    uploaded(version)
    begun: list[str] = []

    def overtaken(work: Work, question: Question, package: bytes) -> Ended:
        if not begun:
            begun.append(work.name)
            carry(0, clock=Clock(), do=here)  # the same lane: whoever had it is dead
        return here(work, question, package)

    carry(0, clock=Clock(), do=overtaken)

    assert Finding.objects.count() == 1
    assert CheckRun.objects.get().checks == ["content", "secrets", "pictures"]


def test_a_run_that_takes_its_worker_down_each_time_is_given_up(program: MiniProgram) -> None:
    version = make_tidy(program)
    uploaded(version)
    for _ in range(MOST_BEGINNINGS):
        claim(0, at=AT)

    carry(0, clock=Clock(), do=here)

    run = CheckRun.objects.get()
    assert (run.state, run.due_at) == (RunState.FAILED, None)
    assert "ended from outside" in run.troubles[0]["text"]
    assert verdict_of(version) is Verdict.FAILED


def test_a_check_that_does_not_end_fails_the_run_and_the_others_are_done(
    program: MiniProgram,
) -> None:
    version = make_tidy(program, {"app.js": "eval(a)"})
    uploaded(version)

    def one_fails(work: Work, question: Question, package: bytes) -> Ended:
        if work.name == "pictures":
            return children.done(work, question, package, seconds=0.001)
        return here(work, question, package)

    carry(0, clock=Clock(), do=one_fails)

    run = CheckRun.objects.get()
    assert run.state == RunState.FAILED
    assert [(one["check"], "more memory or time" in one["text"]) for one in run.troubles] == [
        ("pictures", True)
    ]
    assert findings_of(version).get().rule == "eval"


def test_a_package_that_is_gone_from_the_storage_fails_the_run(
    program: MiniProgram, settings: object
) -> None:
    from django.core.files.storage import default_storage

    version = make_tidy(program)
    uploaded(version)
    default_storage.delete(path_of(version.workspace_id, version.package))

    carry(0, clock=Clock(), do=here)

    run = CheckRun.objects.get()
    assert run.state == RunState.FAILED
    assert "could not be read" in run.troubles[0]["text"]


def test_server_domains_of_any_target_count(acme: Workspace, program: MiniProgram) -> None:
    make_app(acme, "pay")
    target = ReleaseTarget.objects.filter(workspace=acme).first()
    assert target is not None
    ProgramOnTarget.objects.create(program=program, target=target, server_domains=["*.example.com"])
    version = make_tidy(
        program, {"app.js": "fetch('https://a.example.com/'); fetch('https://b.example.org/')"}
    )
    uploaded(version)

    carry(0, clock=Clock(), do=here)

    assert "b.example.org" in findings_of(version).get().message


def test_a_hosted_version_is_checked_by_its_manifest(acme: Workspace, program: MiniProgram) -> None:
    version = Version.objects.create(
        workspace=acme,
        program=program,
        code=1,
        name="1.0.1",
        manifest=make_manifest(program.app_id),
        entry_url="http://tips.example.com/",
    )
    uploaded(version)

    carry(0, clock=Clock(), do=here)

    rules = set(findings_of(version).values_list("rule", flat=True))
    assert {"entry-not-encrypted", "manifest-no-description"} <= rules


def test_when_all_is_over_it_is_told_once(program: MiniProgram) -> None:
    version = make_tidy(program, {"app.js": "eval(a); document.write(a)"})
    uploaded(version)

    carry(0, clock=Clock(), do=here)
    carry(0, clock=Clock(), do=here)

    (event,) = Event.objects.filter(name="version.checked")
    assert event.payload == {
        "version": str(version.id),
        "app_id": "com.example.tips",
        "code": 1,
        "errors": 1,
        "warnings": 1,
    }


def test_many_findings_take_no_more_queries(program: MiniProgram) -> None:
    def queries(script: str) -> int:
        uploaded(make_tidy(program, {"app.js": script}))
        with CaptureQueriesContext(connection) as found:
            carry(0, clock=Clock(), do=here)
        return len(found)

    few = queries("eval(a)")

    assert queries("eval(a);document.write(a);setTimeout('a');" * 40) == few


def test_a_child_that_is_taken_over_is_held_to_limits() -> None:
    found = Found("a", Severity.INFO, "x" * 10_000, file="\x00\ud800", line=1)

    (kept,) = parse_answer(Answer((found,)).message()).findings

    assert len(kept.message) == 600
    assert kept.file == "�?"
    with pytest.raises(ValueError, match="out of bounds"):
        parse_answer(Answer((replace(found, line=-1),)).message())


BOMBS = {
    "a script that is endless templates": {"app.js": "`${" * 600_000},
    "a page of tags": {"pages/index/index.html": "<p a=b>" * 250_000},
    "a page of tags that do not end": {"a.html": "<a " * 500_000},
    "a page of comments that do not end": {"a.html": "<!-- > " * 200_000},
    "a style of addresses that do not end": {"app.css": "url(" * 400_000},
    "a script of escapes that do not end": {"app.js": "\\u{" * 300_000},
    "a script of backslashes": {"app.js": "`" + "\\" * 1_000_000},
    "a script of imports": {"app.js": "import\n" * 150_000},
}


@pytest.mark.soak
@pytest.mark.parametrize("files", BOMBS.values(), ids=BOMBS.keys())
def test_heavy_packages_are_looked_into_within_the_limits(
    program: MiniProgram, files: dict[str, str]
) -> None:
    package = make_package(program.app_id, files=files)

    ended = children.done(Work("content"), Question(make_manifest(program.app_id)), package)

    assert ended.trouble is None


def test_the_verdict_is_read_at_once_so_that_running_them_again_never_looks_clean(
    program: MiniProgram,
) -> None:
    version = make_tidy(program, {"app.js": "eval(a)"})
    uploaded(version)
    carry(0, clock=Clock(), do=here)

    with CaptureQueriesContext(connection) as found:
        assert verdict_of(version) is Verdict.FINDINGS

    assert len(found) == 1
