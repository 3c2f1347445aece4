"""Tests of real servers on loopback: what a run writes down, and what follows from it."""

from __future__ import annotations

import base64
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core import serializers

from conftest import Cast
from portico.audit.models import AuditEntry
from portico.basic_settings import services
from portico.demo_mail.ports import PASSWORD, Manner
from portico.kernel.clock import now
from portico.kernel.errors import InvalidFields, NotFound
from portico.secrets.models import Secret
from portico.service_email.doctor import runs
from portico.service_email.doctor.examining import examine_run, run_test
from portico.service_email.doctor.rules import (
    GIVEN_UP_AFTER,
    LOST_AFTER,
    MOST_RUNS,
    WITHIN,
    NothingToTest,
    TestGoesOn,
    TooManyTests,
)
from portico.service_email.doctor.runs import Wish
from portico.service_email.doctor.tests.conftest import ACCOUNT, LIMITS, Bench
from portico.service_email.doctor.wishes import saved_values, unsaved_values
from portico.service_email.models import Mail, MailState, Outcome, RunState, TestRun
from portico.service_email.section import section
from portico.service_email.servers import server_in_use
from portico.service_email.smtp.stages import StageName
from portico.workspaces.models import Membership, Workspace
from tests.jobs import run as run_jobs
from tests.jobs import waiting
from tests.make import actor

TO = "ada@example.com"


def begin(
    workspace: Workspace, wish: Wish, by: Membership, *, to: str = TO, at: Any = None
) -> TestRun:
    """Ask for a test."""
    return runs.start(workspace, wish, to=to, language="en", by=actor(by), at=at or now())


def examined(workspace: Workspace, wish: Wish, by: Membership, *, to: str = TO) -> TestRun:
    """Test, and wait for the end."""
    run = begin(workspace, wish, by, to=to)
    run_test(run.id)
    run.refresh_from_db()
    return run


def unsaved(bench: Bench, workspace: Workspace, manner: Manner, **others: Any) -> Wish:
    return unsaved_values(workspace, bench.values(manner, **others), at=now())


def secrets_kept() -> int:
    return Secret.objects.exclude(ciphertext="").count()


def stage(run: TestRun, name: StageName) -> dict[str, Any]:
    return next(dict(kept) for kept in run.stages if kept["name"] == name.value)


@pytest.mark.parametrize("manner", [Manner.STARTTLS, Manner.IMPLICIT_TLS, Manner.NO_TLS])
def test_a_saved_server_that_accepts_the_mail_is_in_use(
    cast: Cast, bench: Bench, manner: Manner
) -> None:
    bench.save(cast.acme, cast.admin, manner)
    assert server_in_use(cast.acme) is None

    run = examined(cast.acme, saved_values(cast.acme), cast.admin)

    assert (run.state, run.trouble) == (RunState.ACCEPTED, "")
    assert run.in_use
    assert server_in_use(cast.acme) is not None
    (received,) = bench.peer.received()
    assert received["To"] == TO
    assert str(received["From"]) == f"Acme Mail <{ACCOUNT}>"
    mail = Mail.objects.get(workspace=cast.acme)
    assert (mail.state, mail.template, mail.recipient) == (MailState.SENT, "test", TO)
    assert received["Message-ID"] == mail.message_id
    assert "250 2.0.0 Ok: kept as" in mail.reply
    attempt = mail.tries.get()
    assert (attempt.outcome, attempt.number) == (Outcome.ACCEPTED, 1)


def test_every_stage_is_written_down_with_what_was_seen(cast: Cast, bench: Bench) -> None:
    bench.save(cast.acme, cast.admin)

    run = examined(cast.acme, saved_values(cast.acme), cast.admin)

    assert [kept["name"] for kept in run.stages] == [name.value for name in StageName]
    done = [kept["name"] for kept in run.stages if kept["ok"]]
    assert done[:9] == [name.value for name in StageName][:9]
    assert "127.0.0.1" in str(stage(run, StageName.RESOLVE)["seen"])
    assert "TLSv1.3" in str(stage(run, StageName.TLS)["seen"])
    assert "PLAIN" in str(stage(run, StageName.SIGN_IN)["seen"])
    assert stage(run, StageName.DMARC)["ok"] is True
    assert "S: 220 " in run.transcript


