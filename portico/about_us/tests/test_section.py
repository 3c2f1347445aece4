"""The section *URL of About Us*: from the form and the API to the pages that show the link."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import translation

from conftest import Cast
from portico.about_us.payload import AboutUs
from portico.about_us.rules import HasCredentials, OtherScheme
from portico.about_us.section import section
from portico.about_us.services import url_for
from portico.basic_settings.payloads import parse, read_stored
from portico.kernel.errors import InvalidFields
from portico.ui.values import Address
from portico.workspaces.models import Workspace
from tests.make import AT

EDIT = "/settings/tenant/about-us/edit/"
API = "/api/v1/settings/about-us"
WITH_LANGUAGE = AboutUs(url="https://www.example.com/{lang}/about")

Browse = Callable[..., Client]


def test_the_link_leads_to_the_language_of_the_page() -> None:
    assert url_for(WITH_LANGUAGE, "en") == "https://www.example.com/en/about"
    assert url_for(WITH_LANGUAGE, "zh-hans") == "https://www.example.com/zh-hans/about"


def test_without_an_address_there_is_no_link() -> None:
    assert url_for(AboutUs(), "en") == ""


def test_space_around_an_address_is_dropped() -> None:
    assert parse(AboutUs, {"url": " https://example.com/ \n"}).url == "https://example.com/"


def test_a_refusal_names_the_field() -> None:
    with pytest.raises(InvalidFields) as refusal:
        parse(AboutUs, {"url": "javascript:alert(1)"})

    assert isinstance(refusal.value.errors["url"], OtherScheme)


def test_an_address_that_was_stored_under_older_rules_can_still_be_read() -> None:
    assert read_stored(AboutUs, {"url": "https://user@example.com/"}).url
    with pytest.raises(InvalidFields) as refusal:
        parse(AboutUs, {"url": "https://user@example.com/"})
    assert isinstance(refusal.value.errors["url"], HasCredentials)


@pytest.mark.parametrize(
    ("language", "url"),
    [
        ("en", "https://www.example.com/en/about"),
        ("zh-hans", "https://www.example.com/zh-hans/about"),
    ],
)
def test_the_card_shows_the_address_as_written_and_links_to_where_it_leads(
    language: str, url: str
) -> None:
    with translation.override(language):
        facts = section.facts(Workspace(), WITH_LANGUAGE, at=AT, files={})

    assert facts["url"].value == Address(url, text="https://www.example.com/{lang}/about")


def test_the_card_shows_no_link_where_there_is_no_address() -> None:
    assert section.facts(Workspace(), AboutUs(), at=AT, files={})["url"].value is None


def test_the_preview_knows_every_language() -> None:
    destinations = section.extras(Workspace(), WITH_LANGUAGE, at=AT)["destinations"]

    assert [(one.language, one.url, json.loads(one.words)) for one in destinations] == [
        ("English", "https://www.example.com/en/about", {"{lang}": "en"}),
        ("Simplified Chinese", "https://www.example.com/zh-hans/about", {"{lang}": "zh-hans"}),
    ]


def save(browser: Client, url: str, *, based_on: int = 0) -> int:
    """Send the form; the status of the answer."""
    sent = {"url": url, "based_on": based_on, "version": 0, "action": "save"}
    return browser.post(EDIT, sent).status_code


def test_a_visitor_sees_the_link_in_the_language_of_the_page(cast: Cast, browse: Browse) -> None:
    save(browse(cast.acme, cast.admin), "https://www.example.com/{lang}/about?a=1&b='")
    visitor = browse(cast.acme)

    english = visitor.get("/", headers={"accept-language": "en"})
    chinese = visitor.get("/", headers={"accept-language": "zh-CN"})

    assert 'href="https://www.example.com/en/about?a=1&amp;b=&#x27;"' in english.text
    assert 'href="https://www.example.com/zh-hans/about?a=1&amp;b=&#x27;"' in chinese.text


@pytest.mark.parametrize(("path", "status"), [("/sign-in/", 200), ("/no-such-page/", 404)])
def test_sign_in_and_error_pages_show_the_link_too(
    cast: Cast, browse: Browse, path: str, status: int
) -> None:
    save(browse(cast.acme, cast.admin), "https://www.example.com/about")

    page = browse(cast.acme).get(path)

    assert page.status_code == status
    assert 'href="https://www.example.com/about"' in page.text


def test_another_workspace_does_not_show_it(cast: Cast, browse: Browse) -> None:
    save(browse(cast.acme, cast.admin), "https://www.example.com/about")

    assert "www.example.com/about" not in browse(cast.zenith).get("/").text


def test_emptying_the_address_takes_the_link_away(cast: Cast, browse: Browse) -> None:
    admin = browse(cast.acme, cast.admin)
    save(admin, "https://www.example.com/about")

    status = save(admin, "", based_on=1)

    assert status == 302
    assert "About Us" not in browse(cast.acme).get("/").text


def test_a_refused_address_stays_in_the_form_with_the_reason(cast: Cast, browse: Browse) -> None:
    admin = browse(cast.acme, cast.admin)

    page = admin.post(EDIT, {"url": "ftp://example.com", "based_on": 0, "version": 0})

    assert page.status_code == 422
    assert 'value="ftp://example.com"' in page.text
    assert "Accepted are addresses that begin with https:// or http://." in page.text
    assert "About Us" not in browse(cast.acme).get("/").text


def test_the_form_shows_the_address_that_is_live_and_where_it_leads(
    cast: Cast, browse: Browse
) -> None:
    admin = browse(cast.acme, cast.admin)
    save(admin, "https://www.example.com/{lang}/about")

    page = admin.get(EDIT)

    assert 'value="https://www.example.com/{lang}/about"' in page.text
    assert ">https://www.example.com/en/about</p>" in page.text
    assert ">https://www.example.com/zh-hans/about</p>" in page.text


def test_the_api_saves_under_the_same_rules(cast: Cast, call: Browse) -> None:
    client = call(cast.acme, cast.admin)

    refused = client.put(
        API, {"url": "data:text/html,x"}, "application/json", headers={"If-Match": '"0"'}
    )
    saved = client.put(
        API, {"url": "https://example.com/"}, "application/json", headers={"If-Match": '"0"'}
    )

    assert refused.status_code == 422
    assert "other_scheme" in refused.text
    assert saved.status_code == 200
    assert client.get(API).json()["url"] == "https://example.com/"
