from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from conftest import Cast
from portico.accounts.models import Person
from portico.workspaces.models import Workspace

Browse = Callable[..., Client]


def language_of(client: Client, accept: str = "", path: str = "/") -> str:
    headers = {"accept-language": accept} if accept else {}
    answer = client.get(path, headers=headers)
    language = answer.headers["Content-Language"]
    assert f'<html lang="{language}"' in answer.content.decode()
    return str(language)


@pytest.mark.parametrize(
    ("accept", "language"),
    [
        ("", "en"),
        ("zh-Hans", "zh-hans"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh-hans"),
        ("de,fr;q=0.9", "en"),
        ("de,zh-hans;q=0.5", "zh-hans"),
        ("*", "en"),
        ("en-GB,en;q=0.9", "en"),
        ("x" * 600, "en"),
        ("../../etc/passwd", "en"),
        ("zh-hans;q=0,en;q=nonsense", "en"),
    ],
)
def test_a_visitor_reads_what_their_browser_asks_for(
    cast: Cast, browse: Browse, accept: str, language: str
) -> None:
    assert language_of(browse(cast.acme), accept) == language


def test_without_a_wish_that_we_can_meet_it_is_the_workspaces(cast: Cast, browse: Browse) -> None:
    Workspace.objects.filter(slug="acme").update(default_language="zh-hans")

    assert language_of(browse(cast.acme)) == "zh-hans"
    assert language_of(browse(cast.acme), "de") == "zh-hans"
    assert language_of(browse(cast.acme), "en") == "en"
    assert language_of(browse(cast.zenith)) == "en"


def test_a_visitors_choice_comes_before_their_browsers(cast: Cast, browse: Browse) -> None:
    client = browse(cast.acme)
    client.post("/language/", {"language": "zh-hans"})

    assert language_of(client, "en") == "zh-hans"


def test_a_made_up_choice_is_no_choice(cast: Cast, browse: Browse) -> None:
    client = browse(cast.acme)
    client.cookies["portico-language"] = "../../tlh"

    assert language_of(client, "zh-hans") == "zh-hans"


def test_a_persons_own_language_comes_first(cast: Cast, browse: Browse) -> None:
    Person.objects.filter(id=cast.admin.person_id).update(language="zh-hans")
    client = browse(cast.acme, cast.admin)
    client.cookies["portico-language"] = "en"

    assert language_of(client, "en", "/console/") == "zh-hans"


def test_a_cached_page_is_not_for_readers_of_another_language(cast: Cast, browse: Browse) -> None:
    answer = browse(cast.acme).get("/")

    assert {"Accept-Language", "Cookie"} <= set(answer.headers["Vary"].split(", "))


def test_times_are_in_the_persons_zone_or_the_workspaces(cast: Cast, browse: Browse) -> None:
    Workspace.objects.filter(slug="acme").update(time_zone="Pacific/Kiritimati")
    Person.objects.filter(id=cast.admin.person_id).update(time_zone="America/New_York")

    admins = browse(cast.acme, cast.admin).get("/console/audit/").content.decode()
    Person.objects.filter(id=cast.admin.person_id).update(time_zone="")
    workspaces = browse(cast.acme, cast.admin).get("/console/audit/").content.decode()

    assert "Nov. 22, 2026, 3 a.m. EST" in admins
    assert "Nov. 22, 2026, 10 p.m. +14" in workspaces