def test_unsaved_values_that_were_accepted_are_in_use_once_they_are_saved(
    cast: Cast, bench: Bench
) -> None:
    run = examined(cast.acme, unsaved(bench, cast.acme, Manner.STARTTLS), cast.admin)

    assert (run.state, run.in_use, run.saved) == (RunState.ACCEPTED, False, False)
    assert server_in_use(cast.acme) is None
    values = bench.values(Manner.STARTTLS)
    services.save(cast.acme, section, values, based_on=0, by=actor(cast.admin), at=now())
    assert server_in_use(cast.acme) is not None


def test_unsaved_looks_are_those_of_the_mail(cast: Cast, bench: Bench) -> None:
    wish = unsaved(
        bench,
        cast.acme,
        Manner.STARTTLS,
        nickname="Not yet saved",
        reply_to="answers@acme.example.com",
        contact_url="https://help.example.com/",
    )

    examined(cast.acme, wish, cast.admin)

    (received,) = bench.peer.received()
    assert str(received["From"]).startswith("Not yet saved <")
    assert received["Reply-To"] == "answers@acme.example.com"
    assert b"help.example.com" in received.as_bytes()


@pytest.mark.parametrize(
    ("manner", "name", "code", "outcome"),
    [
        (Manner.REFUSES_PASSWORDS, StageName.SIGN_IN, "535 5.7.8", Outcome.PERMANENT),
        (Manner.GREYLISTS, StageName.RECIPIENT, "450 4.7.1", Outcome.TEMPORARY),
        (Manner.EXPIRED_CERTIFICATE, StageName.TLS, "expired", Outcome.TEMPORARY),
        (Manner.SILENT, StageName.GREETING, "", Outcome.TEMPORARY),
    ],
)
def test_a_server_that_does_not_take_the_mail_fails_at_its_stage(
    cast: Cast, bench: Bench, manner: Manner, name: StageName, code: str, outcome: Outcome,
    settings: Any,
) -> None:  # fmt: skip
    settings.PORTICO_MAIL_LIMITS = replace(LIMITS, reply=0.6)
    bench.save(cast.acme, cast.admin, manner)

    run = examined(cast.acme, saved_values(cast.acme), cast.admin)

    failed = stage(run, name)
    assert (run.state, run.in_use) == (RunState.FAILED, False)
    assert failed["ok"] is False
    assert failed["meaning"]
    assert failed["advice"]
    assert code in str(failed)
    assert server_in_use(cast.acme) is None
    mail = Mail.objects.get(workspace=cast.acme)
    attempt = mail.tries.get()
    assert (mail.state, attempt.outcome, attempt.stage) == (MailState.FAILED, outcome, name.value)
    assert bench.peer.received() == []


def test_the_wrong_mode_is_told_with_its_correction(
    cast: Cast, bench: Bench, settings: Any
) -> None:
    settings.PORTICO_MAIL_LIMITS = replace(LIMITS, reply=0.6)
    wish = unsaved(bench, cast.acme, Manner.IMPLICIT_TLS, security="starttls")

    run = examined(cast.acme, wish, cast.admin)

    failed = stage(run, StageName.GREETING)
    assert failed["correction"]["values"]["security"] == "ssl"


def test_the_records_of_the_domain_are_looked_at_although_the_server_failed(
    cast: Cast, bench: Bench
) -> None:
    run = examined(cast.acme, unsaved(bench, cast.acme, Manner.GREYLISTS), cast.admin)

    assert stage(run, StageName.SPF)["name"] == "spf"
    assert stage(run, StageName.DMARC)["ok"] is True


def test_a_canceled_test_stops_and_sends_nothing(cast: Cast, bench: Bench) -> None:
    run = begin(cast.acme, unsaved(bench, cast.acme, Manner.STARTTLS), cast.admin)
    begun = runs.begin(run.id, at=now())
    assert begun is not None
    runs.cancel(cast.acme, run.id, at=now())

    examine_run(begun)

    run.refresh_from_db()
    assert run.state == RunState.CANCELED
    assert bench.peer.received() == []
    assert secrets_kept() == 0


