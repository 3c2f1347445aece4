"""Replies are made safe to show, whatever a server sends."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portico.service_email.smtp.masks import Mask
from portico.service_email.smtp.replies import LONGEST_TEXT, Reply, line_of, reply_of

OPEN = Mask("", "")


def reply(*lines: bytes, mask: Mask = OPEN) -> Reply:
    """The reply that these lines make."""
    parts = [line_of(line) for line in lines]
    return reply_of([part for part in parts if part is not None], mask)


@pytest.mark.parametrize(
    ("lines", "code", "enhanced", "text"),
    [
        ((b"250 2.0.0 OK queued as 4F2A",), 250, "2.0.0", "OK queued as 4F2A"),
        ((b"250",), 250, "", ""),
        ((b"250 ",), 250, "", ""),
        ((b"421 4.7.0",), 421, "4.7.0", ""),
        ((b"250-first", b"250 second"), 250, "", "first second"),
        (
            (b"535-5.7.8 Not accepted.", b"535 5.7.8  See gsmtp"),
            535,
            "5.7.8",
            "Not accepted. See gsmtp",
        ),
        ((b"550 12.3.4 is no status code",), 550, "", "12.3.4 is no status code"),
        ((b"550 5.1.1nearly",), 550, "", "5.1.1nearly"),
        ((b"550 a\tb\x00c\x1b[31md",), 550, "", "a bc[31md"),
        (("550 grüße 你好".encode(),), 550, "", "grüße 你好"),
        ((b"550 gr\xfc\xdfe",), 550, "", r"gr\xfc\xdfe"),
        (("550 a\u202eb\u200bc\ufeff".encode(),), 550, "", "abc"),
        ((b"250 a   lot    of room  ",), 250, "", "a lot of room"),
    ],
)
def test_replies_read_well(lines: tuple[bytes, ...], code: int, enhanced: str, text: str) -> None:
    read = reply(*lines)

    assert (read.code, read.enhanced, read.text) == (code, enhanced, text)


@pytest.mark.parametrize(
    "line",
    [b"", b"25", b"2500 x", b"250_x", b"HTTP/1.1 200 OK", b"199 x", b"600 x", b" 250 x", b"+OK"],
)
def test_what_is_no_reply_is_seen(line: bytes) -> None:
    assert line_of(line) is None


def test_a_reply_says_itself_in_one_line() -> None:
    assert str(reply(b"535 5.7.8 no")) == "535 5.7.8 no"
    assert str(reply(b"250")) == "250"
    assert reply(b"550 x").permanent
    assert not reply(b"450 x").permanent


@given(st.lists(st.binary(max_size=400), min_size=1, max_size=30))
def test_any_bytes_become_one_bounded_printable_line(texts: list[bytes]) -> None:
    read = reply(*(b"550-" + text for text in texts))

    assert len(read.text) <= LONGEST_TEXT
    assert not any(unicodedata.category(letter).startswith("C") for letter in read.text)
    assert "\n" not in read.text
