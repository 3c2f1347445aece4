"""Verify: real calls from real addresses of loopback to an echo, as page and over the API."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from conftest import Cast
from portico.audit.models import AuditEntry
from portico.egress.models import OutboundVerification
from portico.egress.outbound.panels import panel_of
from portico.egress.outbound.results import address_told
from portico.egress.outbound.verifying import (
    MOST_RUNS,
    NoEchoAddress,
    NothingChosen,
    VerifiedTooOften,
    latest_verification,
    verify,
)
from portico.egress.services import choose
from portico.egress.tests.choosing import chosen, offer
from portico.kernel.clock import now
from tests.make import AT, actor
from tests.peers.https import Request, Response, WebServer, http_server

PAGE = "/settings/tenant/domain-preference/verify-outbound-ip/"
API = "/api/v1/settings/domain-preference/verify-outbound-ip"
ONE, TWO, THREE = "127.0.0.11", "127.0.0.12", "198.51.100.7"


def telling(request: Request) -> Response:
    """Answer with the address that was called from."""
    return Response(200, f"{request.peer}\n".encode())


@pytest.fixture
def echo(settings: Any) -> Iterator[WebServer]:
    """An echo address; two addresses of loopback and one that is seen as another are offered."""
    with http_server(telling) as server:
        settings.PORTICO_ECHO_URL = f"http://127.0.0.1:{server.port}/ip"
        offer(settings, f"{ONE},{TWO},{THREE}=127.0.0.13")
        yield server


def verified(cast: Cast) -> list[dict[str, Any]]:
    """Verify as acme's admin."""
    results: list[dict[str, Any]] = verify(cast.acme, by=actor(cast.admin), at=AT).results
    return results


def test_each_chosen_address_makes_a_call_and_is_seen(cast: Cast, echo: WebServer) -> None:
    chosen(cast.acme, cast.admin, ONE, TWO)

    results = verified(cast)

    assert [(one["public"], one["seen"], one["verdict"]) for one in results] == [
        (ONE, ONE, "ok"),
        (TWO, TWO, "ok"),
    ]
    assert {request.peer for request in echo.requests} == {ONE, TWO}


def test_an_announced_address_is_verified_before_it_is_used(cast: Cast, echo: WebServer) -> None:
    chosen(cast.acme, cast.admin, ONE)
    chosen(cast.acme, cast.admin, TWO, notice=7)

    assert [one["public"] for one in verified(cast)] == [ONE, TWO]


def test_another_address_than_expected_is_shown_with_advice(cast: Cast, echo: WebServer) -> None:
    chosen(cast.acme, cast.admin, THREE)

    (result,) = verified(cast)

    assert (result["verdict"], result["seen"]) == ("differs", "127.0.0.13")
    (row,) = panel_of(cast.acme, at=AT).rows
    assert row.seen is not None
    assert row.seen.state.text == "Seen as 127.0.0.13"
    assert "Others see these calls come from 127.0.0.13" in row.seen.advice


@pytest.mark.parametrize(
    ("reply", "meaning"),
    [
        (Response(500), "status 500"),
        (Response(302, b"", (("Location", "http://127.0.0.1/"),)), "status 302"),
        (Response(200, b"<html>\n<b>hello</b>" + b"x" * 99), "“<html> <b>hello</b>xxx"),
        (Response(200, b""), "“”"),
    ],
)
def test_an_echo_that_tells_no_address_is_said_to_be_wrong(
    cast: Cast, echo: WebServer, reply: Response, meaning: str
) -> None:
    chosen(cast.acme, cast.admin, ONE)
    echo.answer = reply

    (result,) = verified(cast)

    assert (result["verdict"], result["seen"]) == ("failed", "")
    assert meaning in result["text"] % result["facts"]


def test_an_echo_that_is_away_is_a_failure_with_a_reason(cast: Cast, settings: Any) -> None:
    with http_server() as server:
        settings.PORTICO_ECHO_URL = f"http://127.0.0.1:{server.port}/ip"
    offer(settings, ONE)
    chosen(cast.acme, cast.admin, ONE)

    (result,) = verified(cast)

    assert result["verdict"] == "failed"
    assert "refused the connection" in result["text"] % result["facts"]


def test_what_the_operator_has_taken_out_is_not_called_from(
    cast: Cast, echo: WebServer, settings: Any
) -> None:
    chosen(cast.acme, cast.admin, ONE, TWO)
    offer(settings, TWO)

    first, second = verified(cast)

    assert (first["verdict"], second["verdict"]) == ("failed", "ok")
    assert "no longer" in first["text"]
    assert [request.peer for request in echo.requests] == [TWO]


@pytest.mark.parametrize(
    ("body", "address"),
    [
        (b"198.51.100.7", "198.51.100.7"),
        (b" 2001:DB8::0007\r\n", "2001:db8::7"),
        (b"::ffff:198.51.100.7", "198.51.100.7"),
        (b'{"ip": "198.51.100.7", "country": "AT"}', "198.51.100.7"),
        (b'{"ip": null}', ""),
        (b'{"origin": "198.51.100.7"}', ""),
        (b"{", ""),
        (b"{" * 2000, ""),
        (b"198.51.100.7, 10.0.0.1", ""),
        (b"\xff\xfe", ""),
    ],
)
def test_an_echo_tells_an_address_as_text_or_json(body: bytes, address: str) -> None:
    assert address_told(body) == address


