"""Checks of a real name server and a real web server: what they write down, and what follows."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.urls import reverse

from conftest import Cast
from portico.domains import runs
from portico.domains.checking import Check, CheckName, Question, Seen, Sentence
from portico.domains.examining import examine_run, recheck, run_check
from portico.domains.forwarding import CODE, explained
from portico.domains.models import AlternativeDomain, CheckRun, RunState
from portico.domains.rules import EXPIRES_AFTER, State
from portico.domains.tests.conftest import World
from portico.domains.tests.findings import NAME, make_domain, save, the_domain
from portico.kernel.clock import now
from portico.workspaces.models import Workspace
from tests.jobs import run as run_jobs
from tests.jobs import waiting
from tests.make import AT, actor
from tests.peers.https import Response


def checked(cast: Cast) -> CheckRun:
    """Check acme's domain by a worker, and wait for the end."""
    run = runs.start(cast.acme, by=actor(cast.admin), at=now())
    assert waiting(runs.TASK)[-1] == {"run_id": str(run.id)}
    run_jobs(runs.TASK)
    run.refresh_from_db()
    run_jobs_are_done()
    return run


def run_jobs_are_done() -> None:
    """Take the jobs out of the queue, as the worker does."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs WHERE task_name = %s", [runs.TASK])


def one(run: CheckRun, name: CheckName) -> dict[str, object]:
    return next(dict(check) for check in run.checks if check["name"] == name.value)


def test_from_the_first_save_to_the_name_in_use(cast: Cast, world: World) -> None:
    save(cast.acme, cast.admin)
    domain = the_domain(cast.acme)

    nothing_yet = checked(cast)
    world.enter_proof(domain)
    proven = checked(cast)
    world.set_up(domain)
    in_use = checked(cast)

    assert [run.after for run in (nothing_yet, proven, in_use)] == ["pending", "verified", "active"]
    assert [run.culprit for run in (nothing_yet, proven, in_use)] == ["ownership", "routing", ""]
    assert {check["name"] for check in in_use.checks} == {name.value for name in CheckName}
    assert (in_use.state, in_use.under_way, in_use.trouble) == (RunState.DONE, [], "")
    acme = Workspace.objects.get(id=cast.acme.id)
    assert (acme.served_host, acme.canonical_host) == (NAME, NAME)
    assert world.web.requests[-1].path == reverse("domain_marker")
    assert world.web.requests[-1].server_name == NAME


def test_what_was_expected_and_seen_is_kept(cast: Cast, world: World) -> None:
    save(cast.acme, cast.admin)
    domain = the_domain(cast.acme)
    world.dns.zone[f"_portico.{NAME}"] = {"TXT": ["something else"]}

    ownership = one(checked(cast), CheckName.OWNERSHIP)

    assert domain.token in str(ownership["expected"])
    assert "something else" in str(ownership["seen"])
    assert "127.0.0.1" in str(ownership["seen"])
    report = the_domain(cast.acme).report
    assert report is not None
    assert [check["name"] for check in report["checks"]] == [name.value for name in CheckName]
    assert ownership in report["checks"]


def test_another_workspace_that_answers_there_is_not_this_one(cast: Cast, world: World) -> None:
    save(cast.acme, cast.admin)
    domain = the_domain(cast.acme)
    world.enter_proof(domain)
    world.enter_route(domain)
    checked(cast)
    world.serve(cast.zenith)

    run = checked(cast)

    assert (run.after, run.culprit) == ("verified", "https")
    assert one(run, CheckName.HTTPS)["code"] == "other_workspace"


def test_a_scheduled_check_settles_and_is_due_again(cast: Cast, world: World) -> None:
    domain = make_domain(cast.acme, cast.admin, State.VERIFIED, at=now() - timedelta(hours=2))
    world.set_up(domain)

    recheck(domain.id)
    recheck(domain.id)

    domain.refresh_from_db()
    assert domain.state == State.ACTIVE
    assert domain.due_at is not None
    assert timedelta(hours=19) < domain.due_at - now() <= timedelta(hours=24)
    assert not CheckRun.objects.exists()


def test_three_scheduled_misses_degrade_and_one_good_check_mends(cast: Cast, world: World) -> None:
    domain = make_domain(cast.acme, cast.admin, State.ACTIVE, at=now() - timedelta(hours=9))
    world.enter_proof(domain)
    for _ in range(3):
        recheck(domain.id)
    domain.refresh_from_db()
    assert domain.state == State.DEGRADED

    world.set_up(domain)
    recheck(domain.id)

    domain.refresh_from_db()
    assert (domain.state, domain.misses) == (State.ACTIVE, 0)


def test_a_tombstone_is_freed_once_its_records_are_gone(cast: Cast, world: World) -> None:
    domain = make_domain(cast.acme, cast.admin, State.REMOVED, at=now() - timedelta(days=9))
    world.set_up(domain)
    recheck(domain.id)
    domain.refresh_from_db()
    assert (domain.held, domain.clear_since) == (True, None)

    world.withdraw(domain)
    recheck(domain.id)
    domain.refresh_from_db()
    assert domain.clear_since is not None
    AlternativeDomain.objects.filter(id=domain.id).update(
        clear_since=domain.clear_since - timedelta(days=1)
    )
    recheck(domain.id)

    domain.refresh_from_db()
    assert (domain.state, domain.held, domain.due_at) == (State.REMOVED, False, None)
    recheck(domain.id)
    save(cast.zenith, cast.outsider)


def test_a_domain_that_is_gone_is_passed_over(cast: Cast, world: World) -> None:
    domain = make_domain(cast.acme, cast.admin, State.ACTIVE)
    AlternativeDomain.objects.all().delete()

    recheck(domain.id)

    assert world.dns.questions == []


def test_a_claim_that_one_gave_up_is_watched_again_once_somebody_asks(
    cast: Cast, world: World
) -> None:
    save(cast.acme, cast.admin, at=now() - EXPIRES_AFTER - timedelta(days=3))
    recheck(the_domain(cast.acme).id)
    assert the_domain(cast.acme).due_at is None

    checked(cast)

    due = the_domain(cast.acme).due_at
    assert due is not None
    assert due - now() < timedelta(minutes=2)


def test_a_run_that_is_canceled_settles_nothing(cast: Cast, world: World) -> None:
    save(cast.acme, cast.admin)
    world.set_up(the_domain(cast.acme))
    run = runs.start_here(cast.acme, by=actor(cast.admin), at=now())
    runs.cancel(cast.acme, run.id, at=now())

    examine_run(run)

    run.refresh_from_db()
    assert (run.state, run.after) == (RunState.CANCELED, "")
    assert the_domain(cast.acme).state == State.PENDING


def test_a_run_whose_worker_died_ends_and_is_not_begun_again(cast: Cast, world: World) -> None:
    save(cast.acme, cast.admin)
    run = runs.start(cast.acme, by=actor(cast.admin), at=now())
    assert runs.begin(run.id, at=now()) is not None  # and here the worker dies

    run_check(run.id)

    run.refresh_from_db()
    assert (run.state, run.trouble) == (RunState.FAILED, runs.INTERRUPTED)
    assert world.dns.questions == []
    assert checked(cast).state == RunState.DONE


@pytest.mark.parametrize("begun", [True, False])
def test_lost_runs_are_ended(cast: Cast, world: World, begun: bool) -> None:
    save(cast.acme, cast.admin)
    run = runs.start(cast.acme, by=actor(cast.admin), at=AT)
    if begun:
        runs.begin(run.id, at=AT)

    assert runs.end_lost(at=AT + timedelta(seconds=30)) == 0
    assert runs.end_lost(at=AT + timedelta(minutes=11)) == 1

    run.refresh_from_db()
    assert run.trouble == (runs.INTERRUPTED if begun else runs.NEVER_BEGUN)
    assert runs.forget_old(at=AT + timedelta(days=40)) == 1


def test_where_tls_ends_elsewhere_any_valid_certificate_and_the_marker_are_enough(
    cast: Cast, world: World
) -> None:
    save(cast.acme, cast.admin, tls_elsewhere=True)
    domain = the_domain(cast.acme)
    world.enter_proof(domain)
    world.dns.zone[NAME] = {"A": ["127.0.0.1"]}  # the balancer's own address
    verified = checked(cast)
    world.serve(cast.acme)

    active = checked(cast)

    assert (verified.after, active.after) == ("verified", "active")
    assert one(active, CheckName.CAA)["ok"] is not False


def test_a_balancer_that_does_not_say_that_it_was_https_is_told_so(
    cast: Cast, world: World
) -> None:
    save(cast.acme, cast.admin, tls_elsewhere=True)
    domain = the_domain(cast.acme)
    world.enter_proof(domain)
    world.dns.zone[NAME] = {"A": ["127.0.0.1"]}
    checked(cast)
    # What the program answers in production to what it takes for a request without TLS.
    there = f"https://{NAME}{reverse('domain_marker')}"
    world.web.answer = Response(301, b"", (("Location", there),))

    run = checked(cast)

    https = one(run, CheckName.HTTPS)
    assert (run.culprit, https["code"]) == ("https", CODE)
    assert "PORTICO_TRUSTED_PROXIES" in str(https["advice"])


def test_a_redirect_to_somewhere_else_is_left_as_it_is() -> None:
    question = Question(NAME, f"_portico.{NAME}", "token", "acme.localhost")
    seen = Seen("192.0.2.1", ("HTTP 301", "https://www.example.com/"))
    check = Check(
        CheckName.HTTPS, False, seen=(seen,), meaning=Sentence("It leads on."), code="redirect"
    )

    assert explained(check, question) == check
