"""A Release Process tried on the last requests: from the form, of saved values, over the API."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from conftest import Cast
from portico.basic_settings.models import SettingsRevision
from portico.basic_settings.services import save, save_draft
from portico.release_process.section import section
from portico.release_process.tests.forms import sent
from portico.releases.models import Release
from portico.targets.models import ReleaseTarget
from tests.make import AT, actor, make_app, make_program, make_release

TRY = "/settings/tenant/release-process/try/"
FORM = f"{TRY}form/"
API = "/api/v1/settings/release-process/simulate"
HTMX = {"HX-Request": "true"}

Browse = Callable[..., Client]


@pytest.fixture
def applied(cast: Cast) -> list[Release]:
    """Two releases to a Sandbox that were applied for without a review."""
    target = ReleaseTarget.objects.get(app=make_app(cast.acme), environment="sandbox")
    return [apply_for(cast, target, name) for name in ("Coffee", "Tea")]


def apply_for(cast: Cast, target: ReleaseTarget, name: str) -> Release:
    program = make_program(cast.acme, name=name)
    return make_release(program, target, status="full_release")


def strict(**values: Any) -> dict[str, Any]:
    return {"sandbox": {"review": True, **values}}


@pytest.mark.usefixtures("applied")
def test_the_form_is_tried_as_it_stands_and_nothing_is_saved(cast: Cast, browse: Browse) -> None:
    answer = browse(cast.acme, cast.admin).post(FORM, sent(sandbox__review="on"), headers=HTMX)

    assert answer.status_code == 200
    assert "2 of the last 2 requests would have gone differently." in answer.text
    assert "it would have been reviewed first" in answer.text
    assert "Coffee" in answer.text
    assert not SettingsRevision.objects.filter(section="release-process").exists()


@pytest.mark.usefixtures("applied")
def test_without_javascript_the_form_comes_back_with_what_was_typed(
    cast: Cast, browse: Browse
) -> None:
    answer = browse(cast.acme, cast.admin).post(
        FORM, sent(sandbox__review="on", sandbox__most_testers="7")
    )

    assert answer.status_code == 200
    assert "2 of the last 2 requests would have gone differently." in answer.text
    assert 'value="7"' in answer.text
    assert "data-changed" in answer.text


def test_a_form_that_cannot_be_used_says_why_and_is_not_tried(cast: Cast, browse: Browse) -> None:
    admin = browse(cast.acme, cast.admin)

    part = admin.post(FORM, sent(production__approvals=0), headers=HTMX)
    whole = admin.post(FORM, sent(production__approvals=0))

    assert (part.status_code, whole.status_code) == (422, 422)
    assert "0 approvals are accepted only where" in part.text
    assert "0 approvals are accepted only where" in whole.text
    assert "There are no requests yet" not in part.text


def test_with_no_requests_it_says_so(cast: Cast, browse: Browse) -> None:
    page = browse(cast.acme, cast.admin).get(TRY).text

    assert "There are no requests yet to try it on" in page


@pytest.mark.usefixtures("applied")
def test_live_values_draft_and_old_revisions_can_be_tried(cast: Cast, browse: Browse) -> None:
    by, admin = actor(cast.admin), browse(cast.acme, cast.admin)
    save(cast.acme, section, strict(), based_on=0, by=by, at=AT)
    save(cast.acme, section, {}, based_on=1, by=by, at=AT)
    save_draft(cast.acme, section, strict(), based_on=2, version=0, by=by, at=AT)

    assert "All of the last 2 requests would have gone as they did." in admin.get(TRY).text
    assert "would have been reviewed first" in admin.get(f"{TRY}?of=1").text
    assert "would have been reviewed first" in admin.get(f"{TRY}?of=draft").text


@pytest.mark.parametrize("of", ["draft", "3", "x", "-1", "9" * 30, "²"])
def test_values_that_there_are_not_are_not_found(cast: Cast, browse: Browse, of: str) -> None:
    assert browse(cast.acme, cast.admin).get(TRY, {"of": of}).status_code == 404


@pytest.mark.usefixtures("applied")
def test_the_api_says_the_same(cast: Cast, call: Browse) -> None:
    client = call(cast.acme, cast.admin)

    body = client.post(API, {"values": strict()}, "application/json").json()
    as_it_is = client.post(API, {}, "application/json").json()

    assert body["different"] == 2
    assert body["requests"][0]["environment"] == "sandbox"
    assert body["requests"][0]["differences"] == [
        {
            "kind": "review",
            "sentence": "It went on without a review; it would have been reviewed first.",
            "stricter": True,
        }
    ]
    assert as_it_is["different"] == 0


def test_the_api_refuses_values_that_cannot_be_saved(cast: Cast, call: Browse) -> None:
    answer = call(cast.acme, cast.admin).post(
        API, {"values": {"production": {"review": False}}}, "application/json"
    )

    assert answer.status_code == 422
    assert "review_is_mandatory" in answer.text


@pytest.mark.usefixtures("applied")
def test_another_workspace_is_tried_on_its_own_requests(cast: Cast, browse: Browse) -> None:
    assert "There are no requests yet" in browse(cast.zenith, cast.outsider).get(TRY).text


def test_what_keeps_an_older_revision_is_listed_on_the_card(cast: Cast, browse: Browse) -> None:
    program = make_program(cast.acme, name="Coffee")
    release = make_release(program, status="under_review")
    admin = browse(cast.acme, cast.admin)
    before = admin.get("/settings/tenant/").text

    save(cast.acme, section, strict(), based_on=0, by=actor(cast.admin), at=AT)

    after = admin.get("/settings/tenant/").text
    assert f"/console/releases/{release.id}/" not in before
    assert f"/console/releases/{release.id}/" in after
    row = after.split(f"/console/releases/{release.id}/")[1].split("</tr>")[0]
    assert "Under Review" in row
    assert "default" in row


@pytest.mark.usefixtures("applied")
def test_both_pages_take_as_many_queries_for_six_requests_as_for_two(
    cast: Cast, browse: Browse
) -> None:
    admin = browse(cast.acme, cast.admin)
    save(cast.acme, section, strict(), based_on=0, by=actor(cast.admin), at=AT)
    target = ReleaseTarget.objects.get(app=make_app(cast.acme), environment="sandbox")
    make_release(make_program(cast.acme), status="under_review")
    for path in (TRY, "/settings/tenant/", TRY):
        admin.get(path)  # makes what is made once
    few = [queries(admin, path) for path in (TRY, "/settings/tenant/")]

    for name in ("Milk", "Water", "Juice", "Soup"):
        apply_for(cast, target, name)
        make_release(make_program(cast.acme), status="under_review")

    assert [queries(admin, path) for path in (TRY, "/settings/tenant/")] == few


def queries(browser: Client, path: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert browser.get(path).status_code == 200
    return len(captured)
