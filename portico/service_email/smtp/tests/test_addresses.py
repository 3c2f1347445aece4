"""Mail addresses as they go over the wire."""

from __future__ import annotations

import pytest

from portico.service_email.smtp.addresses import LONGEST, wire_address


@pytest.mark.parametrize(
    ("address", "wire"),
    [
        ("ines@example.com", "ines@example.com"),
        ("o'neil+news@mail.example.com", "o'neil+news@mail.example.com"),
        ("ines@bücher.example", "ines@xn--bcher-kva.example"),
        ("ines@BÜCHER.example", "ines@xn--bcher-kva.example"),
        ("用户@例子.中国", "用户@xn--fsqu00a.xn--fiqs8s"),
        ("grüße@example.com", "grüße@example.com"),
    ],
)
def test_domains_come_out_in_ascii(address: str, wire: str) -> None:
    assert wire_address(address) == wire


@pytest.mark.parametrize(
    "address",
    [
        "",
        "ines",
        "@example.com",
        "ines@",
        "ines @example.com",
        "ines@example.com\r\nRCPT TO:<other@example.com>",
        "ines@example.com>",
        "<ines@example.com",
        "ines\x00@example.com",
        "ines\u2028@example.com",
        "ines@bü..example",
        "ines@\ud800.example",
        "a" * LONGEST + "@example.com",
    ],
)
def test_what_could_not_be_sent_as_one_word_is_no_address(address: str) -> None:
    assert wire_address(address) is None
