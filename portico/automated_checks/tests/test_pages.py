"""The panel on a version's page, the checks' own page, and running them again."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from conftest import Cast
from portico.audit.models import AuditEntry
from portico.automated_checks.lanes import TASK
from portico.automated_checks.models import CheckRun, Finding, RunState
from portico.automated_checks.running import ENDED_EACH_TIME, carry, claim
from portico.automated_checks.services import check_again
from portico.automated_checks.tests.conftest import (
    Asked,
    Clock,
    checked,
    here,
    make_tidy,
    uploaded,
)
from portico.miniprograms.models import MiniProgram, Version
from tests.jobs import waiting
from tests.make import AT, actor, make_member, make_program

Browse = Callable[..., Client]


def page_of(version: Version, rest: str = "checks/") -> str:
    return f"/console/programs/{version.program.app_id}/versions/{version.code}/{rest}"


def test_the_versions_page_shows_what_was_found(
    cast: Cast, browse: Browse, program: MiniProgram
) -> None:
    version = make_tidy(program, {"app.js": "\neval(a)\ndocument.write(a)"})
    checked(version)

    page = browse(cast.acme, cast.admin).get(page_of(version, "")).content.decode()

    assert "“eval” runs text as code." in page
    assert "Read data with JSON.parse" in page
    assert "Line 2" in page
    assert "hx-trigger" not in page.partition('id="checks"')[2].partition(">")[0]


def test_nothing_found_says_what_was_looked_at(
    cast: Cast, browse: Browse, program: MiniProgram
) -> None:
    version = make_tidy(program)
    checked(version)

    page = browse(cast.acme, cast.admin).get(page_of(version)).content.decode()

    assert "Nothing found" in page
    assert "Keys and passwords" in page


def test_while_they_run_the_page_asks_again_and_is_answered_when_something_changed(
    cast: Cast, browse: Browse, program: MiniProgram
) -> None:
    version = make_tidy(program, {"app.js": "eval(a)"})
    browser = browse(cast.acme, cast.admin)
    part = {"HX-Request": "true"}

    before = browser.get(page_of(version)).content.decode()
    uploaded(version)
    queued = browser.get(page_of(version)).content.decode()
    address = queued.partition('hx-get="')[2].partition('"')[0].replace("&amp;", "&")
    same = browser.get(address, headers=part)
    carry(0, clock=Clock(), do=here)
    changed = browser.get(address, headers=part)

    assert "The version is being checked." in before
    assert 'hx-trigger="every 1s"' in queued
    assert same.status_code == 204
    assert changed.status_code == 200
    assert b"runs text as code" in changed.content
    assert b"hx-trigger" not in changed.content
    assert b"<html" not in changed.content


def test_findings_are_narrowed_by_how_bad_they_are(
    cast: Cast, browse: Browse, program: MiniProgram
) -> None:
    version = make_tidy(program, {"app.js": "eval(a)\ndocument.write(a)"})
    checked(version)
    browser = browse(cast.acme, cast.admin)

    errors = browser.get(page_of(version), {"severity": "error"}).content.decode()
    odd = browser.get(page_of(version), {"severity": "x", "page": "nine"}).content.decode()

    assert "<code>eval</code>" in errors
    assert "<code>document-write</code>" not in errors
    assert "<code>document-write</code>" in odd


def test_the_versions_page_shows_the_worst_and_leads_to_the_rest(
    cast: Cast, browse: Browse, program: MiniProgram
) -> None:
    version = make_tidy(program, {"a.js": "document.write(a);" * 30, "z.js": "eval(a)"})
    checked(version)
    browser = browse(cast.acme, cast.admin)

    panel = browser.get(page_of(version, "")).content.decode()
    whole = browser.get(page_of(version)).content.decode()

    assert "<code>eval</code>" in panel
    assert panel.count("<code>document-write</code>") == 19
    assert "11 more findings are not shown here." in panel
    assert whole.count("<code>document-write</code>") == 30


def test_what_failed_is_said_and_can_be_run_again(
    cast: Cast, browse: Browse, program: MiniProgram
) -> None:
    version = make_tidy(program)
    uploaded(version)
    for _ in range(4):
        claim(0, at=AT)
    browser = browse(cast.acme, cast.admin)

    page = browser.get(page_of(version)).content.decode()
    again = browser.post(page_of(version, "checks/run/"), follow=True).content.decode()

    assert "The checks failed" in page
    assert (ENDED_EACH_TIME % {"times": 3}) in page
    assert "The checks run again." in again
    assert CheckRun.objects.get().state == RunState.QUEUED
    assert AuditEntry.objects.filter(action="version.checked_again").count() == 1
    assert waiting(TASK)


def test_they_are_not_run_again_while_they_go_on(
    cast: Cast, browse: Browse, program: MiniProgram
) -> None:
    version = make_tidy(program)
    uploaded(version)

    page = browse(cast.acme, cast.admin).post(page_of(version, "checks/run/"), follow=True)

    assert "have not ended yet" in page.content.decode()
    assert CheckRun.objects.get().round == 1


def test_what_a_stranger_wrote_is_never_markup(
    cast: Cast, browse: Browse, program: MiniProgram
) -> None:
    version = make_tidy(program, {"app.js": "miniapp.text('<script>alert(1)</script>')"})
    checked(version)

    page = browse(cast.acme, cast.admin).get(page_of(version)).content.decode()

    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_reviewers_are_shown_beside(
    cast: Cast, browse: Browse, program: MiniProgram, lab: Asked
) -> None:
    version = make_tidy(program)
    checked(version)

    admin = browse(cast.acme, cast.admin).get(page_of(version)).content.decode()
    reviewer = browse(cast.acme, cast.reviewer).get(page_of(version)).content.decode()

    assert "Waiting for the answer" in reviewer
    assert 'hx-trigger="every 10s"' in reviewer
    assert f"/console/reviewers/{lab.reviewer.id}/" in admin
    assert f"/console/reviewers/{lab.reviewer.id}/" not in reviewer
    assert "Run again" not in reviewer


def test_who_does_not_work_on_a_program_sees_none_of_its_checks(cast: Cast, browse: Browse) -> None:
    program = make_program(cast.acme, "com.example.tips", developer=cast.developer)
    version = make_tidy(program)
    checked(version)
    stranger = make_member(cast.acme, cast.developer.role)  # type: ignore[arg-type]

    assert browse(cast.acme, cast.developer).get(page_of(version)).status_code == 200
    assert browse(cast.acme, stranger).get(page_of(version)).status_code == 404
    assert browse(cast.acme, stranger).post(page_of(version, "checks/run/")).status_code == 404
    assert browse(cast.acme, cast.reviewer).post(page_of(version, "checks/run/")).status_code == 403
    assert browse(cast.zenith, cast.outsider).get(page_of(version)).status_code == 404


@pytest.mark.parametrize("rest", ["", "checks/"])
def test_many_findings_take_no_more_queries(
    cast: Cast, browse: Browse, program: MiniProgram, lab: Asked, rest: str
) -> None:
    browser = browse(cast.acme, cast.admin)

    def queries(script: str) -> int:
        version = make_tidy(program, {"app.js": script})
        checked(version)
        browser.get(page_of(version, rest))
        with CaptureQueriesContext(connection) as found:
            assert browser.get(page_of(version, rest)).status_code == 200
        return len(found)

    queries("eval(a)")  # what is looked up once a process is known then
    few = queries("eval(a)")

    assert queries("eval(a);document.write(a);setTimeout('a');" * 40) == few


def test_the_api_tells_of_the_checks(
    cast: Cast, call: Callable[..., Client], program: MiniProgram, lab: Asked
) -> None:
    version = make_tidy(program, {"app.js": "\neval(a)"})
    path = f"/api/v1/mini-programs/{program.app_id}/versions/{version.code}/checks"
    client = call(cast.acme, cast.admin)

    before = client.get(path).json()
    checked(version)
    after = client.get(path).json()
    again = client.post(path)
    too_soon = client.post(path)

    assert (before["state"], before["verdict"], before["findings"]) == ("queued", "pending", [])
    assert (after["state"], after["verdict"]) == ("done", "pending")
    assert after["findings"] == [
        {
            "rule": "eval",
            "severity": "error",
            "file": "app.js",
            "line": 2,
            "message": "“eval” runs text as code. Whoever can change the text can run anything.",
            "advice": "Read data with JSON.parse; choose code by a name from a list of your own.",
            "source": "portico",
        }
    ]
    assert [(one["name"], one["state"]) for one in after["reviewers"]] == [("Lab", "waiting")]
    assert (again.status_code, again.json()["state"]) == (202, "queued")
    assert (too_soon.status_code, too_soon.json()["code"]) == (409, "checks_go_on")


def test_running_again_drops_what_was_found_before(cast: Cast, program: MiniProgram) -> None:
    version = make_tidy(program, {"app.js": "eval(a)"})
    checked(version)

    check_again(version, by=actor(cast.admin), at=AT)
    assert not Finding.objects.exists()
    carry(0, clock=Clock(), do=here)

    assert Finding.objects.count() == 1


def test_a_secret_is_nowhere_in_the_database_or_on_a_page(
    cast: Cast, browse: Browse, program: MiniProgram, capfd: pytest.CaptureFixture[str]
) -> None:
    secret = "AKIA" + "IOSFODNN7EXAMPLQ"
    version = make_tidy(program, {"app.js": f"const key = '{secret}'"})
    uploaded(version)

    carry(0, clock=Clock())  # by the real child processes

    assert Finding.objects.get().rule == "secret"
    assert secret not in str(list(Finding.objects.values()) + list(CheckRun.objects.values()))
    page = browse(cast.acme, cast.admin).get(page_of(version)).content.decode()
    assert secret not in page
    assert secret not in "".join(capfd.readouterr())
