"""`call`: what it does not call, however it is written, and what it does not do twice."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_network

import pytest

from portico.egress.calls import CallRefused, check_url
from portico.egress.configuration import LOOPBACK, Egress
from portico.egress.rules import address_in, check_host
from portico.egress.rules.addresses import AddressRefused
from portico.egress.rules.hosts import HostRefused, PathInHost, PortInHost
from portico.egress.tests.calling import LOCAL, QUICK, get, trouble_with
from portico.egress.tests.corpus import REFUSED, REFUSED_HOSTS
from tests.peers.dns import Successive, Trouble, Zone, dns_server
from tests.peers.https import Response, http_server

STRICT = Egress()
ADDRESSES = [(address, kind) for address, kind in REFUSED if "%" not in address]
# Without those that are a host, and something after it that a URL may have.
HOSTS = [
    host
    for host, kind in REFUSED_HOSTS
    if host.strip() and not (kind in {PathInHost, PortInHost} and host.startswith("example.com"))
]
# Where a browser, curl or another library would end up at 127.0.0.1, 10.0.0.1 or the metadata.
TRICKS = """
    http://2130706433/ http://0x7f000001/ http://017700000001/ http://0x7f.1/ http://127.1/
    http://0177.0.0.1/ http://127.0.0.01/ http://0/ http://0x0/ http://00/ http://127.0.1/
    http://127.0.0.1./ http://127%2e0.0.1/ http://%31%32%37.0.0.1/ http://１２７.０.０.１/
    http://①②⑦.0.0.1/ http://127。0。0。1/ http://127．0.0.1/ http://[::1]/ http://[::]/
    http://[::ffff:127.0.0.1]/ http://[::ffff:7f00:1]/ http://[0:0:0:0:0:ffff:7f00:1]/
    http://[64:ff9b::7f00:1]/ http://[64:ff9b::10.0.0.1]/ http://[2002:7f00:1::]/
    http://[2001:0:7f00:1::1]/ http://[::127.0.0.1]/ http://[fe80::1%25eth0]/ http://[fe80::1]/
    http://[fd00:ec2::254]/ http://[::ffff:169.254.169.254]/ http://169.254.169.254/
    http://2852039166/ http://0xa9fea9fe/ http://0251.0376.0251.0376/ http://169.254.43518/
    http://example.com@127.0.0.1/ http://127.0.0.1@example.com/ http://user:pass@10.0.0.1/
    http://example.com:80@10.0.0.1/ http://example.com%40127.0.0.1/ http://@127.0.0.1/
    http://127.0.0.1#@example.com/ http://127.0.0.1\\@example.com/ http://example.com\\@127.0.0.1/
    http:\\\\127.0.0.1\\ http:/127.0.0.1/ http:///127.0.0.1/ http:127.0.0.1 //127.0.0.1/ 127.0.0.1
    http://localhost/ http://LOCALHOST./ http://sub.localhost/ http://ⓛocalhost/ http://0.0.0.0/
    http://10.0.0.1/ http://172.16.0.1/ http://192.168.0.1/ http://100.64.0.1/ http://198.18.0.1/
    http://224.0.0.1/ http://255.255.255.255/ http://240.0.0.1/ http://[ff02::1]/ http://[::1/
    http://[127.0.0.1]/ http://[localhost]/ http://127.0.0.1:99999/ http://127.0.0.1:0/
    http://127.0.0.1:80:80/ http://127.0.0.1:٨٠/ http://127.0.0.1:8o/ http://-/ http://./ http://../
    http:// http://:80/ http://?/ ftp://example.com/ file:///etc/passwd gopher://127.0.0.1:25/
    javascript:alert(1) data:text/plain,x unix:///run/docker.sock ws://example.com/ HTTPS//x
