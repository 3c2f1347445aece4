"""What an operator may write for the addresses that calls leave from."""

from __future__ import annotations

from ipaddress import ip_address

import pytest

from portico.egress.configuration import OutboundAddress, outbound_in


def test_each_way_of_leaving_is_understood() -> None:
    found = outbound_in(
        "198.51.100.7=10.0.0.7, 198.51.100.8=http://10.0.0.9:3128 ,198.51.100.9=nat,"
        "198.51.100.10,2001:db8::1=fd00::1"
    )

    assert found == (
        OutboundAddress(ip_address("198.51.100.7"), local=ip_address("10.0.0.7")),
        OutboundAddress(ip_address("198.51.100.8"), proxy="10.0.0.9:3128"),
        OutboundAddress(ip_address("198.51.100.9")),
        OutboundAddress(ip_address("198.51.100.10"), local=ip_address("198.51.100.10")),
        OutboundAddress(ip_address("2001:db8::1"), local=ip_address("fd00::1")),
    )


def test_none_is_none() -> None:
    assert outbound_in("") == outbound_in(" , ") == ()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("example.com", "is no address"),
        ("198.51.100.7=example.com", "is no address"),
        ("198.51.100.7=10.0.0.7,198.51.100.7=nat", "is named twice"),
        ("198.51.100.7=fd00::1", "of different kinds"),
        ("0.0.0.0=nat", "no call can leave from"),
        ("198.51.100.7=224.0.0.1", "no call can leave from"),
        ("fe80::1%eth0=nat", "no call can leave from"),
        ("198.51.100.7=https://10.0.0.9:3128", "is no address"),
        ("198.51.100.7=http://10.0.0.9", "is not a proxy"),
        ("198.51.100.7=http://10.0.0.9:3128/path", "is not a proxy"),
        ("198.51.100.7=http://10.0.0.9:99999", "is not a proxy"),
    ],
)
def test_what_is_not_understood_is_refused(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        outbound_in(text)


def test_a_proxys_password_is_refused_and_not_repeated() -> None:
    with pytest.raises(ValueError, match="no user name and password") as refusal:
        outbound_in("198.51.100.7=http://me:hunter2@10.0.0.9:3128")

    assert "hunter2" not in str(refusal.value)
