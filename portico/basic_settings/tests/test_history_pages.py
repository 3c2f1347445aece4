"""History, restore, reset, publish and discard on pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from django.test import Client

from conftest import Cast
from portico.basic_settings.models import SettingsRevision
from portico.basic_settings.registry import AnySection, section_named
from portico.basic_settings.services import draft_of, live, save
from portico.basic_settings.tests.pages import path, send
from portico.basic_settings.tests.samples import DRAFTED, FIRST, REFUSED, SECOND, SECTIONS, text_in
from tests.make import AT, actor

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Answer

Browse = Callable[..., Client]
each_section = pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.name)


@pytest.fixture
def admin(cast: Cast, browse: Browse) -> Client:
    return browse(cast.acme, cast.admin)


def press(admin: Client, section: str, rest: str, **form: object) -> Answer:
    """Press a button of a section's card or history."""
    return admin.post(path(section, rest), form)


@each_section
def test_the_history_says_who_when_why_and_what(
    admin: Client, cast: Cast, section: AnySection
) -> None:
    send(admin, section.name, FIRST[section.name], reason="The first one")
    send(admin, section.name, SECOND[section.name], based_on=1)

    page = admin.get(path(section.name, "history")).text

    newest, oldest = page.split(">Revision 2<")[1].split(">Revision 1<")
    assert "by Workspace Admin" in newest
    assert text_in(FIRST[section.name]) in newest
    assert text_in(SECOND[section.name]) in newest
    assert "Live" in newest
    assert "Reason: The first one" in oldest
    assert text_in(FIRST[section.name]) in oldest
    assert "Not set" in oldest


def test_an_empty_history_says_what_to_do(admin: Client) -> None:
    page = admin.get(path("about-us", "history")).text

    assert "The first save becomes revision 1." in page
    assert "Reset to the platform" not in page


def test_the_history_comes_in_pages_and_the_last_of_one_is_compared_with_the_next(
    admin: Client, cast: Cast
) -> None:
    section, by = section_named("about-us"), actor(cast.admin)
    for number in range(22):
        values = {"url": f"https://www.example.com/{number:02}"}
        save(cast.acme, section, values, based_on=number, by=by, at=AT)

    first = admin.get(path("about-us", "history")).text
    second = admin.get(path("about-us", "history") + "?page=2").text

    assert ">Revision 22<" in first
    assert ">Revision 3<" in first
    assert ">Revision 2<" not in first
    assert "https://www.example.com/01" in first  # what revision 3 was before
    assert ">Revision 2<" in second
    assert ">Revision 1<" in second
    for page in ("0", "99", "x", "-1"):
        assert admin.get(path("about-us", "history") + f"?page={page}").status_code == 200


@each_section
def test_a_revision_shows_all_its_values_and_what_restoring_it_would_change(
    admin: Client, cast: Cast, section: AnySection
) -> None:
    send(admin, section.name, FIRST[section.name], reason="Once")
    send(admin, section.name, SECOND[section.name], based_on=1)

    old = admin.get(path(section.name, "history/1")).text
    newest = admin.get(path(section.name, "history/2")).text

    assert text_in(FIRST[section.name]) in old
    assert text_in(SECOND[section.name]) in old.split("What restoring it would change")[1]
    assert "Reason: Once" in old
    assert "What restoring it would change" not in newest
    for number in ("3", "0", "9" * 30):
        assert admin.get(path(section.name, f"history/{number}")).status_code == 404


@each_section
def test_restore_makes_an_old_revision_live_again_and_says_so(
    admin: Client, cast: Cast, section: AnySection
) -> None:
    send(admin, section.name, FIRST[section.name])
    send(admin, section.name, SECOND[section.name], based_on=1)

    answer = press(admin, section.name, "history/1/restore", based_on=2)
    page = admin.get("/settings/tenant/").text

    assert answer.headers["Location"] == f"/settings/tenant/#{section.name}"
    assert "is live again, as revision 3." in page
    assert live(cast.acme, section).payload == section.schema(**FIRST[section.name])
    assert "Restored\n" in admin.get(path(section.name, "history")).text


