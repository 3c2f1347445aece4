"""The section *Copyright Notice*: from the form and the API to the pages that show the line."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
import time_machine
from django.test import Client

from conftest import Cast
from portico.basic_settings.payloads import parse, read_stored
from portico.copyright_notice.payload import CopyrightNotice
from portico.copyright_notice.rules import NoOwner
from portico.copyright_notice.section import section
from portico.copyright_notice.services import first_year_of, standard_for, text_for
from portico.kernel.errors import InvalidFields
from portico.workspaces.models import Workspace
from tests.make import AT

EDIT = "/settings/tenant/copyright-notice/edit/"
API = "/api/v1/settings/copyright-notice"
CURRENT = CopyrightNotice(text="© {first_year}-{year} Acme Pay")
NEW_YEARS_EVE = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)

Browse = Callable[..., Client]


def workspace(name: str = "Acme Pay", *, time_zone: str = "UTC", since: int = 2024) -> Workspace:
    """A workspace that was made half an hour before that year ended in UTC."""
    return Workspace(name=name, time_zone=time_zone, created_at=NEW_YEARS_EVE.replace(year=since))


@pytest.mark.parametrize(
    ("time_zone", "shown"),
    [
        ("UTC", "© 2024-2026 Acme Pay"),
        ("America/New_York", "© 2024-2026 Acme Pay"),
        ("Asia/Shanghai", "© 2025-2027 Acme Pay"),
    ],
)
def test_both_years_are_those_of_the_workspaces_time_zone(time_zone: str, shown: str) -> None:
    assert text_for(CURRENT, workspace(time_zone=time_zone), NEW_YEARS_EVE) == shown


def test_the_first_year_is_the_one_in_which_the_workspace_was_made() -> None:
    assert first_year_of(workspace(since=2021)) == 2021


def test_without_a_notice_there_is_no_line() -> None:
    assert text_for(CopyrightNotice(), workspace(), AT) == ""


def test_a_refusal_names_the_field() -> None:
    with pytest.raises(InvalidFields) as refusal:
        parse(CopyrightNotice, {"text": "© {year}"})

    assert isinstance(refusal.value.errors["text"], NoOwner)


def test_a_notice_that_was_stored_under_older_rules_is_still_shown() -> None:
    stored = read_stored(CopyrightNotice, {"text": "Acme, {year}"})

    assert text_for(stored, workspace(), AT) == "Acme, 2026"


def test_the_card_shows_the_notice_as_written_and_as_it_reads_today() -> None:
    facts = section.facts(workspace(), CURRENT, at=AT, files={})

    assert {name: fact.value for name, fact in facts.items()} == {
        "text": "© {first_year}-{year} Acme Pay",
        "today": "© 2024-2026 Acme Pay",
    }


@pytest.mark.parametrize("text", ["© 2026 Acme Pay", ""])
def test_the_card_says_a_notice_once_that_reads_as_it_was_written(text: str) -> None:
    assert list(section.facts(workspace(), CopyrightNotice(text=text), at=AT, files={})) == ["text"]


def test_a_past_year_draws_a_hint() -> None:
    hints = section.hints(workspace(), CopyrightNotice(text="© 2023 Acme Pay"), at=AT)

    [hint] = hints
    assert hint == (
        "2023 is past. Write {year} in its place, or 2023-{year}, and the notice keeps itself "
        "current."
    )


@pytest.mark.parametrize("text", ["© {year} Acme Pay", "© 2019-{year} Acme", "© 2026 Acme", ""])
def test_a_current_notice_draws_none(text: str) -> None:
    assert section.hints(workspace(), CopyrightNotice(text=text), at=AT) == ()


def test_the_hint_comes_when_the_year_turns_where_the_workspace_is() -> None:
    this_year = CopyrightNotice(text="© 2026 Acme Pay")

    there = section.hints(workspace(time_zone="Asia/Shanghai"), this_year, at=NEW_YEARS_EVE)
    here = section.hints(workspace(time_zone="UTC"), this_year, at=NEW_YEARS_EVE)

    assert there
    assert not here


def test_the_standard_notice_names_the_workspace() -> None:
    assert standard_for(workspace("Acme Pay")) == "© {year} Acme Pay. All rights reserved."


@pytest.mark.parametrize("name", ["🚀", "{acme}", "Copyright 2026"])
def test_a_name_that_cannot_own_anything_makes_no_standard_notice(name: str) -> None:
    assert standard_for(workspace(name)) == ""


def test_the_live_preview_is_told_what_the_words_mean_today() -> None:
    words = json.loads(section.extras(workspace(), CURRENT, at=AT)["words"])

    assert words["{year}"] == "2026"
    assert words["{first_year}"] == "2024"


def save(browser: Client, text: str, *, based_on: int = 0) -> int:
    """Send the form; the status of the answer."""
    sent = {"text": text, "based_on": based_on, "version": 0, "action": "save"}
    return browser.post(EDIT, sent).status_code


@pytest.mark.parametrize(
    ("path", "status"), [("/", 200), ("/sign-in/", 200), ("/no-such-page/", 404)]
)
def test_every_page_of_a_visitor_ends_with_the_notice(
    cast: Cast, browse: Browse, path: str, status: int
) -> None:
    save(browse(cast.acme, cast.admin), "© 2019 <Acme> & Söhne")

    page = browse(cast.acme).get(path)

    assert page.status_code == status
    assert "<p>© 2019 &lt;Acme&gt; &amp; Söhne</p>" in page.text
    assert "Söhne" not in browse(cast.zenith).get("/").text


def test_the_notice_is_renewed_by_the_clock_alone(cast: Cast, browse: Browse) -> None:
    save(browse(cast.acme, cast.admin), "© {year} Acme Pay")
    visitor = browse(cast.acme)

    with time_machine.travel(datetime(2030, 1, 1, tzinfo=UTC), tick=False):
        page = visitor.get("/")

    assert "© 2030 Acme Pay" in page.text


def test_emptying_the_notice_takes_the_line_away(cast: Cast, browse: Browse) -> None:
    admin = browse(cast.acme, cast.admin)
    save(admin, "© 2026 Acme Pay")

    status = save(admin, "", based_on=1)

    assert status == 302
    assert "©" not in browse(cast.acme).get("/").text


def test_a_refused_notice_stays_in_the_form_with_the_reason(cast: Cast, browse: Browse) -> None:
    page = browse(cast.acme, cast.admin).post(
        EDIT, {"text": "(c) 2026 Acme", "based_on": 0, "version": 0}
    )

    assert page.status_code == 422
    assert 'value="(c) 2026 Acme"' in page.text
    assert "“(c)” is not the copyright symbol." in page.text


def test_the_form_offers_the_standard_notice_with_and_without_scripts(
    cast: Cast, browse: Browse
) -> None:
    page = browse(cast.acme, cast.admin).get(EDIT)

    assert 'data-insert="© {year} Acme Pay. All rights reserved."' in page.text
    assert "<code>© {year} Acme Pay. All rights reserved.</code>" in page.text


def test_the_api_saves_under_the_same_rules(cast: Cast, call: Browse) -> None:
    client = call(cast.acme, cast.admin)

    refused = client.put(API, {"text": "©"}, "application/json", headers={"If-Match": '"0"'})
    saved = client.put(
        API, {"text": "© {year} Acme"}, "application/json", headers={"If-Match": '"0"'}
    )

    assert refused.status_code == 422
    assert "no_year_nor_owner" in refused.text
    assert saved.status_code == 200
    assert client.get(API).json()["text"] == "© {year} Acme"
