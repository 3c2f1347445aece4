from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from conftest import Cast, make_cast
from portico.accounts.models import Person
from portico.audit.models import AuditEntry
from portico.kernel.clock import now
from portico.kernel.errors import NotFound
from portico.workspaces.handoffs import HandoffOver, forget_old, look_at, offer, take
from portico.workspaces.hosts import host_of
from portico.workspaces.models import Handoff, Membership
from portico.workspaces.services import set_hosts
from tests.make import AT, actor, make_member, make_workspace

Browse = Callable[..., Client]
ZENITH = "zenith.localhost:8000"


@pytest.fixture
def there(cast: Cast) -> Membership:
    """The admin of acme is a member of zenith too."""
    return make_member(cast.zenith, person=cast.admin.person)


def offered(member: Membership) -> str:
    return offer(member.person, "zenith", host_of_slug=ZENITH, at=AT)


def test_a_handoff_is_offered_and_taken(cast: Cast, there: Membership) -> None:
    secret = offered(there)

    person = take(secret, host=ZENITH, by=actor(there), at=AT + timedelta(seconds=29))

    assert person == cast.admin.person
    entry = AuditEntry.objects.get(action="account.switched_workspace")
    assert (entry.workspace_id, entry.actor_id) == (cast.zenith.id, person.id)


def test_the_secret_is_not_kept(there: Membership) -> None:
    secret = offered(there)

    handoff = Handoff.objects.get()

    assert secret not in str(vars(handoff))
    assert len(secret) >= 43


def test_a_handoff_is_taken_once(there: Membership) -> None:
    secret = offered(there)
    take(secret, host=ZENITH, by=actor(there), at=AT)

    with pytest.raises(HandoffOver):
        take(secret, host=ZENITH, by=actor(there), at=AT)

    assert AuditEntry.objects.filter(action="account.switched_workspace").count() == 1


@pytest.mark.parametrize("seconds", [30, 31, 3600])
def test_a_handoff_ends_after_thirty_seconds(there: Membership, seconds: int) -> None:
    secret = offered(there)

    with pytest.raises(HandoffOver):
        take(secret, host=ZENITH, by=actor(there), at=AT + timedelta(seconds=seconds))


@pytest.mark.parametrize(
    "host", ["acme.localhost:8000", "zenith.localhost", "zenith.localhost:8001", "localhost:8000"]
)
def test_a_handoff_counts_at_its_host_alone(there: Membership, host: str) -> None:
    secret = offered(there)

    with pytest.raises(HandoffOver):
        take(secret, host=host, by=actor(there), at=AT)

    assert look_at(secret, host=ZENITH, at=AT).used_at is None


@pytest.mark.parametrize("secret", ["", "made-up", "x" * 10_000, "\N{SNOWMAN}"])
def test_a_forged_handoff_is_refused(there: Membership, secret: str) -> None:
    offered(there)

    with pytest.raises(HandoffOver):
        take(secret, host=ZENITH, by=actor(there), at=AT)


def test_who_is_blocked_meanwhile_does_not_arrive(there: Membership) -> None:
    secret = offered(there)
    Membership.objects.filter(id=there.id).update(blocked_at=AT)

    with pytest.raises(HandoffOver):
        take(secret, host=ZENITH, by=actor(there), at=AT)


def test_whose_account_is_closed_meanwhile_does_not_arrive(there: Membership) -> None:
    secret = offered(there)
    Person.objects.filter(id=there.person_id).update(is_active=False)

    with pytest.raises(HandoffOver):
        take(secret, host=ZENITH, by=actor(there), at=AT)


def test_nothing_is_offered_to_who_is_no_active_member(cast: Cast, there: Membership) -> None:
    Membership.objects.filter(id=there.id).update(blocked_at=AT)

    for person in (cast.developer.person, there.person):
        with pytest.raises(NotFound):
            offer(person, "zenith", host_of_slug=ZENITH, at=AT)
    with pytest.raises(NotFound):
        offer(cast.developer.person, "nowhere", host_of_slug=ZENITH, at=AT)


