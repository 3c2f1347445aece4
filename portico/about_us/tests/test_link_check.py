"""Whether the About Us link leads anywhere: real web servers on loopback."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from ipaddress import ip_address
from typing import Any

import pytest
from django.test import Client

from conftest import Cast
from portico.about_us import link_check
from portico.about_us.link_check import (
    AGAIN_AFTER,
    EVERY,
    CheckedJustNow,
    NothingToCheck,
    Verdict,
    ask,
    check,
    standing_of,
    sweep,
)
from portico.about_us.models import LinkCheck
from portico.about_us.section import section
from portico.basic_settings import services
from portico.egress.calls import Limits
from portico.egress.configuration import LOOPBACK, Egress, OutboundAddress
from portico.egress.models import OutboundChoice
from portico.workspaces.models import Workspace
from tests.jobs import waiting
from tests.make import AT, actor
from tests.peers.https import Behavior, Request, Response, WebServer, http_server

Browse = Callable[..., Client]
CARD = "/settings/tenant/"
PART = "/settings/tenant/about-us/link/"
CHECK = f"{PART}check/"
API = "/api/v1/settings/about-us/link"
HX = {"HX-Request": "true"}


@pytest.fixture
def site(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[WebServer]:
    """A web site; calls wait for it no longer than a test can."""
    settings.PORTICO_EGRESS = Egress(allowed=LOOPBACK)
    monkeypatch.setattr(link_check, "LIMITS", Limits(connect=0.5, read=0.5, whole=1.0))
    with http_server(Response(200, b"<h1>About us</h1>")) as server:
        yield server


def saved(cast: Cast, url: str, *, workspace: Workspace | None = None) -> None:
    """Save this address."""
    workspace = workspace or cast.acme
    number = services.live(workspace, section).number
    values = {"url": url}
    services.save(workspace, section, values, based_on=number, by=actor(cast.admin), at=AT)


def found(cast: Cast, url: str) -> LinkCheck:
    """Save this address, and look where it leads."""
    saved(cast, url)
    row = check(cast.acme.id, at=AT)
    assert row is not None
    return row


def sentence(row: LinkCheck) -> str:
    (result,) = row.results
    return str(str(result["text"]) % result["facts"])


def address(site: WebServer, path: str = "/about") -> str:
    return f"http://localhost:{site.port}{path}"


@pytest.mark.parametrize(
    ("answer", "verdict", "words"),
    [
        (Response(200), "works", "The page answers."),
        (Response(204), "works", "The page answers."),
        (Response(404), "dead", "The site answers 404 Not Found."),
        (Response(410), "dead", "The site answers 410 Gone."),
        (Response(500), "dead", "The site answers 500 Internal Server Error."),
        (Response(403), "unknown", "The site answers 403 Forbidden. People may"),
        (Response(401), "unknown", "The site answers 401 Unauthorized. People may"),
        (Response(429), "unknown", "The site answers 429 Too Many Requests. People may"),
        (Response(302), "unknown", "The site answers 302 Found. People may"),
        (Behavior.HANG_UP, "dead", "What the server answered is not HTTP, or breaks off"),
        (Behavior.GARBAGE, "dead", "What the server answered is not HTTP"),
        (Behavior.SILENCE, "dead", "The server did not answer in full within"),
        (Behavior.FLOOD, "works", "The page answers."),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_a_site_answers_is_judged(
    cast: Cast, site: WebServer, answer: Response | Behavior, verdict: str, words: str
) -> None:
    site.answer = answer

    row = found(cast, address(site))

    assert row.results[0]["verdict"] == verdict
    assert sentence(row).startswith(words)


def test_redirects_are_gone_along(cast: Cast, site: WebServer) -> None:
    def answer(request: Request) -> Response:
        if request.path == "/about":
            return Response(301, b"", (("Location", "/en/about"),))
        return Response(200)

    site.answer = answer

    row = found(cast, address(site))

    assert row.results[0]["verdict"] == Verdict.WORKS
    assert [request.path for request in site.requests] == ["/about", "/en/about"]


def test_a_redirect_that_never_ends_does(cast: Cast, site: WebServer) -> None:
    site.answer = Response(302, b"", (("Location", "/about"),))

    row = found(cast, address(site))

    assert row.results[0]["verdict"] == Verdict.DEAD
    assert sentence(row) == "It leads on and on: more than 3 redirects."
    assert len(site.requests) == 4


def test_neither_an_address_nor_a_redirect_leads_inside(
    cast: Cast, site: WebServer, settings: Any
) -> None:
    site.answer = Response(302, b"", (("Location", "http://10.0.0.1/secret"),))

    redirected = found(cast, address(site))
    settings.PORTICO_EGRESS = Egress()
    inside = found(cast, "http://127.0.0.1/about")

    assert redirected.results[0]["verdict"] == Verdict.UNKNOWN
    assert inside.results[0]["verdict"] == Verdict.UNKNOWN


@pytest.mark.parametrize("place", ["http://[", "//[::1", "http://[bad]/", "/a b", "ftp://x.test/"])
def test_a_redirect_that_no_program_understands_is_not_held_against_the_address(
    cast: Cast, site: WebServer, place: str
) -> None:
    site.answer = Response(302, b"", (("Location", place),))

    row = found(cast, address(site))

    assert row.results[0]["verdict"] == Verdict.UNKNOWN
    assert sentence(row).startswith("It leads on to an address that Portico does not call")
    assert row.due_at > AT


def test_what_follows_a_hash_is_for_browsers_alone(cast: Cast, site: WebServer) -> None:
    def answer(request: Request) -> Response:
        if request.path == "/about":
            return Response(302, b"", (("Location", "/app#/team"),))
        return Response(200)

    site.answer = answer

    row = found(cast, address(site, "/about#team"))

    assert row.results[0]["verdict"] == Verdict.WORKS
    assert [request.path for request in site.requests] == ["/about", "/app"]


def test_what_is_wrong_with_the_platform_is_not_held_against_the_address(
    cast: Cast, site: WebServer, settings: Any
) -> None:
    gone = OutboundAddress(ip_address("198.51.100.7"), ip_address("192.0.2.1"))
    settings.PORTICO_EGRESS = replace(settings.PORTICO_EGRESS, outbound=(gone,))
    OutboundChoice.objects.create(
        workspace=cast.acme, number=1, addresses=["198.51.100.7"], made_at=AT, valid_from=AT
    )

    row = found(cast, address(site))

    assert row.results[0]["verdict"] == Verdict.UNKNOWN
    assert "The machine that Portico runs on does not have the address" in sentence(row)
    assert row.due_at == AT + AGAIN_AFTER[0]
    assert not site.requests


def test_each_languages_address_is_looked_at(cast: Cast, site: WebServer) -> None:
    site.answer = lambda request: Response(200 if request.path == "/en/about" else 404)

    row = found(cast, address(site, "/{lang}/about"))
    standing = standing_of(cast.acme, services.live(cast.acme, section).payload, at=AT)

    assert [(one["language"], one["verdict"]) for one in row.results] == [
        ("en", "works"),
        ("zh-hans", "dead"),
    ]
    assert standing.verdict is Verdict.DEAD
    assert standing.remarks == (
        f"{address(site, '/zh-hans/about')}: The site answers 404 Not Found.",
    )


def test_saving_has_it_checked_at_once_and_then_weekly(cast: Cast, site: WebServer) -> None:
    saved(cast, address(site))
    jobs = waiting(link_check.TASK)

    row = check(cast.acme.id, at=AT)

    assert jobs == [{"workspace_id": str(cast.acme.id)}]
    assert row is not None
    assert row.due_at == AT + EVERY
    assert check(cast.acme.id, at=AT + EVERY / 2) is None
    assert sweep(at=AT + EVERY / 2) == 0
    assert sweep(at=AT + EVERY) == 1


def test_what_leads_nowhere_is_looked_at_again_sooner(cast: Cast, site: WebServer) -> None:
    site.answer = Response(503)
    row, at = found(cast, address(site)), AT

    for misses, wait in enumerate(AGAIN_AFTER, start=1):
        assert (row.misses, row.due_at) == (misses, at + wait)
        at = row.due_at
        again = check(cast.acme.id, at=at)
        assert again is not None
        row = again
    site.answer = Response(200)
    mended = check(cast.acme.id, at=row.due_at)

    assert row.due_at == at + EVERY
    assert mended is not None
    assert mended.misses == 0


def test_an_address_that_is_taken_away_is_not_looked_at_any_more(
    cast: Cast, site: WebServer
) -> None:
    found(cast, address(site))

    saved(cast, "")

    assert not LinkCheck.objects.exists()
    assert check(cast.acme.id, at=AT + EVERY) is None


def test_what_was_found_of_an_older_address_is_not_said_of_a_newer_one(
    cast: Cast, site: WebServer
) -> None:
    found(cast, address(site))

    saved(cast, address(site, "/newer"))

    standing = standing_of(cast.acme, services.live(cast.acme, section).payload, at=AT)
    assert standing.verdict is None
    assert standing.under_way


def test_it_is_asked_for_once_a_minute(cast: Cast, site: WebServer) -> None:
    found(cast, address(site))
    ask(cast.acme, at=AT)

    with pytest.raises(CheckedJustNow):
        ask(cast.acme, at=AT + timedelta(seconds=59))

    assert ask(cast.acme, at=AT + timedelta(seconds=61)).due_at == AT + timedelta(seconds=61)


def test_without_an_address_there_is_nothing_to_check(cast: Cast) -> None:
    with pytest.raises(NothingToCheck):
        ask(cast.acme, at=AT)


def test_the_card_says_what_was_found_and_checks_again(
    cast: Cast, site: WebServer, browse: Browse
) -> None:
    page = browse(cast.acme, cast.admin)
    site.answer = Response(404)
    found(cast, address(site))

    card = page.get(CARD).text
    asked = page.post(CHECK, headers=HX)
    plain = page.get(PART)

    assert "Leads nowhere" in card
    assert "The site answers 404 Not Found." in card
    assert "Being checked" in asked.text
    assert "every 1s" in asked.text
    assert plain.status_code == 302


def test_the_api_says_so_too(cast: Cast, site: WebServer, call: Browse) -> None:
    api = call(cast.acme, cast.admin)
    found(cast, address(site))

    answer = api.get(API).json()
    asked = api.post(f"{API}/check")
    again = api.post(f"{API}/check")

    assert answer["verdict"] == "works"
    assert answer["results"][0]["status"] == 200
    assert (asked.status_code, asked.json()["under_way"]) == (202, True)
    assert (again.status_code, again.json()["code"]) == (429, "link_checked_just_now")


def test_a_role_without_the_right_and_another_workspaces_admin_check_nothing(
    cast: Cast, site: WebServer, browse: Browse, call: Browse
) -> None:
    found(cast, address(site))

    developer = browse(cast.acme, cast.developer).post(CHECK).status_code
    outsider = browse(cast.acme, cast.outsider).post(CHECK).status_code
    token = call(cast.acme, cast.developer).post(f"{API}/check").status_code
    elsewhere = call(cast.zenith, cast.outsider).get(API).json()

    assert (developer, outsider, token) == (403, 404, 403)
    assert elsewhere["verdict"] is None
    assert LinkCheck.objects.get().asked_at is None