@each_section
def test_restoring_what_would_be_refused_today_says_why(
    admin: Client, cast: Cast, section: AnySection
) -> None:
    payload = {**section.default(cast.acme).model_dump(mode="json"), **REFUSED[section.name]}
    SettingsRevision.objects.create(
        workspace=cast.acme, section=section.name, number=1, based_on=0, payload=payload
    )
    refused_in_form = send(admin, section.name, REFUSED[section.name]).text

    answer = press(admin, section.name, "history/1/restore", based_on=0)

    assert answer.status_code == 422
    why = answer.text.split("because this cannot go live: ")[1].split("<")[0].strip()
    assert why in refused_in_form
    assert live(cast.acme, section).number == 0


def test_a_stale_restore_reset_or_publish_says_who_was_first(admin: Client, cast: Cast) -> None:
    send(admin, "about-us", FIRST["about-us"])
    send(admin, "about-us", SECOND["about-us"], based_on=1)
    send(admin, "about-us", FIRST["about-us"], action="draft", based_on=2)

    for rest in ("history/1/restore", "reset", "draft/publish"):
        answer = press(admin, "about-us", rest, based_on=1, version=1)
        assert answer.status_code == 409
        assert "Workspace Admin changed this" in answer.text

    assert live(cast.acme, section_named("about-us")).number == 2


def test_a_button_without_its_numbers_does_nothing(admin: Client, cast: Cast) -> None:
    send(admin, "about-us", FIRST["about-us"])
    send(admin, "about-us", SECOND["about-us"], action="draft", based_on=1)

    for rest in ("history/1/restore", "reset", "draft/publish", "draft/discard"):
        assert press(admin, "about-us", rest).status_code == 404
        assert press(admin, "about-us", rest, based_on="x", version="y").status_code == 404
        assert press(admin, "about-us", rest, based_on=10**30, version=10**30).status_code == 409

    assert live(cast.acme, section_named("about-us")).number == 1


@each_section
def test_reset_brings_the_default_back_and_says_so(
    admin: Client, cast: Cast, section: AnySection
) -> None:
    send(admin, section.name, FIRST[section.name])

    answer = press(admin, section.name, "reset", based_on=1)

    assert answer.headers["Location"] == f"/settings/tenant/#{section.name}"
    page = admin.get("/settings/tenant/").text
    assert "is back to the platform&#x27;s default." in page
    assert live(cast.acme, section).payload == section.default(cast.acme)


@pytest.mark.parametrize("section", DRAFTED, ids=lambda section: section.name)
def test_publish_makes_the_draft_live_and_discard_drops_it(
    admin: Client, cast: Cast, section: AnySection
) -> None:
    send(admin, section.name, FIRST[section.name], action="draft")
    published = press(admin, section.name, "draft/publish", version=1, based_on=0)
    said = admin.get("/settings/tenant/").text
    send(admin, section.name, SECOND[section.name], action="draft", based_on=1)
    discarded = press(admin, section.name, "draft/discard", version=1)

    assert published.status_code == discarded.status_code == 302
    assert "is live." in said
    assert "is discarded." in admin.get("/settings/tenant/").text
    assert live(cast.acme, section).payload == section.schema(**FIRST[section.name])
    assert draft_of(cast.acme, section) is None


def test_what_changes_something_takes_a_post(admin: Client) -> None:
    send(admin, "about-us", FIRST["about-us"])

    for rest in (
        "history/1/restore",
        "reset",
        "draft/preview",
        "draft/publish",
        "draft/discard",
    ):
        assert admin.get(path("about-us", rest)).status_code == 405


def test_a_form_from_elsewhere_is_refused(cast: Cast, browse: Browse) -> None:
    client = browse(cast.acme, cast.admin)
    strict = Client(enforce_csrf_checks=True, headers={"host": "acme.localhost:8000"})
    strict.cookies = client.cookies

    for rest in ("edit", "reset", "draft/publish", "history/1/restore"):
        assert press(strict, "about-us", rest, based_on=0, version=0).status_code == 403

    assert not SettingsRevision.objects.exists()
