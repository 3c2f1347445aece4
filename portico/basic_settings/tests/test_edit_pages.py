"""Editing a section: in place and on a page of its own, and nothing typed is lost."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils.html import escape

from conftest import Cast
from portico.basic_settings.models import SettingsRevision
from portico.basic_settings.registry import AnySection, all_sections, section_named
from portico.basic_settings.services import draft_of, live, save
from portico.basic_settings.tests.pages import HTMX, path, send
from portico.basic_settings.tests.samples import DRAFTED, FIRST, REFUSED, SECOND, SECTIONS, text_in
from portico.workspaces.models import Membership
from tests.make import AT, actor, make_member, make_person

Browse = Callable[..., Client]
each_section = pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.name)


def field_in(values: dict[str, Any]) -> str:
    """How the form shows what was typed."""
    return f'value="{text_in(values)}"'


def another_admin(cast: Cast) -> Membership:
    return make_member(cast.acme, person=make_person("sam@acme.example.com", name="Sam Second"))


def test_the_page_has_a_card_for_each_section_in_order(cast: Cast, browse: Browse) -> None:
    page = browse(cast.acme, cast.admin).get("/settings/tenant/").text

    places = [page.index(f'id="{section.name}"') for section in all_sections()]
    assert places == sorted(places)
    assert page.count("Nothing was ever saved.") == len(all_sections())


@each_section
def test_edit_opens_in_place_of_the_card_and_cancel_brings_it_back(
    cast: Cast, browse: Browse, section: AnySection
) -> None:
    admin = browse(cast.acme, cast.admin)

    form = admin.get(path(section.name, "edit"), headers=HTMX)
    card = admin.get(path(section.name, "card"), headers=HTMX)

    for fragment in (form, card):
        assert fragment.status_code == 200
        assert "<html" not in fragment.text
        assert f'id="{section.name}"' in fragment.text
        assert "autofocus" in fragment.text
    assert "<form" in form.text
    assert "<form" not in card.text


@each_section
def test_without_scripts_edit_is_a_page_and_a_card_leads_to_the_page(
    cast: Cast, browse: Browse, section: AnySection
) -> None:
    admin = browse(cast.acme, cast.admin)

    page = admin.get(path(section.name, "edit"))
    card = admin.get(path(section.name, "card"))

    assert "<html" in page.text
    assert 'name="based_on" value="0"' in page.text
    assert card.headers["Location"] == f"/settings/tenant/#{section.name}"


@each_section
def test_save_in_place_reloads_the_page_which_says_so_on_the_card(
    cast: Cast, browse: Browse, section: AnySection
) -> None:
    admin = browse(cast.acme, cast.admin)

    answer = send(admin, section.name, FIRST[section.name], htmx=True)
    page = admin.get("/settings/tenant/").text

    assert (answer.status_code, answer.content) == (204, b"")
    assert answer.headers["HX-Refresh"] == "true"
    card = page[page.index(f'id="{section.name}"') :].partition("</section>")[0]
    said = escape(section.saved % {"section": section.title})
    assert said in card
    assert page.count(said) == 1
    assert said not in admin.get("/settings/tenant/").text


@each_section
def test_save_on_the_form_s_own_page_leads_to_the_card(
    cast: Cast, browse: Browse, section: AnySection
) -> None:
    address = path(section.name, "edit")
    here = {"HX-Request": "true", "HX-Current-URL": f"http://acme.localhost:8000{address}"}

    form = {**FIRST[section.name], "action": "save", "based_on": 0, "version": 0}
    answer = browse(cast.acme, cast.admin).post(address, form, headers=here)

    assert answer.headers["HX-Redirect"] == f"/settings/tenant/#{section.name}"


@each_section
def test_save_without_scripts_leads_back_to_the_card(
    cast: Cast, browse: Browse, section: AnySection
) -> None:
    answer = send(
        browse(cast.acme, cast.admin), section.name, FIRST[section.name], reason="New year"
    )

    assert (answer.status_code, answer.headers["Location"]) == (
        302,
        f"/settings/tenant/#{section.name}",
    )
    revision = SettingsRevision.objects.get()
    assert (revision.number, revision.reason) == (1, "New year")
    assert str(revision.author) == "Workspace Admin"


@each_section
def test_a_refused_value_stays_in_the_form_with_everything_else(
    cast: Cast, browse: Browse, section: AnySection
) -> None:
    values, admin = REFUSED[section.name], browse(cast.acme, cast.admin)

    for htmx in (True, False):
        answer = send(admin, section.name, values, reason="Because <b>I</b> say so", htmx=htmx)
        assert answer.status_code == 422
        assert ("<html" in answer.text) != htmx
        assert "data-error-summary" in answer.text
        assert f'value="{text_in(values)}"'.replace("'", "&#x27;") in answer.text
        assert 'value="Because &lt;b&gt;I&lt;/b&gt; say so"' in answer.text
    assert not SettingsRevision.objects.exists()


@each_section
def test_a_stale_save_shows_whose_change_it_was_and_saving_again_wins(
    cast: Cast, browse: Browse, section: AnySection
) -> None:
    send(browse(cast.acme, another_admin(cast)), section.name, FIRST[section.name])
    admin, values = browse(cast.acme, cast.admin), SECOND[section.name]

    for htmx in (True, False):
        refused = send(admin, section.name, values, reason="Mine", htmx=htmx)
        assert refused.status_code == 409
        assert ("<html" in refused.text) != htmx
        assert "Sam Second changed this while you were editing it." in refused.text
        assert text_in(FIRST[section.name]) in refused.text
        assert field_in(values) in refused.text
        assert 'name="based_on" value="1"' in refused.text
        assert 'value="Mine"' in refused.text
        assert "data-error-summary" in refused.text
    assert send(admin, section.name, values, based_on=1).status_code == 302
    assert live(cast.acme, section).payload == section.schema(**values)


def test_a_stale_save_shows_the_difference_to_what_was_seen_first(
    cast: Cast, browse: Browse
) -> None:
    section, by = section_named("about-us"), actor(cast.admin)
    for number, name in enumerate(("one", "two", "three")):
        values = {"url": f"https://{name}.example.com/"}
        save(cast.acme, section, values, based_on=number, by=by, at=AT)

    answer = send(
        browse(cast.acme, cast.admin), "about-us", {"url": "https://mine.example.com/"}, based_on=1
    )

    assert "https://one.example.com/" in answer.text
    assert "https://two.example.com/" not in answer.text
    assert "https://three.example.com/" in answer.text


@pytest.mark.parametrize("action", ["save", "draft"])
def test_a_forged_base_is_refused_as_stale(cast: Cast, browse: Browse, action: str) -> None:
    admin = browse(cast.acme, cast.admin)

    for based_on in ("-1", "7", "", "abc", "1e3", str(2**80), "0x1", "\0"):
        answer = send(admin, "about-us", FIRST["about-us"], action=action, based_on=based_on)
        assert answer.status_code == 409
        assert 'name="based_on" value="0"' in answer.text

    assert not SettingsRevision.objects.exists()
    assert draft_of(cast.acme, section_named("about-us")) is None


@pytest.mark.parametrize(
    ("reason", "sentence"),
    [("x" * 501, "The reason has 501 characters"), ("a\0b", "a character in it that is not text")],
)
def test_a_reason_that_cannot_be_kept_is_refused_in_words(
    cast: Cast, browse: Browse, reason: str, sentence: str
) -> None:
    answer = send(browse(cast.acme, cast.admin), "about-us", FIRST["about-us"], reason=reason)

    assert answer.status_code == 422
    assert sentence in answer.text
    assert field_in(FIRST["about-us"]) in answer.text


@pytest.mark.parametrize("section", DRAFTED, ids=lambda section: section.name)
def test_save_as_draft_keeps_it_on_the_card_and_off_every_page(
    cast: Cast, browse: Browse, section: AnySection
) -> None:
    admin = browse(cast.acme, cast.admin)

    answer = send(admin, section.name, FIRST[section.name], action="draft", htmx=True)
    page = admin.get("/settings/tenant/").text

    assert answer.status_code == 204
    assert "There is a draft." in page
    assert text_in(FIRST[section.name]) in page
    assert "Nobody sees it until it is published." in page
    assert draft_of(cast.acme, section) is not None
    for path_ in ("/", "/sign-in/", "/nothing-here/"):
        for visitor in (browse(cast.acme), admin):
            assert text_in(FIRST[section.name]) not in visitor.get(path_).text


def test_a_draft_can_be_gone_on_with_and_is_not_lost_to_a_plain_edit(
    cast: Cast, browse: Browse
) -> None:
    admin = browse(cast.acme, cast.admin)
    send(admin, "about-us", FIRST["about-us"], action="draft")

    on_draft = admin.get(path("about-us", "edit") + "?draft").text
    on_live = admin.get(path("about-us", "edit")).text

    assert field_in(FIRST["about-us"]) in on_draft
    assert 'name="version" value="1"' in on_draft
    assert field_in(FIRST["about-us"]) not in on_live
    assert "There is a draft already. Saving as draft replaces it." in on_live


def test_a_stale_draft_shows_what_the_newer_one_would_change(cast: Cast, browse: Browse) -> None:
    admin, sam = browse(cast.acme, cast.admin), browse(cast.acme, another_admin(cast))
    send(sam, "about-us", FIRST["about-us"], action="draft")

    refused = send(admin, "about-us", SECOND["about-us"], action="draft", htmx=True)
    again = send(admin, "about-us", SECOND["about-us"], action="draft", version=1, htmx=True)

    assert refused.status_code == 409
    assert "Sam Second changed the draft while you were editing it." in refused.text
    assert text_in(FIRST["about-us"]) in refused.text
    assert field_in(SECOND["about-us"]) in refused.text
    assert 'name="version" value="1"' in refused.text
    assert again.status_code == 204


def test_values_are_shown_as_text_wherever_they_appear(cast: Cast, browse: Browse) -> None:
    attack = '© 2026 <script>alert("x")</script>'
    admin = browse(cast.acme, cast.admin)
    send(admin, "copyright-notice", {"text": attack}, reason='"><img src=x onerror=alert(1)>')
    send(admin, "copyright-notice", {"text": attack + "2"}, action="draft", based_on=1)

    pages = [
        admin.get(address).text
        for address in (
            "/",
            "/settings/tenant/",
            path("copyright-notice", "edit"),
            path("copyright-notice", "history"),
            path("copyright-notice", "history/1"),
        )
    ]

    for page in pages:
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert "&lt;script&gt;alert" in page


def test_a_section_that_is_not_there_is_404(cast: Cast, browse: Browse) -> None:
    admin = browse(cast.acme, cast.admin)

    for rest in ("card", "edit", "history", "history/1"):
        assert admin.get(path("no-such-section", rest)).status_code == 404


ROUTES = (
    ("get", "card"),
    ("get", "edit"),
    ("post", "edit"),
    ("get", "history"),
    ("get", "history/1"),
    ("post", "history/1/restore"),
    ("post", "reset"),
    ("post", "draft/preview"),
    ("post", "draft/publish"),
    ("post", "draft/discard"),
)


@pytest.mark.parametrize(
    ("who", "status"), [("developer", 403), ("reviewer", 403), ("outsider", 404), ("", 302)]
)
def test_only_admins_of_this_workspace_come_in(
    cast: Cast, browse: Browse, who: str, status: int
) -> None:
    section, by = section_named("about-us"), actor(cast.admin)
    save(cast.acme, section, FIRST["about-us"], based_on=0, by=by, at=AT)
    visitor = browse(cast.acme, getattr(cast, who) if who else None)
    form = {"based_on": 1, "version": 0, **SECOND["about-us"]}

    for method, rest in ROUTES:
        answer = getattr(visitor, method)(
            path("about-us", rest), form if method == "post" else None
        )
        assert (rest, answer.status_code) == (rest, status)

    assert live(cast.acme, section).number == 1
