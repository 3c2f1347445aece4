"""What a save makes of a name: claims, tombstones, and who is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from conftest import Cast
from portico.audit.models import AuditEntry
from portico.basic_settings import services
from portico.domains.models import AlternativeDomain, StateChange
from portico.domains.rules import State
from portico.domains.section import section
from portico.domains.services import NameHeld, domain_of
from portico.domains.tests.findings import (
    CLEAR,
    LEADS_HERE,
    NAME,
    PROVEN,
    WORKS,
    find,
    make_domain,
    save,
    the_domain,
)
from portico.kernel.errors import InvalidFields
from portico.outbox.models import Event
from tests.make import AT, actor

OTHER = "shop.acme-pay.example.com"
LATER = AT + timedelta(days=30)


def refusals(error: InvalidFields) -> dict[str, str]:
    return {field: one.code for field, one in error.errors.items()}


def test_a_saved_name_is_claimed_with_a_token_of_its_own(cast: Cast) -> None:
    save(cast.acme, cast.admin)
    save(cast.zenith, cast.outsider)

    here, there = the_domain(cast.acme), the_domain(cast.zenith)

    assert (here.name, here.state, here.held) == (NAME, State.PENDING, False)
    assert here.token.startswith("portico-domain=")
    assert len(here.token) == len("portico-domain=") + 32
    assert here.token != there.token
    assert here.due_at == AT
    cast.acme.refresh_from_db()
    assert (cast.acme.served_host, cast.acme.canonical_host) == (None, None)


def test_saving_the_same_name_again_changes_nothing_about_it(cast: Cast) -> None:
    domain = make_domain(cast.acme, cast.admin, State.ACTIVE)

    save(cast.acme, cast.admin, at=LATER)

    again = the_domain(cast.acme)
    assert (again.id, again.token, again.state) == (domain.id, domain.token, State.ACTIVE)


def test_another_name_makes_the_first_a_tombstone(cast: Cast) -> None:
    old = make_domain(cast.acme, cast.admin, State.ACTIVE)

    save(cast.acme, cast.admin, OTHER, at=LATER)

    old.refresh_from_db()
    assert (old.state, old.held) == (State.REMOVED, True)
    assert the_domain(cast.acme).name == OTHER
    cast.acme.refresh_from_db()
    assert (cast.acme.served_host, cast.acme.canonical_host) == (None, None)
    event = Event.objects.filter(name="domain.state_changed").latest("id")
    assert event.payload == {"domain": NAME, "from": "active", "to": "removed", "reason": "removed"}


def test_a_claim_that_was_never_proven_leaves_no_tombstone(cast: Cast) -> None:
    save(cast.acme, cast.admin)
    old = the_domain(cast.acme)

    save(cast.acme, cast.admin, "", at=LATER)

    old.refresh_from_db()
    assert (old.state, old.held, old.due_at) == (State.REMOVED, False, None)
    assert domain_of(cast.acme) is None
    save(cast.zenith, cast.outsider)


@pytest.mark.parametrize(
    "state",
    [State.VERIFIED, State.ACTIVE, State.DEGRADED, State.SUSPENDED, State.REMOVED],
)
def test_a_name_that_another_workspace_proved_is_refused_and_names_nobody(
    cast: Cast, state: State
) -> None:
    make_domain(cast.zenith, cast.outsider, state)

    with pytest.raises(InvalidFields) as refused:
        save(cast.acme, cast.admin, at=LATER)

    assert refusals(refused.value) == {"alternative_domain": "name_held"}
    sentence = str(refused.value).lower()
    assert NAME in sentence
    assert "zenith" not in sentence
    assert domain_of(cast.acme) is None


def test_an_unproven_claim_locks_nobody_out(cast: Cast) -> None:
    save(cast.zenith, cast.outsider)
    squatter = the_domain(cast.zenith)
    owner = make_domain(cast.acme, cast.admin, State.VERIFIED)

    squatter = find(squatter, PROVEN, at=LATER)

    assert owner.held
    assert (squatter.state, squatter.held, squatter.rival) == (State.PENDING, False, True)
    with pytest.raises(InvalidFields):
        save(cast.zenith, cast.outsider, at=LATER, tls_elsewhere=True)


def test_a_rival_gets_the_name_once_it_is_free(cast: Cast) -> None:
    save(cast.zenith, cast.outsider)
    rival = the_domain(cast.zenith)
    first = make_domain(cast.acme, cast.admin, State.REMOVED)
    find(rival, PROVEN, at=LATER)
    find(first, CLEAR, at=LATER)
    find(first, CLEAR, at=LATER + timedelta(days=2))

    rival = find(rival, PROVEN, at=LATER + timedelta(days=3))

    assert (rival.state, rival.held, rival.rival) == (State.VERIFIED, True, False)


def test_a_tombstone_is_taken_back_with_its_token(cast: Cast) -> None:
    old = make_domain(cast.acme, cast.admin, State.REMOVED)

    save(cast.acme, cast.admin, at=LATER)

    again = the_domain(cast.acme)
    assert (again.id, again.token) == (old.id, old.token)
    assert (again.state, again.held, again.due_at) == (State.PENDING, True, LATER)
    assert find(again, LEADS_HERE, at=LATER).state == State.VERIFIED


def test_after_a_tombstone_is_freed_a_new_claim_has_a_new_token(cast: Cast) -> None:
    old = make_domain(cast.acme, cast.admin, State.REMOVED)
    find(old, CLEAR, at=LATER)

    freed = find(old, CLEAR, at=LATER + timedelta(days=2))
    save(cast.acme, cast.admin, at=LATER + timedelta(days=3))

    assert (freed.held, freed.due_at) == (False, None)
    assert AuditEntry.objects.filter(action="domain.freed", subject_id=str(old.id)).count() == 1
    assert the_domain(cast.acme).token != old.token


def test_a_tombstone_whose_name_still_leads_here_is_not_freed(cast: Cast) -> None:
    tombstone = make_domain(cast.acme, cast.admin, State.REMOVED)

    for days in range(1, 60, 3):
        tombstone = find(tombstone, LEADS_HERE, at=AT + timedelta(days=days))

    assert tombstone.held
    assert tombstone.due_at is not None
    with pytest.raises(InvalidFields):
        save(cast.zenith, cast.outsider, at=LATER)


@pytest.mark.parametrize("how", ["restore", "reset"])
def test_restore_and_reset_pass_the_same_checks(cast: Cast, how: str) -> None:
    make_domain(cast.acme, cast.admin, State.ACTIVE)
    number = services.live(cast.acme, section).number
    by, at = actor(cast.admin), LATER

    services.reset(cast.acme, section, based_on=number, by=by, at=at)
    assert domain_of(cast.acme) is None
    tombstone = AlternativeDomain.objects.get(workspace=cast.acme, name=NAME)
    find(tombstone, CLEAR, at=at)
    find(tombstone, CLEAR, at=at + timedelta(days=2))
    make_domain(cast.zenith, cast.outsider, State.REMOVED, at=at + timedelta(days=3))

    if how == "restore":
        with pytest.raises(InvalidFields) as refused:
            services.restore(cast.acme, section, number, based_on=number + 1, by=by, at=at)
        assert isinstance(refused.value.errors["alternative_domain"], NameHeld)
    assert domain_of(cast.acme) is None
    held = AlternativeDomain.objects.get(name=NAME, held=True)
    assert (held.workspace_id, held.state) == (cast.zenith.id, State.REMOVED)


def test_where_tls_ends_elsewhere_is_looked_at_soon_and_counts_anew(cast: Cast) -> None:
    domain = make_domain(cast.acme, cast.admin, State.ACTIVE)
    find(domain, LEADS_HERE, at=AT + timedelta(hours=5))

    save(cast.acme, cast.admin, at=LATER, tls_elsewhere=True)

    changed = the_domain(cast.acme)
    assert (changed.state, changed.misses, changed.due_at) == (State.ACTIVE, 0, LATER)
    assert changed.tls_elsewhere


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("acme.localhost", "own_zone"),
        ("localhost", "single_label"),
        ("pay.content.localhost", "own_zone"),
        ("192.0.2.1", "domain_is_address"),
        ("co.uk", "public_suffix"),
        ("https://pay.example.com/", "domain_is_url"),
        ("pay.example.com:8443", "port_in_domain"),
        ("*.example.com", "wildcard_domain"),
        ("pаypal.com", "mixed_scripts"),
        (f"{'a' * 60}.{'b' * 60}.{'c' * 60}.{'d' * 57}.example.com", "no_room_for_record"),
    ],
)
def test_names_that_cannot_be_used_are_refused(cast: Cast, name: str, code: str) -> None:
    with pytest.raises(InvalidFields) as refused:
        save(cast.acme, cast.admin, name)

    assert refusals(refused.value) == {"alternative_domain": code}
    assert not AlternativeDomain.objects.exists()


def test_in_production_a_name_must_be_known_to_the_public(cast: Cast, settings: Any) -> None:
    save(cast.acme, cast.admin, "pay.bank.internal")
    settings.PORTICO_SITE = replace(settings.PORTICO_SITE, any_host=False)

    with pytest.raises(InvalidFields) as refused:
        save(cast.zenith, cast.outsider, "pay.bank.internal")

    assert refusals(refused.value) == {"alternative_domain": "domain_kept"}


def test_the_name_is_kept_as_the_dns_writes_it(cast: Cast) -> None:
    save(cast.acme, cast.admin, " Bücher.Example.COM. ")

    assert the_domain(cast.acme).name == "xn--bcher-kva.example.com"
    payload = services.live(cast.acme, section).payload
    assert payload.alternative_domain == "xn--bcher-kva.example.com"


def test_an_active_domain_is_served_and_linked(cast: Cast) -> None:
    domain = make_domain(cast.acme, cast.admin, State.VERIFIED)
    cast.acme.refresh_from_db()
    assert (cast.acme.served_host, cast.acme.canonical_host) == (NAME, None)

    find(domain, WORKS, at=LATER)

    cast.acme.refresh_from_db()
    assert (cast.acme.served_host, cast.acme.canonical_host) == (NAME, NAME)
    assert [change.after for change in StateChange.objects.order_by("at")] == ["verified", "active"]
