"""Which addresses this machine has."""

from __future__ import annotations

from ipaddress import ip_address

import pytest

from portico.config.running.checks import OutboundAddressMissing, ensure_outbound
from portico.egress.configuration import outbound_in
from portico.egress.local_addresses import addresses_here, is_here, missing_here


def test_loopback_is_here_as_a_whole_and_a_documentation_address_is_not() -> None:
    assert is_here(ip_address("127.0.0.1"))
    assert is_here(ip_address("127.200.3.4"))
    assert not is_here(ip_address("203.0.113.77"))
    assert not is_here(ip_address("2001:db8::77"))


def test_every_address_that_the_system_tells_of_can_be_bound_to() -> None:
    found = addresses_here()

    assert ip_address("127.0.0.1") in found
    assert list(found) == sorted(set(found), key=lambda one: (one.version, int(one)))
    assert all(is_here(address) for address in found)


def test_only_local_addresses_can_be_missing() -> None:
    outbound = outbound_in(
        "198.51.100.7=127.0.0.11,198.51.100.8=203.0.113.77,198.51.100.9=nat,"
        "198.51.100.10=http://203.0.113.78:3128,203.0.113.79"
    )

    assert [str(one.public) for one in missing_here(outbound)] == ["198.51.100.8", "203.0.113.79"]


def test_a_start_with_missing_ones_is_refused_with_those_that_are_here() -> None:
    ensure_outbound(outbound_in("198.51.100.7=127.0.0.11"))

    with pytest.raises(OutboundAddressMissing) as caught:
        ensure_outbound(outbound_in("198.51.100.8=203.0.113.77,203.0.113.79"))

    assert "203.0.113.77, 203.0.113.79, which this machine does not have" in str(caught.value)
    for address in addresses_here():
        assert str(address) in str(caught.value)