def test_a_test_that_has_not_begun_is_canceled_at_once_and_never_begins(
    cast: Cast, bench: Bench
) -> None:
    run = begin(cast.acme, unsaved(bench, cast.acme, Manner.STARTTLS), cast.admin)

    canceled = runs.cancel(cast.acme, run.id, at=now())

    assert canceled.state == RunState.CANCELED
    assert run_jobs(runs.TASK) == 1
    assert TestRun.objects.get(id=run.id).started_at is None
    assert bench.peer.received() == []


def test_the_job_is_queued_with_the_run_and_names_it_alone(cast: Cast, bench: Bench) -> None:
    run = begin(cast.acme, unsaved(bench, cast.acme, Manner.STARTTLS), cast.admin)

    assert waiting(runs.TASK) == [{"run_id": str(run.id)}]


def test_a_run_that_began_is_never_begun_again(cast: Cast, bench: Bench) -> None:
    run = begin(cast.acme, unsaved(bench, cast.acme, Manner.STARTTLS), cast.admin)
    runs.begin(run.id, at=now())  # and its worker is killed

    run_test(run.id)  # the job is taken up again
    run_test(run.id)

    run.refresh_from_db()
    assert (run.state, run.trouble) == (RunState.FAILED, runs.INTERRUPTED)
    assert bench.peer.received() == []
    mail = Mail.objects.get(workspace=cast.acme)
    assert (mail.state, mail.tries.get().outcome) == (MailState.FAILED, Outcome.UNKNOWN)
    assert secrets_kept() == 0


def test_a_run_whose_worker_is_gone_ends_after_a_minute(cast: Cast, bench: Bench) -> None:
    at = now()
    run = begin(cast.acme, unsaved(bench, cast.acme, Manner.STARTTLS), cast.admin, at=at)
    runs.begin(run.id, at=at)

    assert runs.run_of(cast.acme, run.id, at=at + LOST_AFTER).state == RunState.RUNNING
    later = runs.run_of(cast.acme, run.id, at=at + LOST_AFTER + timedelta(seconds=1))

    assert (later.state, later.trouble) == (RunState.FAILED, runs.INTERRUPTED)


def test_a_run_that_no_worker_takes_is_given_up(cast: Cast, bench: Bench) -> None:
    at = now()
    run = begin(cast.acme, unsaved(bench, cast.acme, Manner.STARTTLS), cast.admin, at=at)

    assert runs.end_lost(at=at + GIVEN_UP_AFTER) == 0
    assert runs.end_lost(at=at + GIVEN_UP_AFTER + timedelta(seconds=1)) == 1

    run.refresh_from_db()
    assert (run.state, run.trouble) == (RunState.FAILED, runs.NEVER_BEGUN)
    assert not Mail.objects.filter(workspace=cast.acme).exists()


def test_an_ended_run_is_not_ended_otherwise(cast: Cast, bench: Bench) -> None:
    run = begin(cast.acme, unsaved(bench, cast.acme, Manner.STARTTLS), cast.admin)
    begun = runs.begin(run.id, at=now())
    assert begun is not None
    runs.end_lost(at=now() + timedelta(minutes=2))

    runs.finish(begun, RunState.CANCELED, at=now())

    run.refresh_from_db()
    assert (run.state, run.trouble) == (RunState.FAILED, runs.INTERRUPTED)


def test_one_test_runs_at_a_time_in_a_workspace(cast: Cast, bench: Bench) -> None:
    wish = unsaved(bench, cast.acme, Manner.STARTTLS)
    run = begin(cast.acme, wish, cast.admin)

    with pytest.raises(TestGoesOn):
        begin(cast.acme, wish, cast.admin)
    begin(cast.zenith, replace(wish), cast.outsider)
    runs.cancel(cast.acme, run.id, at=now())

    assert begin(cast.acme, wish, cast.admin).state == RunState.WAITING


