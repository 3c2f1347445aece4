from __future__ import annotations

import socket
import threading

import pytest

from portico.egress.configuration import Egress
from portico.egress.resolving import (
    LookupFailed,
    LookupTimedOut,
    LookupTrouble,
    NameNotFound,
    NoAddress,
    records,
    resolve,
    txt_records,
)
from portico.egress.rules import AddressRefused, HostRefused, check_address
from tests.peers.dns import Successive, Trouble, Zone, dns_server, unused_name_server

SOON = 5.0  # answers come at once; so long may a busy machine take
SHORT = 0.2  # where no answer will come

ZONE: Zone = {
    "mail.example.com": {
        "A": ["192.0.2.2", "192.0.2.1"],
        "AAAA": ["2001:db8::1"],
        "MX": ["20 second.example.com", "10 first.example.com"],
        "TXT": ["v=spf1 -all", "naïve"],
    },
    "six.example.com": {"AAAA": ["2001:db8::6"]},
    "text.example.com": {"TXT": ["only"]},
    "long.example.com": {"TXT": ["x" * 300, "y" * 600]},
    "many.example.com": {"A": [f"192.0.2.{number}" for number in range(1, 60)]},
    "alias.example.com": {"CNAME": "alias-of-alias.example.com"},
    "alias-of-alias.example.com": {"CNAME": "mail.example.com"},
    "alias-to-nowhere.example.com": {"CNAME": "nowhere.example.com"},
    "loop.example.com": {"CNAME": "pool.example.com"},
    "pool.example.com": {"CNAME": "loop.example.com"},
    "servfail.example.com": Trouble.SERVFAIL,
    "refused.example.com": Trouble.REFUSED,
    "lame.example.com": Trouble.LAME,
    "silent.example.com": Trouble.SILENCE,
    "garbage.example.com": Trouble.GARBAGE,
    "half.example.com": {"A": ["192.0.2.1"], "AAAA": Trouble.SERVFAIL},
    "silent-about-six.example.com": {"A": ["192.0.2.1"], "AAAA": Trouble.SILENCE},
    "only-trouble.example.com": {"A": Trouble.SERVFAIL},
    "rebinds.example.com": {"A": Successive(["8.8.8.8"], ["127.0.0.1"])},
}


def texts(host: str, egress: Egress) -> list[str]:
    return [str(address) for address in resolve(host, egress, timeout=SOON)]


@pytest.mark.parametrize(
    ("host", "found"),
    [
        ("mail.example.com", ["192.0.2.2", "192.0.2.1", "2001:db8::1"]),
        ("MAIL.Example.com.", ["192.0.2.2", "192.0.2.1", "2001:db8::1"]),
        ("six.example.com", ["2001:db8::6"]),
        ("alias.example.com", ["192.0.2.2", "192.0.2.1", "2001:db8::1"]),
        ("half.example.com", ["192.0.2.1"]),
        ("silent-about-six.example.com", ["192.0.2.1"]),
    ],
)
def test_a_name_has_all_its_addresses(host: str, found: list[str]) -> None:
    with dns_server(ZONE) as server:
        assert texts(host, server.egress()) == found


@pytest.mark.parametrize(
    ("host", "kind"),
    [
        ("nowhere.example.com", NameNotFound),
        ("alias-to-nowhere.example.com", NameNotFound),
        ("text.example.com", NoAddress),
        ("example.com", NoAddress),
        ("loop.example.com", LookupFailed),
        ("servfail.example.com", LookupFailed),
        ("refused.example.com", LookupFailed),
        ("lame.example.com", LookupFailed),
        ("only-trouble.example.com", LookupFailed),
    ],
)
def test_a_name_without_addresses_is_told_apart(host: str, kind: type[LookupTrouble]) -> None:
    with dns_server(ZONE) as server, pytest.raises(LookupTrouble) as trouble:
        resolve(host, server.egress(), timeout=SOON)

    assert type(trouble.value) is kind
    assert host in str(trouble.value)


