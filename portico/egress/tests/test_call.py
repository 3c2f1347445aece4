"""`call`: what is asked, and what comes back."""

from __future__ import annotations

import logging

import pytest

from portico.egress.calls import Limits, call
from portico.egress.tests.calling import LOCAL, QUICK, get, trouble_with
from tests.peers.https import Response, http_server
from tests.peers.scripted import saying, scripted_server


def test_a_request_is_sent_as_it_is_given_and_says_whose_it_is() -> None:
    with http_server(Response(201, b"made", (("X-Number", "7"), ("x-number", "8")))) as server:
        answer = call(
            "POST",
            f"http://localhost:{server.port}/hooks/a%20b?token=%C3%BC",
            egress=LOCAL,
            headers={"Webhook-Id": "msg_1", "Content-Type": "application/json"},
            body=b'{"a": 1}',
            limits=QUICK,
        )

    (asked,) = server.requests
    assert (asked.method, asked.path, asked.body) == (
        "POST",
        "/hooks/a%20b?token=%C3%BC",
        b'{"a": 1}',
    )
    assert asked.host == f"localhost:{server.port}"
    assert asked.headers["webhook-id"] == "msg_1"
    assert asked.headers["content-type"] == "application/json"
    assert asked.headers["content-length"] == "8"
    assert asked.headers["user-agent"] == "Portico"
    assert asked.headers["accept-encoding"] == "identity"
    assert asked.headers["connection"] == "close"
    assert (answer.status, answer.body, answer.cut) == (201, b"made", False)
    assert (answer.source, answer.peer) == ("", "127.0.0.1")
    assert [value for name, value in answer.headers if name.lower() == "x-number"] == ["7", "8"]
    assert answer.header("X-NUMBER") == "7"
    assert answer.header("x-other") == ""


def test_a_redirect_is_an_answer_and_nobody_goes_there() -> None:
    with (
        http_server(Response(200, b"secret")) as inside,
        http_server(Response(302, b"", (("Location", f"http://127.0.0.1:{inside.port}/"),))) as out,
    ):
        answer = get(f"http://127.0.0.1:{out.port}/")

    assert (answer.status, answer.header("location")) == (302, f"http://127.0.0.1:{inside.port}/")
    assert inside.connections == 0


def test_a_proxy_of_the_environment_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    with http_server(Response(200, b"proxy")) as proxy, http_server(Response(200, b"me")) as server:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")

        answer = get(f"http://127.0.0.1:{server.port}/")

    assert (answer.body, proxy.connections) == (b"me", 0)


def test_cookies_are_not_kept() -> None:
    with http_server(Response(200, b"", (("Set-Cookie", "a=1; Path=/"),))) as server:
        get(f"http://127.0.0.1:{server.port}/")
        get(f"http://127.0.0.1:{server.port}/")

    assert "cookie" not in server.requests[1].headers


@pytest.mark.parametrize("size", [0, 99, 100, 101, 5000])
def test_a_body_is_read_up_to_the_limit(size: int) -> None:
    with http_server(Response(200, b"x" * size)) as server:
        answer = get(f"http://127.0.0.1:{server.port}/", limits=Limits(most_read=100))

    assert (len(answer.body), answer.cut) == (min(size, 100), size > 100)


def test_an_answer_without_a_body_is_whole() -> None:
    with scripted_server(saying(b"HTTP/1.1 204 No Content\r\n\r\n")) as server:
        answer = get(f"http://127.0.0.1:{server.port}/")

    assert (answer.status, answer.body, answer.cut) == (204, b"", False)


def test_a_body_that_ends_with_the_connection_is_whole() -> None:
    with scripted_server(saying(b"HTTP/1.0 200 OK\r\n\r\n", b"all ", b"of it")) as server:
        answer = get(f"http://127.0.0.1:{server.port}/")

    assert (answer.body, answer.cut) == (b"all of it", False)


@pytest.mark.parametrize("name", ["Host", "connection", "Content-Length", "transfer-encoding"])
def test_headers_that_frame_a_request_are_not_for_callers(name: str) -> None:
    with pytest.raises(ValueError, match=name.lower()):
        call("GET", "http://127.0.0.1/", egress=LOCAL, headers={name: "1"})


def test_no_log_holds_the_path_or_the_query(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO), http_server(Response(500)) as server:
        get(f"http://127.0.0.1:{server.port}/hooks/s3cret?token=s3cret")

    assert "s3cret" not in caplog.text


def test_no_error_holds_the_path_or_the_query() -> None:
    with scripted_server(saying(b"nonsense\r\n\r\n")) as server:
        trouble = trouble_with(f"http://127.0.0.1:{server.port}/s3cret?token=s3cret")

    assert "s3cret" not in f"{trouble} {trouble!r} {trouble.facts}"
