"""Releasing a version, from the tab of its mini program and from its own page."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from conftest import Cast
from portico.releases.models import Release
from portico.releases.tests.pages.driving import Place, make_place
from tests.make import make_program, make_release, make_version

pytestmark = pytest.mark.django_db
Browse = Callable[..., Client]


def new(place: Place, *, sandbox: bool = False) -> str:
    target = place.sandbox if sandbox else place.production
    return f"/console/programs/com.acme.rail/releases/new/?target={target.id}"


def test_a_version_is_created_and_applied_for_in_one_step(cast: Cast, browse: Browse) -> None:
    place = make_place(cast)
    make_version(place.program)
    developer = browse(cast.acme, cast.developer)

    shown = developer.get(new(place)).content.decode()
    sent = {"version": "1", "message": "New texts", "action": "release"}
    answers = [developer.post(new(place), sent) for _time in range(2)]

    release = Release.objects.get()
    assert "Starts with at most 10 %" in shown
    assert release.status == "under_review"
    assert release.request is not None
    assert release.request.message == "New texts"
    assert [one.headers["Location"] for one in answers] == [f"/console/releases/{release.id}/"] * 2


def test_a_version_is_only_created_and_then_offered_there_no_more(
    cast: Cast, browse: Browse
) -> None:
    place = make_place(cast)
    make_version(place.program)
    developer = browse(cast.acme, cast.developer)

    developer.post(new(place), {"version": "1", "action": "create"})
    there = developer.get(new(place)).content.decode()
    elsewhere = developer.get(new(place, sandbox=True)).content.decode()
    where = developer.get("/console/programs/com.acme.rail/releases/new/?version=1")

    assert Release.objects.get().status == "new_version_created"
    assert "Every version was released there" in there
    assert '<option value="1"' in elsewhere
    assert where.content.decode().count("Was released there") == 1


def test_what_is_under_way_is_named_and_superseding_it_has_to_be_confirmed(
    cast: Cast, browse: Browse
) -> None:
    place = make_place(cast)
    other = make_release(place.program, place.production, status="grayscale_release", share=1_000)
    make_version(place.program)
    developer = browse(cast.acme, cast.developer)
    sent = {"version": "2", "message": "A hot fix", "action": "release"}

    shown = developer.get(new(place)).content.decode()
    refused = developer.post(new(place), sent)
    done = developer.post(new(place), {**sent, "supersede": "on"})

    release = Release.objects.get(version__code=2)
    page = developer.get(done.headers["Location"]).content.decode()
    assert "Version 1.0.1 is on its way to this target" in shown
    assert refused.status_code == 409
    assert 'id="id_supersede_error"' in refused.content.decode()
    assert "A hot fix" in refused.content.decode()
    assert release.supersedes == other
    assert "Supersedes" in page


def test_only_release_actors_get_there_and_to_production_only_admins_of_the_program(
    cast: Cast, browse: Browse
) -> None:
    place = make_place(cast)
    place.program.members.filter(membership=cast.developer).update(role="developer")
    make_version(place.program)
    address = "/console/programs/com.acme.rail/releases/new/"
    sent = {"version": "1", "action": "release"}
    developer = browse(cast.acme, cast.developer)

    where = developer.get(address).content.decode()
    tried = developer.post(new(place), sent).content.decode()
    allowed = developer.post(new(place, sandbox=True), sent)

    assert str(place.sandbox.id) in where
    assert str(place.production.id) not in where
    assert "Where to?" in tried
    assert allowed.status_code == 302
    assert browse(cast.acme, cast.reviewer).get(address).status_code == 403
    assert browse(cast.zenith, cast.outsider).get(address).status_code == 404
    assert list(Release.objects.values_list("production", flat=True)) == [False]


def test_bad_input_comes_back_with_what_was_typed(cast: Cast, browse: Browse) -> None:
    place = make_place(cast)
    make_version(place.program)
    make_program(cast.acme, "com.acme.empty", admin=cast.developer)
    developer = browse(cast.acme, cast.developer)
    text = "long " * 500

    long = developer.post(new(place), {"version": "1", "message": text, "action": "release"})
    odd = developer.post(new(place), {"version": "9" * 30, "message": "Hello"})
    empty = developer.get("/console/programs/com.acme.empty/releases/new/")

    assert long.status_code == odd.status_code == 422
    assert "Use at most 2000." in long.content.decode()
    assert text.strip() in long.content.decode()
    assert "Pick one of the list" in odd.content.decode()
    assert "There is no version to release yet" in empty.content.decode()


def test_the_version_and_the_tab_lead_there(cast: Cast, browse: Browse) -> None:
    place = make_place(cast)
    live = make_release(place.program, place.production, status="full_release")
    developer, operator = browse(cast.acme, cast.developer), browse(cast.acme, cast.operator)
    place.program.members.create(membership=cast.operator, role="developer")

    version = developer.get("/console/programs/com.acme.rail/versions/1/").content.decode()
    tab = developer.get("/console/programs/com.acme.rail/releases/").content.decode()
    looks = operator.get("/console/programs/com.acme.rail/releases/").content.decode()

    assert 'href="/console/programs/com.acme.rail/releases/new/?version=1"' in version
    assert f"/console/releases/{live.id}/take_offline/#action-take_offline" in tab
    assert f"releases/new/?target={place.sandbox.id}" in tab
    assert "Full Release" in looks
    assert "releases/new/" not in looks
    assert "take_offline" not in looks