def test_more_than_ten_tests_in_ten_minutes_are_refused(cast: Cast, bench: Bench) -> None:
    wish, at = unsaved(bench, cast.acme, Manner.STARTTLS), now()
    for _ in range(MOST_RUNS):
        runs.cancel(cast.acme, begin(cast.acme, wish, cast.admin, at=at).id, at=at)

    with pytest.raises(TooManyTests, match="10 times within 10 minutes"):
        begin(cast.acme, wish, cast.admin, at=at + WITHIN - timedelta(seconds=1))
    assert TestRun.objects.filter(workspace=cast.acme).count() == MOST_RUNS
    assert secrets_kept() == 0

    begin(cast.zenith, wish, cast.outsider, at=at)
    begin(cast.acme, wish, cast.admin, at=at + WITHIN)


def test_without_a_saved_server_there_is_nothing_to_test(cast: Cast, bench: Bench) -> None:
    with pytest.raises(NothingToTest):
        saved_values(cast.acme)
    with pytest.raises(NothingToTest):
        unsaved_values(cast.acme, {"nickname": "Acme"}, at=now())


@pytest.mark.parametrize("to", ["", "  ", "nobody", "a@b", "a b@example.com", "a\n@example.com"])
def test_a_recipient_that_is_no_address_is_refused(cast: Cast, bench: Bench, to: str) -> None:
    with pytest.raises(InvalidFields) as refusal:
        begin(cast.acme, unsaved(bench, cast.acme, Manner.STARTTLS), cast.admin, to=to)

    assert set(refusal.value.errors) == {"to"}
    assert not TestRun.objects.exists()


def test_the_password_of_the_saved_server_goes_to_no_other(cast: Cast, bench: Bench) -> None:
    bench.save(cast.acme, cast.admin)
    elsewhere = bench.values(Manner.IMPLICIT_TLS, password=None)

    with pytest.raises(InvalidFields) as refusal:
        unsaved_values(cast.acme, elsewhere, at=now())

    assert set(refusal.value.errors) == {"password"}


def test_the_tests_of_another_workspace_are_not_there(cast: Cast, bench: Bench) -> None:
    run = begin(cast.acme, unsaved(bench, cast.acme, Manner.STARTTLS), cast.admin)

    for number in (run.id, uuid4()):
        with pytest.raises(NotFound):
            runs.run_of(cast.zenith, number, at=now())
        with pytest.raises(NotFound):
            runs.cancel(cast.zenith, number, at=now())
    assert runs.latest_runs(cast.zenith, most=5) == []


def test_a_test_is_in_the_audit_log(cast: Cast, bench: Bench) -> None:
    run = begin(cast.acme, unsaved(bench, cast.acme, Manner.STARTTLS), cast.admin)

    entry = AuditEntry.objects.get(action="service_email.tested")
    assert entry.actor_id == cast.admin.person_id
    assert {change["field"]: change["after"] for change in entry.changes} == {
        "server": f"{ACCOUNT}, mail.localhost:{run.server['port']} (starttls)",
        "to": TO,
    }


@pytest.mark.parametrize("manner", [Manner.STARTTLS, Manner.NO_TLS, Manner.REFUSES_PASSWORDS])
def test_the_password_is_in_no_row_and_forgotten_after_the_run(
    cast: Cast, bench: Bench, manner: Manner, caplog: pytest.LogCaptureFixture
) -> None:
    run = examined(cast.acme, unsaved(bench, cast.acme, manner), cast.admin)

    hidden = {
        PASSWORD,
        base64.b64encode(PASSWORD.encode()).decode(),
        base64.b64encode(f"\0{ACCOUNT}\0{PASSWORD}".encode()).decode(),
    }
    rows = serializers.serialize(
        "json", [run, *AuditEntry.objects.all(), *Mail.objects.all(), *Secret.objects.all()]
    )
    assert [secret for secret in hidden if secret in rows + caplog.text] == []
    assert run.transcript
    assert secrets_kept() == 0


def test_runs_are_deleted_after_a_month(cast: Cast, bench: Bench) -> None:
    run = begin(cast.acme, unsaved(bench, cast.acme, Manner.STARTTLS), cast.admin)
    runs.cancel(cast.acme, run.id, at=now())

    assert runs.forget_old(at=now() + timedelta(days=29)) == 0
    assert runs.forget_old(at=now() + timedelta(days=31)) == 1
