"""Saving the policy: who may, what is recorded, who is told, and what is refused."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from conftest import Cast, make_cast
from portico.audit.models import AuditEntry
from portico.kernel.clock import now
from portico.service_email.models import Mail
from portico.two_factor.models import TwoFactorPolicy
from portico.two_factor.rules import Required
from portico.two_factor.services import LocksYouOut, StalePolicy, change_policy, note_removal
from portico.two_factor.tests.factors import Browse, give_app, require
from portico.workspaces.permissions import Role
from tests.make import AT, actor, make_member

PAGE = "/settings/tenant/two-factor/"
SAVE = f"{PAGE}save/"
API = "/api/v1/two-factor-policy"


def save(client: Client, required: str, days: int, based_on: int = 0, seen: str = "") -> Any:
    values = {"required": required, "grace_days": days, "based_on": based_on, "seen": seen}
    return client.post(SAVE, values)


def put(client: Client, required: str, days: object, match: str = '"0"') -> Any:
    body = {"required": required, "grace_days": days}
    headers = {"if-match": match} if match else {}
    return client.put(API, body, content_type="application/json", headers=headers)


@pytest.fixture
def admin(cast: Cast, browse: Browse) -> Client:
    return browse(cast.acme, cast.admin)


@pytest.fixture
def robot(cast: Cast, call: Browse) -> Client:
    return call(cast.acme, cast.admin)


def test_nothing_is_required_at_first(cast: Cast, admin: Client, robot: Client) -> None:
    page, answer = admin.get(PAGE), robot.get(API)

    assert page.context["form"].initial["required"] == "off"
    assert answer.headers["ETag"] == '"0"'
    assert answer.json() == {
        "required": "off",
        "grace_days": 7,
        "revision": 0,
        "changed_at": None,
        "changed_by": None,
        "members": {"has": 0, "grace": 0, "overdue": 0, "not_asked": 5},
    }


def test_a_stricter_policy_says_first_what_it_means(cast: Cast, admin: Client) -> None:
    give_app(cast.reviewer.person)

    first = save(admin, "all", 7)
    seen = first.context["form"]["seen"].value()
    second = save(admin, "all", 7, seen=seen)

    effect = first.context["effect"]
    assert (effect.without, effect.at_once) == (4, 0)
    assert "4 members who have to have a second factor have none yet." in first.content.decode()
    assert "You have no second factor yourself." in first.content.decode()
    assert second.headers["Location"] == PAGE
    assert TwoFactorPolicy.objects.get().required == "all"


def test_what_was_seen_for_one_policy_saves_no_other(cast: Cast, admin: Client) -> None:
    seen = save(admin, "all", 7).context["form"]["seen"].value()

    other = save(admin, "all", 3, seen=seen)

    assert other.context["effect"].without == 5
    assert not TwoFactorPolicy.objects.filter(revision__gt=0).exists()


def test_a_looser_policy_is_saved_at_once(cast: Cast, admin: Client) -> None:
    require(cast.acme, Required.ALL, 7, at=now())

    assert save(admin, "admins", 7, based_on=1).status_code == 302
    assert TwoFactorPolicy.objects.get().others_since is None


def test_it_is_recorded_and_all_admins_are_told(cast: Cast, robot: Client) -> None:
    second = make_member(cast.acme, Role.ADMIN)

    put(robot, "admins", 14)

    entry = AuditEntry.objects.get(action="two_factor.policy_changed")
    row = TwoFactorPolicy.objects.get()
    assert (entry.actor_id, entry.via, entry.workspace_id) == (
        cast.admin.person_id,
        "api",
        cast.acme.id,
    )
    assert entry.changes == [
        {"field": "two_factor_required", "before": "off", "after": "admins"},
        {"field": "grace_days", "before": "7", "after": "14"},
    ]
    assert (row.revision, row.changed_by_id) == (1, cast.admin.person_id)
    told = Mail.objects.filter(template="two_factor_policy_changed")
    assert {mail.recipient for mail in told} == {
        cast.admin.person.email,
        second.person.email,
    }


def test_saving_the_same_changes_nothing(cast: Cast, robot: Client) -> None:
    put(robot, "admins", 14)

    again = put(robot, "admins", 14, '"1"')

    assert (again.status_code, again.headers["ETag"]) == (200, '"1"')
    assert AuditEntry.objects.filter(action="two_factor.policy_changed").count() == 1


def test_a_stale_page_is_told_what_happened_meanwhile(cast: Cast, admin: Client) -> None:
    by = actor(make_member(cast.acme, Role.ADMIN))
    change_policy(cast.acme, required="admins", grace_days=9, based_on=0, by=by, at=now())

    answer = save(admin, "all", 5)

    page = answer.content.decode()
    assert answer.status_code == 409
    assert f"{by.email} changed this policy while you were editing it" in page
    assert "Required of admins" in page
    assert answer.context["form"]["grace_days"].value() == 5
    assert answer.context["form"]["based_on"].value() == 1
    assert TwoFactorPolicy.objects.get().required == "admins"


@pytest.mark.parametrize(
    ("match", "status", "code"),
    [
        ("", 428, "if_match_required"),
        ("*", 412, "unknown_etag"),
        ('"7"', 412, "stale_two_factor_policy"),
    ],
)
def test_the_api_needs_the_etag_of_what_is_there(
    cast: Cast, robot: Client, match: str, status: int, code: str
) -> None:
    answer = put(robot, "all", 7, match)

    assert (answer.status_code, answer.json()["code"]) == (status, code)


@pytest.mark.parametrize(
    ("required", "days"), [("some", 7), ("all", 31), ("all", -1), ("all", "7"), ("all", None)]
)
def test_values_that_cannot_be_are_refused(
    cast: Cast, admin: Client, robot: Client, required: str, days: object
) -> None:
    assert put(robot, required, days).status_code == 422
    if not isinstance(days, str):
        assert save(admin, required, days or "").status_code == 422  # type: ignore[arg-type]
    assert not TwoFactorPolicy.objects.filter(revision__gt=0).exists()


def test_nobody_locks_themselves_out_at_once(cast: Cast, admin: Client, robot: Client) -> None:
    refused = put(robot, "admins", 0)
    on_page = save(admin, "admins", 0)
    insisting = save(admin, "admins", 0, seen="admins:0:0")

    assert (refused.status_code, refused.json()["code"]) == (409, "locks_you_out")
    assert (on_page.status_code, insisting.status_code) == (409, 409)
    assert "you have no second factor yourself" in on_page.content.decode()
    assert not TwoFactorPolicy.objects.filter(revision__gt=0).exists()


def test_shortening_the_grace_locks_its_writer_out_no_more_than_anything_else(cast: Cast) -> None:
    require(cast.acme, Required.ALL, 30, at=AT)

    with pytest.raises(LocksYouOut):
        change_policy(
            cast.acme,
            required="all",
            grace_days=2,
            based_on=1,
            by=actor(cast.admin),
            at=AT + timedelta(days=3),
        )


def test_the_page_knows_of_the_fresh_grace_of_its_writer(cast: Cast, admin: Client) -> None:
    note_removal(cast.admin.person, at=now())

    asked = save(admin, "admins", 0)
    saved = save(admin, "admins", 0, seen="admins:0:0")

    assert (asked.status_code, saved.status_code) == (200, 302)
    assert TwoFactorPolicy.objects.get().required == Required.ADMINS


def test_an_admin_with_a_second_factor_may_give_no_grace(cast: Cast, robot: Client) -> None:
    give_app(cast.admin.person)

    answer = put(robot, "all", 0)

    assert answer.status_code == 200
    assert answer.json()["members"] == {"has": 1, "grace": 0, "overdue": 4, "not_asked": 0}


def test_the_effect_can_be_asked_for_without_saving(cast: Cast, robot: Client) -> None:
    answer = robot.get(f"{API}/effect?required=admins&grace_days=0")

    assert answer.json() == {"without": 1, "at_once": 1, "first_due": None, "last_due": None}
    assert robot.get(API).json()["revision"] == 0


def test_only_admins_see_and_change_it(cast: Cast, browse: Browse, call: Browse) -> None:
    page, token = browse(cast.acme, cast.developer), call(cast.acme, cast.developer)

    assert page.get(PAGE).status_code == 403
    assert save(page, "all", 7).status_code == 403
    assert put(token, "all", 7).status_code == 403


def test_a_member_of_another_workspace_changes_nothing_here(
    cast: Cast, browse: Browse, call: Browse
) -> None:
    assert browse(cast.acme, cast.outsider).get(PAGE).status_code == 404
    assert save(browse(cast.acme, cast.outsider), "all", 7).status_code == 404
    assert put(call(cast.acme, cast.outsider), "all", 7).status_code == 401

    put(call(cast.zenith, cast.outsider), "all", 7)

    assert not TwoFactorPolicy.objects.filter(workspace=cast.acme).exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_who_save_at_once_one_is_refused(transactional_db: None) -> None:
    cast = make_cast()
    start = Barrier(2)

    def begin(days: int) -> str:
        try:
            start.wait(timeout=30)
            by = actor(cast.admin)
            change_policy(cast.acme, required="all", grace_days=days, based_on=0, by=by, at=AT)
        except StalePolicy:
            return "stale"
        finally:
            connection.close()
        return "saved"

    with ThreadPoolExecutor(2) as threads:
        answers = sorted(threads.map(begin, [5, 9]))

    assert answers == ["saved", "stale"]
    assert TwoFactorPolicy.objects.get().revision == 1
    assert AuditEntry.objects.filter(action="two_factor.policy_changed").count() == 1