def test_what_is_long_over_is_forgotten(there: Membership) -> None:
    old, _new = offered(there), offer(there.person, "zenith", host_of_slug=ZENITH, at=now())

    assert forget_old(at=AT + timedelta(seconds=31)) == 0
    assert forget_old(at=AT + timedelta(hours=1, seconds=31)) == 1
    assert Handoff.objects.count() == 1
    with pytest.raises(HandoffOver):
        look_at(old, host=ZENITH, at=AT)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_take_it_at_once_one_arrives() -> None:
    cast = make_cast()
    there = make_member(cast.zenith, person=cast.admin.person)
    secrets = [offered(there) for _round in range(4)]
    both = Barrier(2)

    def try_it(secret: str) -> bool:
        both.wait(timeout=20)
        try:
            take(secret, host=ZENITH, by=actor(there), at=AT)
        except HandoffOver:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(2) as pool:
        arrived = [sum(pool.map(try_it, [secret, secret])) for secret in secrets]

    assert arrived == [1, 1, 1, 1]
    assert AuditEntry.objects.filter(action="account.switched_workspace").count() == 4


def test_the_session_at_the_other_host_is_a_new_one(
    cast: Cast, there: Membership, browse: Browse
) -> None:
    planted = browse(cast.zenith)
    session = planted.session
    session["from"] = "an attacker"
    session.save()
    before = str(session.session_key)
    planted.cookies["portico-session"] = before
    secret = offer(there.person, "zenith", host_of_slug=ZENITH, at=now())

    planted.post("/handoff/", {"token": secret})

    assert planted.cookies["portico-session"].value != before
    assert planted.get("/console/").status_code == 200
    thief = browse(cast.zenith)
    thief.cookies["portico-session"] = before
    assert thief.get("/console/").status_code == 302


def test_a_form_of_another_site_does_not_sign_in(cast: Cast, there: Membership) -> None:
    secret = offer(there.person, "zenith", host_of_slug=ZENITH, at=now())
    strict = Client(enforce_csrf_checks=True, headers={"host": ZENITH})

    assert strict.post("/handoff/", {"token": secret}).status_code == 403

    assert look_at(secret, host=ZENITH, at=now()).used_at is None


def test_people_switch_from_page_to_page_with_what_the_pages_hold(
    cast: Cast, there: Membership, browse: Browse
) -> None:
    here = browse(cast.acme, cast.admin)
    at_zenith = Client(enforce_csrf_checks=True, headers={"host": ZENITH})
    menu = here.get("/console/").content.decode()
    assert 'action="/switch/zenith/"' in menu

    forward = here.post("/switch/zenith/")
    link = re.search(
        r'href="http://zenith\.localhost:8000(/handoff/[^"]+)"', forward.content.decode()
    )
    assert link
    asked = at_zenith.get(link[1]).content.decode()
    form = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]+)"', asked))
    assert 'action="/handoff/"' in asked
    arrived = at_zenith.post("/handoff/", form)

    assert forward.headers["Cache-Control"] == "private, no-store"
    assert set(form) == {"csrfmiddlewaretoken", "token"}
    assert arrived.headers["Location"] == "/signed-in/"
    assert at_zenith.get("/console/").status_code == 200
    assert here.get("/console/").status_code == 200


def test_the_link_leads_to_the_host_that_the_handoff_is_bound_to(
    cast: Cast, there: Membership, browse: Browse
) -> None:
    set_hosts(cast.zenith, served="go.example.com", canonical="go.example.com")

    page = browse(cast.acme, cast.admin).post("/switch/zenith/").content.decode()

    cast.zenith.refresh_from_db()
    assert "http://go.example.com:8000/handoff/?token=" in page
    assert Handoff.objects.get().host == host_of(cast.zenith) == "go.example.com:8000"


def test_the_switcher_costs_the_same_with_two_and_with_twelve_workspaces(
    cast: Cast, there: Membership, browse: Browse
) -> None:
    client = browse(cast.acme, cast.admin)
    for _warming_up in range(2):
        client.get("/settings/account/")

    with CaptureQueriesContext(connection) as with_two:
        client.get("/settings/account/")
    for _number in range(10):
        make_member(make_workspace(), person=cast.admin.person)
    with CaptureQueriesContext(connection) as with_twelve:
        page = client.get("/settings/account/").content.decode()

    assert page.count('action="/switch/') >= 11
    assert len(with_twelve) == len(with_two)
