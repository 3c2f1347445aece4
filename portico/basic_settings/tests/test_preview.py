"""A preview: the real pages with the draft, in one session, on one host, and nowhere else."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from conftest import Cast
from portico.basic_settings.http import PREVIEW_KEY
from portico.basic_settings.registry import AnySection
from portico.basic_settings.tests.pages import path, send
from portico.basic_settings.tests.samples import DRAFTED, FIRST, SECOND, text_in
from portico.workspaces.models import Workspace
from portico.workspaces.permissions import Role
from tests.make import AT, make_member, make_person

Browse = Callable[..., Client]
each_section = pytest.mark.parametrize("section", DRAFTED, ids=lambda section: section.name)

URL = {"url": "https://draft.example.com/"}
DRAFT = "https://draft.example.com/"
RIBBON = "You are looking at a draft."


def previewing(admin: Client) -> None:
    """Save a draft of About Us and look at it."""
    send(admin, "about-us", URL, action="preview")


@each_section
def test_save_as_draft_and_preview_shows_the_draft_at_once(
    cast: Cast, browse: Browse, section: AnySection
) -> None:
    admin = browse(cast.acme, cast.admin)

    in_place = send(admin, section.name, SECOND[section.name], action="preview", htmx=True)
    whole = send(admin, section.name, FIRST[section.name], action="preview", version=1)
    page = admin.get("/").text

    assert (in_place.status_code, in_place.headers["HX-Redirect"]) == (204, "/")
    assert (whole.status_code, whole.headers["Location"]) == (302, "/")
    assert RIBBON in page
    shown = text_in(FIRST[section.name]).replace("{year}", "2026")
    assert shown in page or text_in(FIRST[section.name]) in page


def test_the_button_on_the_card_starts_a_preview_and_the_one_on_the_ribbon_ends_it(
    cast: Cast, browse: Browse
) -> None:
    admin = browse(cast.acme, cast.admin)
    send(admin, "about-us", URL, action="draft")
    before = admin.get("/").text

    started = admin.post(path("about-us", "draft/preview"))
    during = admin.get("/").text
    ended = admin.post("/settings/tenant/preview/end")

    assert DRAFT not in before
    assert started.headers["Location"] == "/"
    assert DRAFT in during
    assert 'action="/settings/tenant/preview/end"' in during
    assert ended.headers["Location"] == "/settings/tenant/"
    after = admin.get("/").text
    assert DRAFT not in after
    assert RIBBON not in after


def test_nobody_else_sees_it(cast: Cast, browse: Browse) -> None:
    previewing(browse(cast.acme, cast.admin))
    other_admin = make_member(cast.acme, person=make_person("sam@acme.example.com"))

    for visitor in (
        browse(cast.acme),
        browse(cast.acme, other_admin),
        browse(cast.acme, cast.admin),  # the same person in another browser
        browse(cast.acme, cast.developer),
        browse(cast.zenith, cast.outsider),
    ):
        page = visitor.get("/")
        assert DRAFT not in page.text
        assert RIBBON not in page.text


@pytest.mark.parametrize(
    "address",
    ["/", "/console/", "/settings/tenant/", "/nothing-here/", "/favicon.ico", "/site.webmanifest"],
)
def test_what_shows_a_draft_is_kept_out_of_every_cache(
    cast: Cast, browse: Browse, address: str
) -> None:
    admin = browse(cast.acme, cast.admin)
    previewing(admin)

    assert admin.get(address).headers["Cache-Control"] == "private, no-store"


def test_the_answer_to_a_post_shows_what_is_live(cast: Cast, browse: Browse) -> None:
    admin = browse(cast.acme, cast.admin)
    previewing(admin)

    answer = send(admin, "copyright-notice", {"text": "Nobody's words"})

    assert answer.status_code == 422
    assert RIBBON not in answer.text
    assert DRAFT not in answer.text


@pytest.mark.parametrize("change", ["demoted", "blocked"])
def test_whoever_loses_the_right_sees_what_is_live_at_once(
    cast: Cast, browse: Browse, change: str
) -> None:
    admin = browse(cast.acme, cast.admin)
    previewing(admin)
    before = admin.get("/").text

    if change == "demoted":
        cast.admin.role = Role.DEVELOPER
    else:
        cast.admin.blocked_at = AT
    cast.admin.save()
    after = admin.get("/").text

    assert DRAFT in before
    assert DRAFT not in after
    assert RIBBON not in after


def test_a_session_carried_to_another_host_previews_nothing(cast: Cast, browse: Browse) -> None:
    make_member(cast.zenith, person=cast.admin.person)
    admin = browse(cast.acme, cast.admin)
    previewing(admin)

    def page_at(workspace: Workspace, host: str) -> str:
        carried = Client(headers={"host": host})
        carried.cookies = admin.cookies
        return carried.get("/").text

    assert DRAFT in page_at(cast.acme, "acme.localhost:8000")
    assert DRAFT not in page_at(cast.acme, "localhost:8000")
    assert DRAFT not in page_at(cast.zenith, "zenith.localhost:8000")


def test_a_preview_ends_with_its_draft_and_does_not_show_the_next_one(
    cast: Cast, browse: Browse
) -> None:
    admin, sam = browse(cast.acme, cast.admin), browse(cast.acme, make_member(cast.acme))
    previewing(admin)
    sam.post(path("about-us", "draft/discard"), {"version": 1})
    after_discard = admin.get("/").text
    send(sam, "about-us", URL, action="draft")

    assert RIBBON not in after_discard
    assert RIBBON not in admin.get("/").text


def test_a_preview_follows_the_newest_version_of_its_draft(cast: Cast, browse: Browse) -> None:
    admin = browse(cast.acme, cast.admin)
    previewing(admin)
    send(admin, "about-us", {"url": "https://newer.example.com/"}, action="draft", version=1)

    assert "https://newer.example.com/" in admin.get("/").text


def test_drafts_of_several_sections_are_seen_together(cast: Cast, browse: Browse) -> None:
    admin = browse(cast.acme, cast.admin)
    previewing(admin)
    send(admin, "copyright-notice", {"text": "© 2026 Draft Company"}, action="preview")

    page = admin.get("/").text

    assert DRAFT in page
    assert "© 2026 Draft Company" in page


def test_without_a_draft_there_is_nothing_to_preview(cast: Cast, browse: Browse) -> None:
    admin = browse(cast.acme, cast.admin)

    answer = admin.post(path("about-us", "draft/preview"))

    assert answer.status_code == 404
    assert PREVIEW_KEY not in admin.session


def test_asking_for_a_preview_by_cookie_or_address_shows_nothing(
    cast: Cast, browse: Browse
) -> None:
    send(browse(cast.acme, cast.admin), "about-us", URL, action="draft")
    visitor = browse(cast.acme)
    visitor.cookies[PREVIEW_KEY] = "about-us"

    page = visitor.get(f"/?preview=about-us&{PREVIEW_KEY}=about-us&draft")

    assert DRAFT not in page.text