@pytest.mark.parametrize("host", ["silent.example.com", "garbage.example.com"])
def test_silence_ends_in_time(host: str) -> None:
    with dns_server(ZONE) as server, pytest.raises(LookupTimedOut):
        resolve(host, server.egress(), timeout=SHORT)


def test_nobody_listening_ends_in_time() -> None:
    with pytest.raises(LookupTimedOut):
        resolve("mail.example.com", Egress(name_servers=(unused_name_server(),)), timeout=SHORT)


def test_the_next_name_server_is_asked_when_one_is_silent() -> None:
    with dns_server(ZONE) as server:
        egress = Egress(name_servers=(unused_name_server(), server.name_server))

        found = resolve("mail.example.com", egress, timeout=2)

    assert str(found[0]) == "192.0.2.2"


def test_the_next_name_server_is_asked_when_one_fails() -> None:
    with dns_server({"mail.example.com": Trouble.REFUSED}) as lame, dns_server(ZONE) as server:
        egress = Egress(name_servers=(lame.name_server, server.name_server))

        assert texts("mail.example.com", egress)[0] == "192.0.2.2"
        assert lame.count("mail.example.com") > 0


def test_name_servers_may_listen_on_ipv6() -> None:
    with dns_server(ZONE, host="::1") as server:
        assert texts("six.example.com", server.egress()) == ["2001:db8::6"]


def test_what_does_not_fit_into_a_datagram_is_asked_for_again() -> None:
    with dns_server(ZONE) as server:
        assert len(texts("many.example.com", server.egress())) == 59
        assert server.over_tcp == 1


@pytest.mark.parametrize("host", ["192.0.2.7", "[2001:db8::7]", "localhost", "acme.localhost"])
def test_addresses_and_loopback_need_no_name_server(host: str) -> None:
    with dns_server(ZONE) as server:
        found = texts(host, server.egress())

        assert found == {
            "192.0.2.7": ["192.0.2.7"],
            "[2001:db8::7]": ["2001:db8::7"],
        }.get(host, ["127.0.0.1", "::1"])
        assert server.questions == []


@pytest.mark.parametrize("host", ["2130706433", "127.1", "0x7f.1", "mail example.com", ""])
def test_odd_spellings_are_never_looked_up(host: str) -> None:
    with dns_server(ZONE) as server:
        with pytest.raises(HostRefused):
            resolve(host, server.egress(), timeout=SOON)
        assert server.questions == []


def test_a_name_is_asked_for_as_it_is_with_no_search_domain() -> None:
    with dns_server({"mail": {"A": ["192.0.2.1"]}}) as server:
        assert texts("mail", server.egress()) == ["192.0.2.1"]
        assert {name for name, _kind in server.questions} == {"mail"}


def test_an_international_name_is_asked_for_in_ascii() -> None:
    with dns_server({"xn--bcher-kva.example": {"A": ["192.0.2.1"]}}) as server:
        assert texts("Bücher.example", server.egress()) == ["192.0.2.1"]


def test_each_lookup_asks_anew_so_a_changed_answer_is_seen_and_must_be_checked_again() -> None:
    public_only = Egress()
    with dns_server(ZONE) as server:
        (before,) = resolve("rebinds.example.com", server.egress(), timeout=SOON)
        (after,) = resolve("rebinds.example.com", server.egress(), timeout=SOON)

    check_address(before, public_only)
    with pytest.raises(AddressRefused):
        check_address(after, public_only)


def test_one_lookup_asks_once_for_each_family() -> None:
    with dns_server(ZONE) as server:
        resolve("mail.example.com", server.egress(), timeout=SOON)

        assert sorted(server.questions) == [("mail.example.com", "A"), ("mail.example.com", "AAAA")]


def test_texts_come_in_one_piece_each() -> None:
    with dns_server(ZONE) as server:
        egress = server.egress()

        assert set(txt_records("mail.example.com", egress, timeout=SOON)) == {
            "v=spf1 -all",
            "naïve",
        }
        assert set(txt_records("long.example.com", egress, timeout=SOON)) == {"x" * 300, "y" * 600}
        assert server.over_tcp == 1