""".split()
SPACED = [
    "http://127.0.0.1 /",
    " http://example.com/",
    "http://example.com/\r\nX: 1",
    "http://exam\tple.com/",
    "http://example.com/\x00",
    "http://example.com/\u2028",
    "http://example.com/\u00a0",
    "http://example.com/a b",
]


@pytest.mark.parametrize(("address", "kind"), ADDRESSES)
def test_no_address_of_the_corpus_is_called(address: str, kind: type[AddressRefused]) -> None:
    host = f"[{address}]" if ":" in address else address

    trouble = trouble_with(f"http://{host}/", STRICT)

    assert isinstance(trouble, CallRefused)
    assert (trouble.code, trouble.reason) == ("call_refused", kind.code)


@pytest.mark.parametrize("host", HOSTS)
def test_no_host_of_the_corpus_is_called(host: str) -> None:
    trouble = trouble_with(f"http://{host}/", STRICT)

    assert trouble.code == "call_refused"


@pytest.mark.parametrize("url", [*TRICKS, *SPACED, "", "http://" + "a." * 2000 + "example/"])
def test_no_spelling_leads_inside(url: str) -> None:
    trouble = trouble_with(url, STRICT)

    assert trouble.code == "call_refused"
    assert (trouble.source, trouble.milliseconds < 1000) == ("", True)


def test_the_corpora_are_as_large_as_they_should_be() -> None:
    assert len(ADDRESSES) >= 60
    assert len(set(TRICKS)) >= 60


@pytest.mark.parametrize("url", [*TRICKS, *SPACED])
def test_a_form_refuses_them_without_asking_anybody(url: str) -> None:
    with pytest.raises(CallRefused):
        check_url(url, STRICT)


@pytest.mark.parametrize(
    ("url", "spelled"),
    [
        ("HTTPS://WWW.Example.COM.", "https://www.example.com/"),
        ("https://example.com:443?a=b", "https://example.com/?a=b"),
        ("http://bücher.example:8080/ü", "http://xn--bcher-kva.example:8080/ü"),
        ("https://[2606:4700::1111]/", "https://[2606:4700::1111]/"),
    ],
)
def test_a_form_takes_others_in_one_spelling(url: str, spelled: str) -> None:
    assert check_url(url, STRICT) == spelled


@pytest.mark.parametrize("answer", ["127.0.0.1", "10.0.0.1", "169.254.169.254", "192.168.1.1"])
def test_a_name_that_leads_inside_is_refused(answer: str) -> None:
    with dns_server({"inside.example.com": {"A": [answer]}}) as names:
        trouble = trouble_with("http://inside.example.com/", names.egress(STRICT))

    assert trouble.code == "call_refused"
    assert answer in str(trouble)


def test_of_several_addresses_only_those_that_pass_are_called() -> None:
    only_one = Egress(allowed=(ip_network("127.0.0.5/32"),))
    with http_server(Response(200, b"five"), host="127.0.0.5") as five:
        zone: Zone = {"both.example.com": {"A": ["127.0.0.1", "127.0.0.5"]}}
        with http_server(host="127.0.0.1", port=five.port) as one, dns_server(zone) as names:
            answer = get(f"http://both.example.com:{five.port}/", names.egress(only_one))

    assert (answer.body, answer.peer, one.connections) == (b"five", "127.0.0.5", 0)


def test_a_name_is_looked_up_once_so_that_rebinding_leads_nowhere() -> None:
    answers = Successive(["127.0.0.1"], ["127.0.0.77"], ["10.0.0.1"])
    zone: Zone = {"rebinds.example.com": {"A": answers}}
    with (
        http_server(Response(200, b"checked")) as checked,
        http_server(host="127.0.0.77", port=checked.port) as other,
        dns_server(zone) as names,
    ):
        answer = get(f"http://rebinds.example.com:{checked.port}/", names.egress())

    assert (answer.body, answer.peer) == (b"checked", "127.0.0.1")
    assert names.count("rebinds.example.com", "A") == 1
    assert other.connections == 0
    assert checked.requests[0].host == f"rebinds.example.com:{checked.port}"


def test_rebinding_away_from_the_inside_is_refused_all_the_same() -> None:
    zone: Zone = {"rebinds.example.com": {"A": Successive(["10.0.0.1"], ["127.0.0.1"])}}
    with dns_server(zone) as names:
        trouble = trouble_with("http://rebinds.example.com/", names.egress())

    assert trouble.code == "call_refused"


@pytest.mark.parametrize(
    ("zone", "code"),
    [
        ({}, "name_not_found"),
        ({"odd.example.com": {"TXT": ["x"]}}, "name_without_address"),
        ({"odd.example.com": Trouble.SERVFAIL}, "name_lookup_failed"),
        ({"odd.example.com": Trouble.SILENCE}, "name_lookup_timed_out"),
    ],
)
def test_a_name_that_leads_nowhere_is_told_so(zone: dict[str, object], code: str) -> None:
    limits = replace(QUICK, connect=0.4)
    with dns_server(zone) as names:  # type: ignore[arg-type]
        trouble = trouble_with("http://odd.example.com/", names.egress(), limits=limits)

    assert trouble.code == code
    assert "odd.example.com" in str(trouble)


def test_ports_are_those_that_the_operator_allows() -> None:
    with http_server() as server:
        web = replace(LOCAL, call_ports=frozenset({80, 443}))

        refused = trouble_with(f"http://127.0.0.1:{server.port}/", web)
        allowed = replace(LOCAL, call_ports=frozenset({server.port}))
        assert get(f"http://127.0.0.1:{server.port}/", allowed).status == 200

    assert isinstance(refused, CallRefused)
    assert refused.reason == "port_of_url_refused"
    assert "80, 443" in str(refused)
    assert "PORTICO_CALL_PORTS" in str(refused)


def test_the_ports_without_a_number_count_too() -> None:
    trouble = trouble_with("http://127.0.0.1/", replace(LOCAL, call_ports=frozenset({443})))

    assert "Port 80" in str(trouble)


def test_a_password_in_a_url_is_not_repeated() -> None:
    trouble = trouble_with("https://user:s3cret@example.com/", STRICT)

    assert "s3cret" not in f"{trouble} {trouble.facts}"


def test_loopback_is_reached_only_where_it_is_allowed() -> None:
    assert address_in(check_host("127.0.0.1")) in LOOPBACK[0]
    with http_server() as server:
        assert get(f"http://[::ffff:127.0.0.1]:{server.port}/").peer == "127.0.0.1"
        assert trouble_with(f"http://127.0.0.1:{server.port}/", STRICT).code == "call_refused"

    with pytest.raises(HostRefused):
        check_host("127.0.0.1/8")
