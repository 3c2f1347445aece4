"""`call` against servers that never come to an end: each of these would hang without a limit."""

from __future__ import annotations

import gzip
import socket
import threading

import pytest

from portico.egress.calls import Limits
from portico.egress.tests.calling import LOCAL, get, trouble_with
from tests.peers.https import Behavior, http_server
from tests.peers.scripted import Talk, saying, saying_for_ever, scripted_server

HEAD = b"HTTP/1.1 200 OK\r\n"
SHORT = Limits(connect=0.3, read=0.3, whole=0.5)
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"


def dripping(first: bytes, drop: bytes) -> Talk:
    """Says a little, always soon enough for one wait, and never all."""

    def talk(client: socket.socket) -> None:
        client.sendall(first)
        never = threading.Event()
        while not never.wait(0.05):
            client.sendall(drop)

    return talk


@pytest.mark.parametrize(
    ("first", "drop"),
    [
        (b"", b"H"),
        (HEAD, b"X-More: 1\r\n"),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        (HEAD + b"Content-Length: 1000\r\n\r\n", b"x"),
        (HEAD + b"\r\n", b"x"),
        (CHUNKED, b"1\r\nx\r\n"),
        (CHUNKED, b"1;"),
    ],
)
def test_who_drips_is_left_when_the_whole_time_is_over(first: bytes, drop: bytes) -> None:
    with scripted_server(dripping(first, drop)) as server:
        trouble = trouble_with(f"http://127.0.0.1:{server.port}/", limits=SHORT)

    assert (trouble.code, trouble.facts["seconds"]) == ("call_timed_out", "0.5")
    assert trouble.milliseconds >= 500


def test_who_is_silent_is_left_after_one_wait() -> None:
    with http_server(Behavior.SILENCE) as server:
        trouble = trouble_with(f"http://127.0.0.1:{server.port}/", limits=SHORT)

    assert (trouble.code, trouble.facts["seconds"]) == ("call_timed_out", "0.3")


def test_who_takes_the_connection_and_no_request_is_left() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        port = listener.getsockname()[1]
        from portico.egress.calls import CallTrouble, call

        with pytest.raises(CallTrouble) as caught:
            call(
                "POST",
                f"http://127.0.0.1:{port}/",
                egress=LOCAL,
                body=b"x" * 50_000_000,
                limits=SHORT,
            )

    assert caught.value.code == "call_timed_out"


def test_a_tls_handshake_that_never_goes_on_is_left() -> None:
    with scripted_server(dripping(b"\x16\x03\x03\x40\x00", b"\x02"), at_once=True) as server:
        trouble = trouble_with(f"https://127.0.0.1:{server.port}/", limits=SHORT)

    assert trouble.code == "call_timed_out"


@pytest.mark.parametrize(
    ("first", "again"),
    [
        (HEAD, b"X-More: 1\r\n" * 1000),
        (HEAD + b"X-Long: ", b"x" * 10_000),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 500),
    ],
)
def test_headers_without_end_are_an_error(first: bytes, again: bytes) -> None:
    with scripted_server(saying_for_ever(first, again)) as server:
        trouble = trouble_with(f"http://127.0.0.1:{server.port}/")

    assert trouble.code in {"answer_too_long", "answer_broken"}


@pytest.mark.parametrize(
    ("first", "again"),
    [
        (HEAD + b"\r\n", b"x" * 10_000),
        (HEAD + b"Content-Length: 99999999999\r\n\r\n", b"x" * 10_000),
        (CHUNKED, b"2710\r\n" + b"x" * 10_000 + b"\r\n"),
    ],
)
def test_a_body_without_end_is_cut(first: bytes, again: bytes) -> None:
    with scripted_server(saying_for_ever(first, again)) as server:
        answer = get(f"http://127.0.0.1:{server.port}/")

    assert (len(answer.body), answer.cut) == (16 * 1024, True)


def test_a_body_of_tiny_chunks_with_much_around_them_is_cut() -> None:
    chunk = b"1;" + b"e" * 900 + b"\r\nx\r\n"
    with scripted_server(saying_for_ever(CHUNKED, chunk * 10)) as server:
        answer = get(f"http://127.0.0.1:{server.port}/")

    assert answer.cut
    assert 0 < len(answer.body) < 16 * 1024


def test_a_compression_bomb_stays_as_small_as_it_came() -> None:
    bomb = gzip.compress(b"0" * 20_000_000)
    head = f"Content-Encoding: gzip\r\nContent-Length: {len(bomb)}\r\n\r\n".encode()
    with scripted_server(saying(HEAD + head, bomb)) as server:
        answer = get(f"http://127.0.0.1:{server.port}/")

    assert answer.body == bomb[: 16 * 1024]
    assert answer.cut


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"hello\r\n\r\n",
        b"HTTP/1.1 200",
        HEAD + b"Content-Length: 10\r\n\r\nshort",
        HEAD + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nxx",
        HEAD + b"Content-Length: -1\r\n\r\n",
        HEAD + b"no colon\r\n\r\n",
        CHUNKED + b"zz\r\n",
        CHUNKED + b"5\r\nab",
        b"\x16\x03\x01\x00\x00",
    ],
)
def test_what_is_not_http_or_breaks_off_is_told_so(said: bytes) -> None:
    with scripted_server(saying(said)) as server:
        trouble = trouble_with(f"http://127.0.0.1:{server.port}/")

    assert trouble.code == "answer_broken"


def test_a_server_that_hangs_up_in_the_middle_is_told_so() -> None:
    with http_server(Behavior.RESET) as server:
        trouble = trouble_with(f"http://127.0.0.1:{server.port}/")

    assert trouble.code in {"connection_lost", "answer_broken"}


def test_a_port_where_nobody_listens_is_told_so() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

    trouble = trouble_with(f"http://127.0.0.1:{port}/")

    assert trouble.code == "connection_refused"
    assert str(port) in str(trouble)