def test_without_a_choice_or_an_echo_there_is_nothing_to_verify(cast: Cast, settings: Any) -> None:
    offer(settings, ONE)
    with pytest.raises(NothingChosen):
        verified(cast)

    chosen(cast.acme, cast.admin, ONE)
    settings.PORTICO_ECHO_URL = ""
    with pytest.raises(NoEchoAddress, match="PORTICO_EGRESS_ECHO_URL"):
        verified(cast)
    assert not OutboundVerification.objects.exists()


def test_it_is_done_ten_times_in_ten_minutes_and_by_each_workspace_for_itself(
    cast: Cast, echo: WebServer
) -> None:
    chosen(cast.acme, cast.admin, ONE)
    choose(cast.zenith, [TWO], by=actor(cast.outsider), at=AT)
    for _time in range(MOST_RUNS):
        verify(cast.acme, by=actor(cast.admin), at=AT)

    with pytest.raises(VerifiedTooOften, match="10 times within 10 minutes"):
        verify(cast.acme, by=actor(cast.admin), at=AT + timedelta(minutes=9))

    verify(cast.zenith, by=actor(cast.outsider), at=AT)
    verify(cast.acme, by=actor(cast.admin), at=AT + timedelta(minutes=11))


def test_the_last_one_is_remembered_and_noted(cast: Cast, echo: WebServer) -> None:
    chosen(cast.acme, cast.admin, ONE, THREE)

    made = verify(cast.acme, by=actor(cast.admin), at=AT)

    assert latest_verification(cast.acme) == made
    assert latest_verification(cast.zenith) is None
    entry = AuditEntry.objects.get(action="outbound.verified")
    assert entry.changes == [
        {"field": ONE, "before": "", "after": ONE},
        {"field": THREE, "before": "", "after": "127.0.0.13"},
    ]


def test_old_ones_are_forgotten(cast: Cast, echo: WebServer) -> None:
    chosen(cast.acme, cast.admin, ONE)
    verify(cast.acme, by=actor(cast.admin), at=AT)

    verify(cast.acme, by=actor(cast.admin), at=AT + timedelta(days=31))

    assert OutboundVerification.objects.count() == 1


def test_the_api_answers_with_what_was_seen_of_each(
    cast: Cast, echo: WebServer, call: Callable[..., Client]
) -> None:
    chosen(cast.acme, cast.admin, ONE, THREE)

    answer = call(cast.acme, cast.admin).post(API)

    assert answer.status_code == 200
    told = json.loads(answer.content)
    assert (told["ok"], told["echo"]) == (False, f"http://127.0.0.1:{echo.port}/ip")
    good, odd = told["addresses"]
    assert good.pop("milliseconds") >= 0
    assert good == {"expected": ONE, "seen": ONE, "verdict": "ok", "meaning": "", "advice": ""}
    assert (odd["expected"], odd["seen"], odd["verdict"]) == (THREE, "127.0.0.13", "differs")
    assert "PORTICO_EGRESS_IPS" in odd["advice"]


def test_the_api_refuses_in_problem_details(cast: Cast, call: Callable[..., Client]) -> None:
    answer = call(cast.acme, cast.admin).post(API)

    assert answer.status_code == 409
    assert json.loads(answer.content)["code"] == "no_outbound_address_chosen"


def test_others_may_not(cast: Cast, echo: WebServer, call: Callable[..., Client]) -> None:
    chosen(cast.acme, cast.admin, ONE)

    for role in ("developer", "reviewer", "operator", "inspector"):
        assert call(cast.acme, getattr(cast, role)).post(API).status_code == 403
    assert call(cast.acme, cast.outsider).post(API).status_code == 401
    assert echo.requests == []


def test_the_page_verifies_without_scripts_and_goes_back_to_the_card(
    cast: Cast, echo: WebServer, browse: Callable[..., Client]
) -> None:
    chosen(cast.acme, cast.admin, ONE)

    answer = browse(cast.acme, cast.admin).post(PAGE)

    assert answer.status_code == 302
    assert answer["Location"] == "/settings/tenant/#domain-preference"
    assert latest_verification(cast.acme) is not None


def test_with_scripts_the_panel_comes_anew(
    cast: Cast, echo: WebServer, browse: Callable[..., Client]
) -> None:
    chosen(cast.acme, cast.admin, ONE)

    answer = browse(cast.acme, cast.admin).post(PAGE, headers={"hx-request": "true"})

    assert answer.status_code == 200
    assert 'id="outbound-panel"' in answer.text
    assert f"Seen as {ONE}" in answer.text
    assert "<html" not in answer.text


def test_with_scripts_a_refusal_comes_in_the_panel(
    cast: Cast, settings: Any, browse: Callable[..., Client]
) -> None:
    offer(settings, ONE)

    answer = browse(cast.acme, cast.admin).post(PAGE, headers={"hx-request": "true"})

    assert answer.status_code == 409
    assert "No outbound address is chosen" in answer.text
    assert not OutboundVerification.objects.filter(started_at__lte=now()).exists()
