"""The card, the form, the domain's page, and a check as it happens."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from conftest import Cast
from portico.basic_settings.tests.pages import path, send
from portico.domains import runs
from portico.domains.models import CheckRun, RunState
from portico.domains.rules import State
from portico.domains.runs import MOST_RUNS
from portico.domains.services import marker_of
from portico.domains.tests.conftest import World
from portico.domains.tests.findings import CLEAR, NAME, PROVEN, find, make_domain, save, the_domain
from portico.kernel.clock import now
from tests.jobs import run as run_jobs
from tests.make import AT, actor
from tests.peers.dns import Trouble

HTMX = {"hx-request": "true"}


@pytest.fixture
def admin(cast: Cast, browse: Callable[..., Client]) -> Client:
    """The admin of acme, in a browser."""
    return browse(cast.acme, cast.admin)


def text(answer: Any) -> str:
    return str(answer.content.decode())


def start(admin: Client) -> str:
    """Press *Check now*; where it leads."""
    return str(admin.post(reverse("check_domain")).headers["Location"])


def test_the_card_shows_the_current_name_and_how_far_the_other_has_come(
    cast: Cast, admin: Client
) -> None:
    page = text(admin.get(reverse("tenant_settings")))
    assert "Current domain name" in page
    assert "acme.localhost" in page
    assert "Pending" not in page

    save(cast.acme, cast.admin)
    page = text(admin.get(reverse("tenant_settings")))

    assert NAME in page
    assert "Pending" in page
    assert reverse("check_domain") in page


@pytest.mark.parametrize(
    ("state", "word"),
    [
        (State.VERIFIED, "Verified"),
        (State.ACTIVE, "Active"),
        (State.DEGRADED, "Degraded"),
        (State.SUSPENDED, "Suspended"),
    ],
)
def test_card_and_page_say_the_state(cast: Cast, admin: Client, state: State, word: str) -> None:
    make_domain(cast.acme, cast.admin, state)

    assert word in text(admin.get(reverse("tenant_settings")))
    page = text(admin.get(reverse("check_domain")))

    assert word in page
    assert "What happened" in page


def test_the_form_saves_and_a_refused_name_stays_in_it(cast: Cast, admin: Client) -> None:
    refused = send(admin, "domain-preference", {"alternative_domain": "https://pay.example.com/"})
    saved = send(admin, "domain-preference", {"alternative_domain": NAME, "tls_elsewhere": "on"})

    assert refused.status_code == 422
    assert 'value="https://pay.example.com/"' in text(refused)
    assert "This is the address of a page" in text(refused)
    assert saved.status_code == 302
    assert the_domain(cast.acme).tls_elsewhere


def test_a_stale_save_keeps_what_was_typed(cast: Cast, admin: Client) -> None:
    save(cast.acme, cast.admin, "first.example.com")

    answer = send(admin, "domain-preference", {"alternative_domain": NAME}, based_on=0)

    assert answer.status_code == 409
    assert f'value="{NAME}"' in text(answer)
    assert "first.example.com" in text(answer)
    assert the_domain(cast.acme).name == "first.example.com"


def test_there_are_no_drafts(admin: Client) -> None:
    page = text(admin.get(path("domain-preference", "edit")))

    assert "Save as draft" not in page
    assert send(admin, "domain-preference", {}, action="draft").status_code == 409


def test_without_a_domain_the_page_says_where_to_begin(admin: Client) -> None:
    page = text(admin.get(reverse("check_domain")))
    refused = admin.post(reverse("check_domain"))

    assert "There is no alternative domain" in page
    assert refused.status_code == 409


def test_the_page_has_the_records_to_copy_and_as_a_zone_file(cast: Cast, admin: Client) -> None:
    save(cast.acme, cast.admin)
    token = the_domain(cast.acme).token

    page = text(admin.get(reverse("check_domain")))

    for part in (
        f'data-copy="_portico.{NAME}"',
        f'data-copy="{token}"',
        'data-copy="acme.localhost"',
    ):
        assert part in page
    assert f"{NAME}. 300 IN CNAME acme.localhost." in page
    assert reverse("domain_instructions") in page


def test_a_check_ticks_off_shows_expected_beside_seen_and_ends(
    cast: Cast, admin: Client, world: World
) -> None:
    save(cast.acme, cast.admin)
    world.dns.zone[f"_portico.{NAME}"] = {"TXT": ["something else"]}
    address = start(admin)
    waits = text(admin.get(address))
    part = text(admin.get(address, headers=HTMX))
    poll = part.partition('hx-get="')[2].partition('"')[0].replace("&amp;", "&")
    same = admin.get(poll, headers=HTMX)

    run_jobs(runs.TASK)
    last = admin.get(poll, headers=HTMX)

    assert 'hx-trigger="every 500ms"' in waits
    assert '<noscript><meta http-equiv="refresh" content="2"></noscript>' in waits
    assert waits.count('data-state="waiting"') == 5
    assert same.status_code == 204
    shown = text(last)
    assert "<html" not in shown
    assert 'hx-trigger="every' not in shown
    assert f"Nothing proves yet that {NAME} is yours." in shown
    assert "Start here" in shown
    for part in ("Expected", the_domain(cast.acme).token, "Seen", "something else", "127.0.0.1"):
        assert part in shown
    assert 'id="domain-state" hx-swap-oob="true"' in shown
    assert last.headers["Cache-Control"] == "private, no-store"
    assert "something else" in text(admin.get(reverse("check_domain")))


def test_where_nobody_answers_nothing_is_said_to_be_in_order(
    cast: Cast, admin: Client, world: World
) -> None:
    domain = make_domain(cast.acme, cast.admin, State.ACTIVE)
    for name in (NAME, f"_portico.{NAME}", "acme.localhost"):
        world.dns.zone[name] = Trouble.REFUSED

    where = start(admin)
    run_jobs(runs.TASK)
    page = text(admin.get(where))

    assert f"{NAME} is in use; whether it is in order could not be found out." in page
    assert "everything is in order" not in page
    domain.refresh_from_db()
    assert (domain.state, domain.misses) == (State.ACTIVE, 0)


def test_pressed_in_the_page_the_check_takes_the_place_of_the_last(
    cast: Cast, admin: Client
) -> None:
    save(cast.acme, cast.admin)

    first = admin.post(reverse("check_domain"), headers=HTMX)
    second = admin.post(reverse("check_domain"), headers=HTMX)

    run = CheckRun.objects.get()
    for answer in (first, second):
        assert answer.status_code == 200
        assert reverse("cancel_domain_check", args=[run.id]) in text(answer)


def test_polling_takes_few_queries(cast: Cast, admin: Client) -> None:
    save(cast.acme, cast.admin)
    address = start(admin)
    admin.get(address, headers=HTMX)

    with CaptureQueriesContext(connection) as asked:
        admin.get(address, {"seen": "waiting-0-0-"}, headers=HTMX)

    assert len(asked) <= 6


def test_a_check_is_canceled(cast: Cast, admin: Client, world: World) -> None:
    save(cast.acme, cast.admin)
    address = start(admin)

    admin.post(f"{address}cancel/")
    run_jobs(runs.TASK)

    assert CheckRun.objects.get().state == RunState.CANCELED
    assert "The check was canceled." in text(admin.get(address))
    assert world.dns.questions == []


def test_it_is_not_checked_without_end(cast: Cast, admin: Client, world: World) -> None:
    save(cast.acme, cast.admin)
    for _ in range(MOST_RUNS):
        run = runs.start_here(cast.acme, by=actor(cast.admin), at=now())
        runs.finish(run, RunState.DONE, at=now())

    answer = admin.post(reverse("check_domain"))
    part = admin.post(reverse("check_domain"), headers=HTMX)

    assert answer.status_code == 429
    assert "as often as it may be" in text(answer)
    assert part.status_code == 422
    assert 'id="domain-check"' in text(part)


def test_a_rival_is_told_without_a_name(cast: Cast, admin: Client) -> None:
    save(cast.acme, cast.admin)
    make_domain(cast.zenith, cast.outsider, State.VERIFIED)
    find(the_domain(cast.acme), PROVEN, at=AT + timedelta(hours=3))

    page = text(admin.get(reverse("check_domain")))

    assert "another workspace here has the name" in page
    assert "Zenith" not in page


def test_another_workspaces_check_is_not_there(cast: Cast, browse: Callable[..., Client]) -> None:
    save(cast.acme, cast.admin)
    run = runs.start(cast.acme, by=actor(cast.admin), at=now())
    outsider = browse(cast.zenith, cast.outsider)

    assert outsider.get(reverse("domain_check", args=[run.id])).status_code == 404
    assert outsider.post(reverse("cancel_domain_check", args=[run.id])).status_code == 404
    assert outsider.get(reverse("domain_check", args=[uuid4()])).status_code == 404
    assert NAME not in text(outsider.get(reverse("check_domain")))


def test_what_broke_off_is_said(cast: Cast, admin: Client) -> None:
    save(cast.acme, cast.admin)
    address = start(admin)
    runs.finish(CheckRun.objects.get(), RunState.FAILED, trouble=runs.BROKEN, at=now())

    assert "an error of Portico" in text(admin.get(address))


def test_the_marker_says_which_workspace_answers_and_how_it_was_asked(
    cast: Cast, browse: Callable[..., Client]
) -> None:
    make_domain(cast.acme, cast.admin, State.VERIFIED)
    visitor = browse(cast.acme)

    here = visitor.get(reverse("domain_marker"))
    there = visitor.get(reverse("domain_marker"), headers={"host": NAME}, secure=True)
    other = browse(cast.zenith).get(reverse("domain_marker"))

    assert text(here).strip() == text(there).strip() == marker_of(cast.acme)
    assert text(other).strip() == marker_of(cast.zenith) != marker_of(cast.acme)
    assert here.headers["Content-Type"].startswith("text/plain")
    assert here.headers["Cache-Control"] == "no-store"
    assert (here.headers["Portico-Scheme"], there.headers["Portico-Scheme"]) == ("http", "https")


def test_the_history_shows_what_was_saved(cast: Cast, admin: Client) -> None:
    save(cast.acme, cast.admin)
    save(cast.acme, cast.admin, "xn--bcher-kva.example.com", tls_elsewhere=True)

    page = text(admin.get(path("domain-preference", "history")))

    for part in (NAME, "bücher.example.com", "xn--bcher-kva.example.com", "TLS is terminated"):
        assert part in page


def test_a_degraded_domain_says_what_was_wrong_then(cast: Cast, admin: Client) -> None:
    domain = make_domain(cast.acme, cast.admin, State.ACTIVE)
    for hours in range(3):
        find(domain, CLEAR, at=AT + timedelta(days=2, hours=hours))

    assert "The record is not there." in text(admin.get(reverse("check_domain")))
