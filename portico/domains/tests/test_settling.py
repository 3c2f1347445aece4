"""What follows from a check: state, hosts, history, audit, event and mail, all or nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest

from conftest import Cast
from portico.audit.models import AuditEntry
from portico.audit.services import PLATFORM
from portico.domains.models import StateChange
from portico.domains.moving import Looked, settle, sighting_of
from portico.domains.rules import State
from portico.domains.tests.findings import (
    CLEAR,
    LEADS_HERE,
    NAME,
    NO_ANSWER,
    PROVEN,
    WORKS,
    Found,
    find,
    make_domain,
    save,
    the_domain,
)
from portico.outbox.models import Event
from portico.service_email.models import Mail
from portico.workspaces.models import Workspace
from portico.workspaces.permissions import Role
from tests.jobs import run as run_jobs
from tests.make import AT, make_member

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LATER = AT + timedelta(days=30)


def hosts(workspace: Workspace) -> tuple[str | None, str | None]:
    workspace.refresh_from_db()
    return workspace.served_host, workspace.canonical_host


def mailed() -> list[str]:
    """The templates of the mails that follow from what happened, oldest first."""
    before = set(Mail.objects.values_list("id", flat=True))
    run_jobs("outbox.deliver")
    found = Mail.objects.exclude(id__in=before).exclude(template="settings_changed")
    return [mail.template for mail in found.order_by("id")]


@pytest.mark.parametrize(
    ("state", "served", "canonical"),
    [
        (State.PENDING, None, None),
        (State.VERIFIED, NAME, None),
        (State.ACTIVE, NAME, NAME),
        (State.DEGRADED, NAME, NAME),
        (State.SUSPENDED, None, None),
        (State.REMOVED, None, None),
    ],
)
def test_where_the_workspace_is_reached_follows_the_state(
    cast: Cast, state: State, served: str | None, canonical: str | None
) -> None:
    make_domain(cast.acme, cast.admin, state)

    assert hosts(cast.acme) == (served, canonical)


def test_a_change_is_recorded_told_and_in_the_history(cast: Cast) -> None:
    domain = make_domain(cast.acme, cast.admin, State.ACTIVE)
    for _ in range(3):
        find(domain, LEADS_HERE, at=LATER)

    entry = AuditEntry.objects.filter(action="domain.state_changed").latest("id")
    assert (entry.subject_label, entry.workspace_id) == (NAME, cast.acme.id)
    assert entry.changes == [{"field": "domain_state", "before": "active", "after": "degraded"}]
    event = Event.objects.filter(name="domain.state_changed").latest("id")
    assert event.payload == {"domain": NAME, "from": "active", "to": "degraded", "reason": "https"}
    change = StateChange.objects.latest("at")
    assert (change.before, change.after, change.reason) == ("active", "degraded", "https")
    assert change.why["meaning"]["text"] == "The record is not there."


def test_the_same_found_again_changes_and_tells_nothing(cast: Cast) -> None:
    domain = make_domain(cast.acme, cast.admin, State.ACTIVE)
    revision = Workspace.objects.get(id=cast.acme.id).revision
    events, entries = Event.objects.count(), AuditEntry.objects.count()

    again = find(domain, WORKS, at=LATER)

    assert again.checked_at == LATER
    assert (Event.objects.count(), AuditEntry.objects.count()) == (events, entries)
    assert Workspace.objects.get(id=cast.acme.id).revision == revision


def test_a_change_is_seen_by_kept_pages(cast: Cast) -> None:
    domain = make_domain(cast.acme, cast.admin, State.VERIFIED)
    revision = Workspace.objects.get(id=cast.acme.id).revision

    find(domain, WORKS, at=LATER)

    assert Workspace.objects.get(id=cast.acme.id).revision == revision + 1


def test_all_admins_are_told_and_nobody_else(cast: Cast) -> None:
    make_member(cast.acme, Role.ADMIN)
    domain = make_domain(cast.acme, cast.admin, State.VERIFIED)
    mailed()

    find(domain, WORKS, at=LATER)
    assert mailed() == ["domain_active"] * 2
    assert set(
        Mail.objects.filter(template="domain_active").values_list("workspace", flat=True)
    ) == {cast.acme.id}

    for _ in range(3):
        find(domain, CLEAR, at=LATER)
    assert mailed() == ["domain_degraded"] * 2
    context = Mail.objects.filter(template="domain_degraded").latest("id").context
    assert context["meaning"]["text"] == "The record is not there."
    assert context["url"].startswith("http://acme.localhost")

    find(domain, WORKS, at=LATER + HOUR)
    assert mailed() == ["domain_recovered"] * 2


def test_a_week_degraded_suspends_and_the_admins_are_told(cast: Cast) -> None:
    domain = make_domain(cast.acme, cast.admin, State.DEGRADED)
    mailed()

    find(domain, LEADS_HERE, at=LATER)

    assert mailed() == ["domain_suspended"]
    assert hosts(cast.acme) == (None, None)


def test_a_suspended_domain_comes_back_by_itself(cast: Cast) -> None:
    domain = make_domain(cast.acme, cast.admin, State.SUSPENDED)
    mailed()

    found = find(domain, LEADS_HERE, at=LATER)
    assert (found.state, hosts(cast.acme)) == (State.VERIFIED, (NAME, None))
    found = find(domain, WORKS, at=LATER + HOUR)

    assert found.state == State.ACTIVE
    assert mailed() == ["domain_active"]


def test_a_mail_is_written_once_however_often_the_event_is_delivered(cast: Cast) -> None:
    make_domain(cast.acme, cast.admin, State.ACTIVE)

    run_jobs("outbox.deliver")
    run_jobs("outbox.deliver")

    assert Mail.objects.filter(template="domain_active").count() == 1


def test_bad_news_that_somebody_asked_for_is_shown_and_not_counted(cast: Cast) -> None:
    domain = make_domain(cast.acme, cast.admin, State.ACTIVE)

    for _ in range(5):
        domain = find(domain, CLEAR, at=LATER, counts=False)

    assert (domain.state, domain.misses) == (State.ACTIVE, 0)
    assert domain.report is not None
    assert domain.report["culprit"] == "ownership"


def test_what_was_seen_before_a_newer_check_undoes_nothing(cast: Cast) -> None:
    domain = make_domain(cast.acme, cast.admin, State.VERIFIED)
    late = Looked(CLEAR.report, AT, tls_elsewhere=False)
    find(domain, WORKS, at=LATER)

    found = settle(domain, late, counts=True, at=LATER + HOUR)

    assert (found.state, found.misses, found.checked_at) == (State.ACTIVE, 0, LATER)


def test_what_was_seen_of_the_other_way_of_serving_undoes_nothing(cast: Cast) -> None:
    domain = make_domain(cast.acme, cast.admin, State.VERIFIED)
    save(cast.acme, cast.admin, at=LATER, tls_elsewhere=True)

    looked = Looked(WORKS.report, LATER, tls_elsewhere=False)
    found = settle(domain, looked, counts=True, at=LATER, by=PLATFORM)

    assert found.state == State.VERIFIED


def test_a_check_that_ends_after_the_removal_brings_nothing_back(cast: Cast) -> None:
    domain = make_domain(cast.acme, cast.admin, State.VERIFIED)
    save(cast.acme, cast.admin, "", at=LATER)

    found = find(domain, WORKS, at=LATER + HOUR)

    assert (found.state, found.held) == (State.REMOVED, True)
    assert hosts(cast.acme) == (None, None)


def test_a_check_of_a_tombstone_leaves_the_next_domain_alone(cast: Cast) -> None:
    tombstone = make_domain(cast.acme, cast.admin, State.REMOVED)
    make_domain(cast.acme, cast.admin, State.ACTIVE, name="new.example.com", at=LATER)

    find(tombstone, CLEAR, at=LATER + DAY)
    find(tombstone, CLEAR, at=LATER + 3 * DAY)

    assert hosts(cast.acme) == ("new.example.com", "new.example.com")


@pytest.mark.parametrize(
    ("found", "tls_elsewhere", "clear"),
    [
        (CLEAR, False, True),
        (NO_ANSWER, False, False),
        (Found(ownership=False, routing=None, https=False), False, False),
        (Found(ownership=False, routing=None, https=False), True, True),
        (Found(ownership=False, routing=True, https=False), False, False),
        (Found(ownership=False, routing=False, https=True), False, False),
        (PROVEN, False, False),
        (Found(ownership=False, routing=False, https=False, led="resolvers_wait"), False, False),
        (Found(ownership=False, routing=True, https=False), True, True),
    ],
)
def test_the_dns_is_clear_only_where_that_is_certain(
    found: Found, tls_elsewhere: bool, clear: bool
) -> None:
    assert sighting_of(found.report, tls_elsewhere=tls_elsewhere).clear is clear


def test_behind_a_load_balancer_the_proof_is_enough_to_be_served(cast: Cast) -> None:
    save(cast.acme, cast.admin, tls_elsewhere=True)
    domain = the_domain(cast.acme)

    verified = find(domain, Found(routing=None, https=False), at=AT + HOUR)
    active = find(domain, Found(routing=None), at=AT + 2 * HOUR)

    assert (verified.state, active.state) == (State.VERIFIED, State.ACTIVE)
