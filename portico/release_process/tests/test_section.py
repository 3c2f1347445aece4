"""The section *Release Process* through page, API and database."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client

from conftest import Cast
from portico.audit.models import AuditEntry
from portico.basic_settings.services import live, save
from portico.kernel.clock import now
from portico.kernel.errors import InvalidFields
from portico.kernel.ids import new_id
from portico.outbox.models import Event
from portico.release_process.payload import ProductionProcess, ReleaseProcess
from portico.release_process.section import section
from portico.release_process.tests.forms import EDIT, sent
from tests.make import AT, actor

API = "/api/v1/settings/release-process"
HISTORY = "/settings/tenant/release-process/history/"

Browse = Callable[..., Client]


def put(client: Client, values: dict[str, Any], etag: str = '"0"') -> Any:
    return client.put(API, values, "application/json", headers={"If-Match": etag})


def test_the_card_draws_both_ways_and_says_whom_a_change_reaches(
    cast: Cast, browse: Browse
) -> None:
    page = browse(cast.acme, cast.admin).get("/settings/tenant/").text

    card = page.split('id="release-process"')[1]
    assert card.count('data-state="locked"') == 2
    assert card.count('data-state="skipped"') == 2
    assert "1 person other than the requester has to approve it." in card
    assert "Everybody in the Sandbox gets it then, all at once." in card
    assert "A change applies only to release requests created after it is saved" in card
    assert "a freeze saved now does not hold back what is in flight" in card
    assert "Nothing: whatever is in flight was made under what is live now." in card


def test_the_form_locks_what_cannot_be_switched_off(cast: Cast, browse: Browse) -> None:
    page = browse(cast.acme, cast.admin).get(EDIT).text

    locked = [part for part in page.split("<input")[1:] if "disabled" in part.split(">")[0]]
    assert [part.split('name="')[1].split('"')[0] for part in locked] == [
        "production.review",
        "production.grayscale_release",
    ]
    assert all("checked" in part.split(">")[0] for part in locked)
    assert page.count("Always on") >= 2
    assert "A change applies only to release requests created after it is saved" in page


def test_the_form_as_it_opens_saves_the_default(cast: Cast, browse: Browse) -> None:
    answer = browse(cast.acme, cast.admin).post(EDIT, sent())

    assert answer.status_code == 302
    assert live(cast.acme, section).payload == ReleaseProcess()


@pytest.mark.parametrize("step", ["review", "grayscale_release"])
def test_a_mandatory_step_is_refused_from_an_old_page(
    cast: Cast, browse: Browse, step: str
) -> None:
    answer = browse(cast.acme, cast.admin).post(EDIT, {**sent(), f"production.{step}": "false"})

    assert answer.status_code == 422
    assert "this step cannot be switched off" in answer.text
    assert live(cast.acme, section).number == 0


@pytest.mark.parametrize("step", ["review", "grayscale_release"])
def test_a_mandatory_step_is_refused_by_the_api(cast: Cast, call: Browse, step: str) -> None:
    answer = put(call(cast.acme, cast.admin), {"production": {step: False}})

    assert answer.status_code == 422
    assert f"{step}_is_mandatory" in answer.text
    assert "cannot be switched off" in " ".join(answer.text.split())


@pytest.mark.parametrize("step", ["review", "grayscale_release"])
@pytest.mark.django_db
def test_a_mandatory_step_is_refused_by_the_services_whatever_the_rules_let_through(
    cast: Cast, step: str
) -> None:
    process = ReleaseProcess.model_construct(
        production=ProductionProcess.model_construct(
            **{**ProductionProcess().model_dump(), step: False}
        )
    )

    with pytest.raises(InvalidFields) as refusal:
        section.check(cast.acme, process, at=AT)

    assert list(refusal.value.errors) == [f"production.{step}"]


@pytest.mark.parametrize(
    "payload",
    [
        {"production": {"review": False, "grayscale_release": True}},
        {"production": {"review": True, "grayscale_release": False}},
        {"production": {"review": True, "grayscale_release": None}},
        {"production": {"review": True}},
        {},
    ],
)
@pytest.mark.django_db
def test_the_database_takes_no_revision_without_the_mandatory_steps(
    cast: Cast, payload: dict[str, Any]
) -> None:
    with (
        pytest.raises(
            IntegrityError, match="releases_to_production_are_reviewed_and_grayscale_released"
        ),
        transaction.atomic(),
    ):
        insert(cast, "release-process", payload)

    insert(cast, "about-us", payload)  # other sections are none of its business


def insert(cast: Cast, name: str, payload: dict[str, Any]) -> None:
    """A revision as nobody writes one: without Django, rules or services."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO basic_settings_settingsrevision "
            "(id, workspace_id, section, number, payload, origin, based_on, reason, created_at) "
            "VALUES (%s, %s, %s, 1, %s, 'save', 0, '', %s)",
            [new_id(), cast.acme.id, name, json.dumps(payload), AT],
        )


