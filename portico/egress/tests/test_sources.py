"""Where calls leave from: bound to a local address, through a proxy, or not at all."""

from __future__ import annotations

from dataclasses import replace

import pytest

from portico.egress.calls import call
from portico.egress.tests.calling import LOCAL, QUICK, get, leaving, source, trouble_with
from tests.peers.dns import Zone, dns_server
from tests.peers.https import Authority, Response, http_server, https_server
from tests.peers.proxy import proxy_server

ELEVEN = source("198.51.100.11", local="127.0.0.11")
TWELVE = source("198.51.100.12", local="127.0.0.12")
AWAY = source("198.51.100.13", local="203.0.113.77")  # not an address of any machine
SIX = source("2001:db8::7", local="::1")


def test_the_server_sees_the_local_address_and_the_answer_tells_the_public_one() -> None:
    with http_server(Response(200)) as server:
        answer = get(f"http://127.0.0.1:{server.port}/", leaving(ELEVEN))

    assert server.requests[0].peer == "127.0.0.11"
    assert answer.source == "198.51.100.11"


def test_all_sources_are_used_in_the_long_run() -> None:
    with http_server(Response(200)) as server:
        told = {get(f"http://127.0.0.1:{server.port}/", leaving(ELEVEN, TWELVE)).source
                for _time in range(40)}  # fmt: skip

    assert {request.peer for request in server.requests} == {"127.0.0.11", "127.0.0.12"}
    assert told == {"198.51.100.11", "198.51.100.12"}


def test_a_nat_source_needs_nothing() -> None:
    with http_server(Response(200)) as server:
        answer = get(f"http://127.0.0.1:{server.port}/", leaving(source("198.51.100.9")))

    assert (server.requests[0].peer, answer.source) == ("127.0.0.1", "198.51.100.9")


def test_a_failed_call_tells_its_source_too() -> None:
    with http_server(Response(200)) as server:
        port = server.port

    trouble = trouble_with(f"http://127.0.0.1:{port}/", leaving(ELEVEN))

    assert (trouble.code, trouble.source) == ("connection_refused", "198.51.100.11")


def test_where_all_chosen_are_gone_nothing_is_called() -> None:
    with http_server() as server:
        trouble = trouble_with(f"http://127.0.0.1:{server.port}/", replace(LOCAL, sources=()))

    assert trouble.code == "connection_no_source_left"
    assert "Domain Preference" in str(trouble)
    assert server.connections == 0


def test_an_address_that_this_machine_does_not_have_is_never_replaced_by_another() -> None:
    with http_server() as server:
        trouble = trouble_with(f"http://127.0.0.1:{server.port}/", leaving(AWAY))

    assert (trouble.code, trouble.source) == ("connection_source_not_here", "198.51.100.13")
    assert "PORTICO_EGRESS_IPS" in str(trouble)
    assert server.connections == 0


def test_another_chosen_one_is_used_in_its_place() -> None:
    with http_server(Response(200)) as server:
        for _time in range(8):
            answer = get(f"http://127.0.0.1:{server.port}/", leaving(AWAY, ELEVEN))
            assert answer.source == "198.51.100.11"


def test_a_source_of_the_other_kind_is_not_used() -> None:
    with http_server() as server:
        trouble = trouble_with(f"http://127.0.0.1:{server.port}/", leaving(SIX))

    assert trouble.code == "connection_source_of_other_kind"
    assert server.connections == 0


def test_a_name_with_both_kinds_is_called_where_a_source_fits() -> None:
    zone: Zone = {"both.example.com": {"AAAA": ["::1"], "A": ["127.0.0.1"]}}
    with http_server(Response(200)) as server, dns_server(zone) as names:
        url = f"http://both.example.com:{server.port}/"
        answer = get(url, names.egress(leaving(ELEVEN)))

    assert (answer.peer, server.requests[0].peer) == ("127.0.0.1", "127.0.0.11")


def test_a_mapped_address_is_reached_from_an_ipv4_source() -> None:
    with http_server(Response(200)) as server:
        get(f"http://[::ffff:127.0.0.1]:{server.port}/", leaving(ELEVEN, SIX))

    assert server.requests[0].peer == "127.0.0.11"


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_proxy_is_told_the_checked_address_and_the_server_hears_the_name(
    scheme: str, tmp_path: object
) -> None:
    authority = Authority()
    zone: Zone = {"api.example.com": {"A": ["127.0.0.1"]}}
    serving = (
        https_server(Response(200, b"ok"), authority=authority)
        if scheme == "https"
        else http_server(Response(200, b"ok"))
    )
    with serving as server, proxy_server() as proxy, dns_server(zone) as names:
        through = leaving(source("198.51.100.8", proxy=proxy.netloc))
        answer = call(
            "POST",
            f"{scheme}://api.example.com:{server.port}/in",
            egress=authority.egress(names.egress(through)),
            body=b"x" * 20_000,
            limits=QUICK,
        )

    assert (answer.status, answer.source, answer.peer) == (200, "198.51.100.8", "127.0.0.1")
    assert proxy.asked == [f"127.0.0.1:{server.port}"]
    (asked,) = server.requests
    assert (asked.peer, asked.path, len(asked.body)) == ("127.0.0.13", "/in", 20_000)
    assert asked.host == f"api.example.com:{server.port}"
    assert names.count("api.example.com", "A") == 1


def test_the_policy_holds_for_what_is_called_through_a_proxy() -> None:
    with proxy_server() as proxy:
        through = leaving(source("198.51.100.8", proxy=proxy.netloc))

        trouble = trouble_with("http://10.0.0.1/", through)

    assert trouble.code == "call_refused"
    assert proxy.asked == []


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (b"HTTP/1.1 403 Forbidden by\x07 policy\r\n\r\n", "403 Forbidden by policy"),
        (b"HTTP/1.1 502 Bad Gateway\r\n\r\n", "502"),
        (b"hello\r\n\r\n", "no HTTP"),
        (b"HTTP/1.1 200 OK\r\nX: " + b"x" * 40_000, "no HTTP"),
    ],
)
def test_a_proxy_that_does_not_lead_on_is_told_so(answer: bytes, told: str) -> None:
    with proxy_server(answer=answer) as proxy:
        through = leaving(source("198.51.100.8", proxy=proxy.netloc))
        trouble = trouble_with("http://127.0.0.1/", through)

    assert (trouble.code, trouble.source) == ("connection_proxy_refused", "198.51.100.8")
    assert told in str(trouble)


def test_a_proxy_that_says_nothing_is_left_in_time() -> None:
    with proxy_server(answer=b"") as proxy:
        through = leaving(source("198.51.100.8", proxy=proxy.netloc))
        limits = replace(QUICK, connect=0.3)
        trouble = trouble_with("http://127.0.0.1/", through, limits=limits)

    assert trouble.code == "connection_timed_out"


@pytest.mark.parametrize("netloc", ["127.0.0.1:1", "nowhere.invalid:3128"])
def test_a_proxy_that_is_away_is_told_so_and_another_source_taken(netloc: str) -> None:
    away = source("198.51.100.8", proxy=netloc)
    with http_server(Response(200)) as server, dns_server({}) as names:
        url = f"http://127.0.0.1:{server.port}/"
        trouble = trouble_with(url, names.egress(leaving(away)))
        assert server.connections == 0
        answer = get(url, names.egress(leaving(away, ELEVEN)))

    assert (trouble.code, trouble.source) == ("connection_proxy_away", "198.51.100.8")
    assert answer.source == "198.51.100.11"
