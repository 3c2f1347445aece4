from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portico.egress.configuration import LOOPBACK, Egress, networks_in
from portico.egress.rules import AddressRefused, PortRefused, check_address, check_port
from portico.egress.rules.addresses import SPECIAL, Address, PrivateNetwork, sort_addresses
from portico.egress.tests.corpus import PUBLIC, REFUSED

EVERYBODY = Egress()
ADDRESSES = st.ip_addresses(v=4) | st.ip_addresses(v=6)


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_may_be_reached(address: str) -> None:
    check_address(ipaddress.ip_address(address), EVERYBODY)


@pytest.mark.parametrize(("address", "kind"), REFUSED)
def test_other_addresses_are_refused_by_their_kind(
    address: str, kind: type[AddressRefused]
) -> None:
    with pytest.raises(AddressRefused) as refused:
        check_address(ipaddress.ip_address(address), EVERYBODY)

    assert type(refused.value) is kind
    assert str(ipaddress.ip_address(address)) in str(refused.value)


def test_a_refusal_says_the_kind_in_plain_words_and_who_can_allow_it() -> None:
    with pytest.raises(AddressRefused) as refused:
        check_address(ipaddress.ip_address("10.0.0.1"), EVERYBODY)

    assert str(refused.value) == (
        "10.0.0.1 is an address of a private network, which cannot be reached from here. "
        "Accepted are public addresses. The operator of this installation can allow a range of "
        "its own network (PORTICO_EGRESS_ALLOW)."
    )


@given(st.data())
def test_no_address_of_a_special_range_ever_passes(data: st.DataObject) -> None:
    network, _kind = data.draw(st.sampled_from(SPECIAL))
    address = data.draw(st.ip_addresses(network=network))

    with pytest.raises(AddressRefused):
        check_address(address, EVERYBODY)


@given(st.data())
def test_no_ipv4_address_of_a_special_range_passes_within_ipv6(data: st.DataObject) -> None:
    networks = [network for network, _kind in SPECIAL if network.version == 4]
    address = data.draw(st.ip_addresses(network=data.draw(st.sampled_from(networks))))

    for form in ("::ffff:{}", "::{}", "64:ff9b::{}", "::ffff:0:{}", "64:ff9b:1::{}"):
        with pytest.raises(AddressRefused):
            check_address(ipaddress.IPv6Address(form.format(address)), EVERYBODY)


@given(ADDRESSES)
def test_whatever_passes_is_global_to_python_and_no_multicast(address: Address) -> None:
    try:
        check_address(address, EVERYBODY)
    except AddressRefused:
        return

    real = getattr(address, "ipv4_mapped", None) or address
    assert real.is_global
    assert not real.is_multicast
    assert not real.is_reserved


@given(st.ip_addresses(v=4))
def test_an_ipv4_address_mapped_into_ipv6_is_judged_alike(address: ipaddress.IPv4Address) -> None:
    egress = Egress(allowed=networks_in("10.1.0.0/16"))
    mapped = ipaddress.IPv6Address(f"::ffff:{address}")

    plain, wrapped = (sort_addresses([one], egress) for one in (address, mapped))

    assert bool(plain.allowed) is bool(wrapped.allowed)
    assert [type(one) for one in plain.refused] == [type(one) for one in wrapped.refused]


@given(st.data())
def test_what_the_operator_allows_passes_and_nothing_beside_it(data: st.DataObject) -> None:
    allowed = networks_in("10.1.0.0/16,127.0.0.0/8,fd12::/16,169.254.7.0/24")
    egress = Egress(allowed=allowed)

    inside = data.draw(st.ip_addresses(network=data.draw(st.sampled_from(allowed))))
    check_address(inside, egress)

    beside = data.draw(st.ip_addresses(network="10.2.0.0/15") | st.ip_addresses(network="fc00::/8"))
    with pytest.raises(PrivateNetwork):
        check_address(beside, egress)


def test_an_allowed_range_counts_for_addresses_mapped_into_ipv6() -> None:
    check_address(ipaddress.ip_address("::ffff:127.0.0.1"), Egress(allowed=LOOPBACK))


def test_where_nat64_is_allowed_the_address_within_decides() -> None:
    egress = Egress(allowed=networks_in("64:ff9b::/96"))

    check_address(ipaddress.ip_address("64:ff9b::8.8.8.8"), egress)

    with pytest.raises(PrivateNetwork):
        check_address(ipaddress.ip_address("64:ff9b::10.0.0.1"), egress)


def test_addresses_are_sorted_in_their_order_each_refusal_with_its_reason() -> None:
    addresses = [ipaddress.ip_address(text) for text in ("10.0.0.1", "9.9.9.9", "::1", "1.1.1.1")]

    result = sort_addresses(addresses, EVERYBODY)

    assert [str(one) for one in result.allowed] == ["9.9.9.9", "1.1.1.1"]
    assert [one.facts["address"] for one in result.refused] == ["10.0.0.1", "::1"]


def test_ports_outside_the_list_are_refused_with_the_list() -> None:
    check_port(587, EVERYBODY.mail_ports)

    for port in (22, 0, -1, 65536):
        with pytest.raises(PortRefused, match=rf"Port {port} .* 25, 465, 587, 2525\."):
            check_port(port, EVERYBODY.mail_ports)