def test_the_api_saves_what_it_answers(cast: Cast, call: Browse) -> None:
    client = call(cast.acme, cast.admin)
    given = client.get(API).json()
    given.pop("meta")
    given["production"]["approvals"] = 3

    answer = put(client, given)

    assert answer.status_code == 200
    assert client.get(API).json()["production"]["approvals"] == 3
    assert client.get(API).json()["production"]["ramp"][1] == {
        "percentage": 5.0,
        "soak_minutes": 60,
    }


def test_a_wrong_value_in_a_row_is_named_with_its_place_by_the_api(
    cast: Cast, call: Browse
) -> None:
    answer = put(
        call(cast.acme, cast.admin),
        {"production": {"ramp": [{"percentage": 1}, {"percentage": 1}, {"percentage": 100}]}},
    )

    assert answer.status_code == 422
    assert "production.ramp.1.percentage" in answer.text
    assert "ramp_not_rising" in answer.text


def test_the_history_says_field_by_field_what_changed(cast: Cast, browse: Browse) -> None:
    values = {
        "production": {
            "approvals": 2,
            "windows": [
                {"days": ["monday", "tuesday", "wednesday"], "start": "09:00", "end": "17:00"}
            ],
            "freezes": [
                {"start": "2026-12-20T18:00", "end": "2027-01-04T09:00", "note": "Holidays"}
            ],
        },
    }
    save(cast.acme, section, values, based_on=0, by=actor(cast.admin), at=AT)

    page = browse(cast.acme, cast.admin).get(HISTORY).text

    assert "Production: approvals needed" in page
    assert "Monday to Wednesday, 09:00 to 17:00" in page
    assert "(Holidays)" in page
    assert "default ramp" not in page
    assert "Sandbox:" not in page


@pytest.mark.django_db
def test_a_change_is_audited_field_by_field_and_marked_as_sensitive(cast: Cast) -> None:
    values = {"production": {"ramp": [{"percentage": 2, "soak_minutes": 30}, {"percentage": 100}]}}

    save(cast.acme, section, values, based_on=0, by=actor(cast.admin), at=AT)

    entry = AuditEntry.objects.get(workspace_id=cast.acme.id, action="settings.save")
    (change,) = entry.changes
    assert change["field"] == "production.ramp"
    assert change["after"] == "(2 % for 30 minutes, 100 % for 60 minutes)"
    event = Event.objects.get(workspace_id=cast.acme.id, name="settings.changed")
    assert event.payload["sensitive"] is True


def test_a_ramp_that_is_faster_than_the_shortest_soak_is_no_error_and_said(
    cast: Cast, browse: Browse
) -> None:
    admin = browse(cast.acme, cast.admin)

    answer = admin.post(EDIT, sent(production__shortest_soak_minutes=24 * 60))

    said = "The default ramp would be at 100 % after 4 hours."
    assert answer.status_code == 302
    assert said in admin.get("/settings/tenant/").text
    assert said in admin.get(EDIT).text


@pytest.mark.parametrize(
    ("from_now", "is_closed"), [(timedelta(days=-9), False), (timedelta(days=-1), True)]
)
def test_that_it_is_closed_now_is_said(
    cast: Cast, browse: Browse, from_now: timedelta, is_closed: bool
) -> None:
    start = now() + from_now
    freeze = {
        "start": start.strftime("%Y-%m-%dT%H:%M"),
        "end": (start + timedelta(days=5)).strftime("%Y-%m-%dT%H:%M"),
    }
    values = {"production": {"freezes": [freeze]}}
    save(cast.acme, section, values, based_on=0, by=actor(cast.admin), at=AT)

    page = browse(cast.acme, cast.admin).get("/settings/tenant/").text

    assert ("Closed now" in page) is is_closed
