"""Pages of releases: for whom they are, what happened meanwhile, and what they cost."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from conftest import Cast
from portico.kernel.clock import now
from portico.kernel.permissions import Permission
from portico.releases import services
from portico.releases.acting import By
from portico.releases.models import Release, ReleaseEvent
from portico.releases.rules.pipeline import Event
from portico.releases.tests.pages.driving import address, fire, in_grayscale, make_place, status_of
from portico.releases.views.set_forms import FORMS
from tests.make import actor, make_release, make_version

pytestmark = pytest.mark.django_db
Browse = Callable[..., Client]


def test_no_event_is_for_those_without_the_right_and_for_outsiders_there_is_no_release(
    cast: Cast, browse: Browse
) -> None:
    place = make_place(cast)
    release = in_grayscale(place, share=1_000)
    live = Release.objects.get(status="full_release")
    reviewer, outsider = browse(cast.acme, cast.reviewer), browse(cast.zenith, cast.outsider)
    inspector, unassigned = browse(cast.acme, cast.inspector), browse(cast.acme, cast.operator)

    answers = {
        event: (
            fire(reviewer, release, event.value).status_code,
            fire(outsider, release, event.value).status_code,
            fire(unassigned, release, event.value).status_code,
        )
        for event in FORMS
    }
    removing = {
        "developer": fire(browse(cast.acme, cast.developer), live, "force_remove").status_code,
        "inspector": fire(inspector, live, "force_remove").status_code,  # the reason is missing
    }

    assert set(answers.values()) == {(403, 404, 404)}
    assert removing == {"developer": 403, "inspector": 422}
    assert fire(inspector, live, "nonsense").status_code == 404
    assert fire(inspector, live, "replace").status_code == 404
    assert ReleaseEvent.objects.exclude(event="create").count() == 0
    assert "What you can do" in reviewer.get(address(release.id)).content.decode()
    assert "<form" not in _actions(reviewer.get(address(release.id)).content.decode())
    assert cast.reviewer.may(Permission.RELEASES_READ)


def test_who_acts_on_what_was_changed_meanwhile_is_told_by_whom_and_loses_nothing(
    cast: Cast, browse: Browse
) -> None:
    release = in_grayscale(make_place(cast), share=1_000)
    developer = browse(cast.acme, cast.developer)
    by = By(actor(cast.admin), cast.admin)
    services.scale(release, 5_000, by=by, at=now())

    scaled = fire(developer, release, "scale", share="2.5", based_on=1)
    text = scaled.content.decode()
    release.refresh_from_db()
    services.cancel(release, reason="Wrong", by=by, at=now())
    paused = fire(developer, release, "pause", reason="Many crashes", based_on=2)

    assert scaled.status_code == 409
    assert "Workspace Admin: scaled it from 1 % to 5 %." in text
    assert 'value="2.5"' in text
    assert 'name="based_on" value="2"' in text
    assert paused.status_code == 409
    assert "Workspace Admin: canceled it." in paused.content.decode()
    assert "Many crashes" in paused.content.decode()  # where its form is there no more
    assert status_of(release) == ("canceled", 5_000)


def test_a_button_that_is_pressed_twice_does_it_once(cast: Cast, browse: Browse) -> None:
    release = in_grayscale(make_place(cast))
    developer = browse(cast.acme, cast.developer)

    answers = [fire(developer, release, "scale", share="5", based_on=1) for _time in range(2)]
    other = fire(developer, release, "scale", share="7", based_on=1)

    assert [one.headers.get("Location") for one in answers] == [address(release.id)] * 2
    assert other.status_code == 409
    assert status_of(release) == ("grayscale_release", 5_000)
    assert ReleaseEvent.objects.filter(event=Event.SCALE).count() == 1


def test_an_open_page_is_answered_where_something_happened_and_no_form_is_taken_away(
    cast: Cast, browse: Browse
) -> None:
    release = in_grayscale(make_place(cast))
    developer = browse(cast.acme, cast.developer)
    page = developer.get(address(release.id)).content.decode()
    asks = page.partition('hx-get="')[2].partition('"')[0]
    polling = {"hx-request": "true"}

    still = developer.get(asks, headers=polling)
    fire(developer, release, "scale", share="5")
    moved = developer.get(asks, headers=polling)

    assert asks.startswith(f"{address(release.id)}?seen=1-")
    assert still.status_code in {204, 200}  # 200 where a minute has begun
    assert 'id="release-actions"' not in still.content.decode()
    text = moved.content.decode()
    assert "Grayscale Release, 5 %" in text
    assert 'id="release-actions" data-holds-still hx-swap-oob="true"' in text
    assert "<html" not in text
    assert moved.headers["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("member", ["admin", "developer", "operator"])
def test_the_page_costs_the_same_queries_with_a_long_story_and_a_short_one(
    cast: Cast, browse: Browse, member: str
) -> None:
    place = make_place(cast)
    place.program.members.create(membership=cast.operator, role="developer")
    release = in_grayscale(place, share=1_000)
    browser = browse(cast.acme, getattr(cast, member))

    def cost(address: str) -> int:
        for _time in range(2):  # what is remembered by now is remembered both times
            browser.get(address)
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(address).status_code == 200
        return len(queries)

    addresses = [address(release.id), "/console/programs/com.acme.rail/releases/"]
    short = [cost(one) for one in addresses]
    by = By(actor(cast.admin), cast.admin)
    for share in (2_000, 3_000, 4_000):
        services.scale(release, share, by=by, at=now())
    for _number in range(3):
        make_release(place.program, place.production, status="archived")
        make_release(place.program, place.sandbox, status="canceled")
    make_version(place.program)

    assert [cost(one) for one in addresses] == short


def _actions(page: str) -> str:
    return page.partition('id="release-actions"')[2].partition('id="release-course"')[0]
