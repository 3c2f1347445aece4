from __future__ import annotations

import socket

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from portico.egress.rules import HostRefused, address_in, check_host, is_this_machine
from portico.egress.tests.corpus import HOSTS, REFUSED_HOSTS


@pytest.mark.parametrize(("text", "host"), HOSTS)
def test_a_host_comes_out_in_one_form(text: str, host: str) -> None:
    assert check_host(text) == host


@pytest.mark.parametrize(("text", "kind"), REFUSED_HOSTS, ids=lambda value: repr(value)[:40])
def test_what_is_no_host_is_refused_by_its_kind(text: str, kind: type[HostRefused]) -> None:
    with pytest.raises(HostRefused) as refused:
        check_host(text)

    assert type(refused.value) is kind
    assert len(str(refused.value)) < 300
    assert str(refused.value).isprintable()


def test_a_password_before_the_host_is_not_repeated() -> None:
    with pytest.raises(HostRefused) as refused:
        check_host("smtp://mailer:hunter2@smtp.example.com")

    assert "hunter2" not in str(refused.value)
    assert "…@smtp.example.com" in str(refused.value)


@given(st.text() | st.from_regex(r"[a-z0-9.:%\[\]x-]{1,40}", fullmatch=True))
@example("İ.example")
@example("ẞ.example")
@example("XN--BCHER-KVA.example")
def test_what_comes_out_goes_in_again_unchanged(text: str) -> None:
    try:
        host = check_host(text)
    except HostRefused:
        return

    assert check_host(host) == host
    assert host.isascii()
    assert host == host.lower()


@given(st.from_regex(r"(0x)?[0-9a-f.]{1,20}", fullmatch=True))
def test_what_the_system_takes_for_an_address_is_one_or_refused(text: str) -> None:
    try:
        packed = socket.inet_aton(text)
    except OSError:
        return

    try:
        host = check_host(text)
    except HostRefused:
        return

    found = address_in(host)
    assert found is not None
    assert found.packed == packed


def test_names_of_loopback_are_known() -> None:
    assert is_this_machine("localhost")
    assert is_this_machine("acme.localhost")
    assert not is_this_machine("notlocalhost")
    assert not is_this_machine("localhost.example.com")