def test_a_name_without_texts_has_none_and_one_that_is_unknown_is_told() -> None:
    with dns_server(ZONE) as server:
        assert txt_records("six.example.com", server.egress(), timeout=SOON) == ()
        with pytest.raises(NameNotFound):
            txt_records("_dmarc.example.com", server.egress(), timeout=SOON)


@pytest.mark.parametrize("name", ["a" * 64 + ".example.com", "a..example.com", "a." * 200 + "com"])
def test_a_name_that_no_server_can_know_is_not_found(name: str) -> None:
    with dns_server(ZONE) as server:
        with pytest.raises(NameNotFound):
            txt_records(name, server.egress(), timeout=SOON)
        assert server.questions == []


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("servfail.example.com", "SERVFAIL"),
        ("refused.example.com", "REFUSED"),
        ("lame.example.com", "lame"),
        ("loop.example.com", ""),
    ],
)
def test_the_name_servers_own_word_is_kept(name: str, reason: str) -> None:
    with dns_server(ZONE) as server, pytest.raises(LookupFailed) as failed:
        txt_records(name, server.egress(), timeout=SOON)

    assert failed.value.facts["reason"] == reason


def test_mail_hosts_come_best_first() -> None:
    with dns_server(ZONE) as server:
        found = records("mail.example.com", "MX", server.egress(), timeout=SOON)

    assert found == ("first.example.com", "second.example.com")


class System:
    """The system's resolver, which tests cannot configure, in the place of `getaddrinfo`."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.error: Exception | None = None
        self.addresses: list[str] = []
        self.blocked = threading.Event()
        self.blocked.set()
        monkeypatch.setattr(socket, "getaddrinfo", self.answer)

    def answer(self, *_args: object, **_options: object) -> list[tuple[object, ...]]:
        self.blocked.wait(20)
        if self.error is not None:
            raise self.error
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, 0)) for one in self.addresses]


@pytest.fixture
def system(monkeypatch: pytest.MonkeyPatch) -> System:
    return System(monkeypatch)


def test_without_name_servers_the_hosts_file_counts() -> None:
    # Every machine has this name in its hosts file, and no name server knows it.
    name = socket.gethostname()
    try:
        expected = socket.gethostbyname(name)
    except OSError:
        pytest.skip("this machine does not know its own name")

    assert expected in texts(name, Egress())


def test_the_systems_order_is_kept_and_repeated_addresses_are_not(system: System) -> None:
    system.addresses = ["2001:db8::1", "192.0.2.1", "2001:db8::1"]

    assert texts("mail.example.com", Egress()) == ["2001:db8::1", "192.0.2.1"]


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (socket.EAI_NONAME, NameNotFound),
        (socket.EAI_NODATA, NoAddress),
        (socket.EAI_AGAIN, LookupFailed),
        (socket.EAI_FAIL, LookupFailed),
    ],
)
def test_what_the_system_says_is_told_apart(
    error: int, kind: type[LookupTrouble], system: System
) -> None:
    system.error = socket.gaierror(error, "as the system says it")

    with pytest.raises(LookupTrouble) as trouble:
        resolve("mail.example.com", Egress(), timeout=SOON)
    assert type(trouble.value) is kind


def test_a_blocked_system_does_not_hold_the_caller(system: System) -> None:
    system.blocked.clear()

    with pytest.raises(LookupTimedOut):
        resolve("mail.example.com", Egress(), timeout=SHORT)
    system.blocked.set()


def test_a_lookup_that_breaks_is_a_failed_one(
    system: System, caplog: pytest.LogCaptureFixture
) -> None:
    system.error = RuntimeError("as no system should")

    with pytest.raises(LookupFailed):
        resolve("mail.example.com", Egress(), timeout=SOON)

    assert "A lookup broke" in caplog.text
