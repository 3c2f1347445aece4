"""What `portico doctor` says of the web server in front of a production."""

from __future__ import annotations

import pytest

from portico.config.env import Env
from portico.config.running.diagnosis import in_front

GOOD = "an-URL-safe_secret-of-25ch"


def said(**settings: object) -> list[tuple[bool, str]]:
    env = Env(_env_file=None, mode="production", **settings)  # type: ignore[arg-type]
    return [(finding.fine, finding.sentence) for finding in in_front(env)]


def test_one_proxy_and_a_secret_are_fine() -> None:
    assert [fine for fine, _ in said(trusted_proxies=1, tls_ask_secret=GOOD)] == [True, True]


def test_without_a_proxy_nobody_would_see_a_page() -> None:
    (fine, sentence), _secret = said(trusted_proxies=0, tls_ask_secret=GOOD)

    assert not fine
    assert "Set it to the number of proxies in front." in sentence


def test_a_missing_secret_is_told_and_is_no_problem() -> None:
    _proxies, (fine, sentence) = said(trusted_proxies=1)

    assert fine
    assert "gets no certificates on demand" in sentence


@pytest.mark.parametrize("secret", ["short", "x" * 19, GOOD + "&domain=a", GOOD + " ", "ü" * 30])
def test_a_secret_that_does_not_fit_into_an_address_is_a_problem(secret: str) -> None:
    _proxies, (fine, sentence) = said(trusted_proxies=1, tls_ask_secret=secret)

    assert not fine
    assert secret not in sentence
