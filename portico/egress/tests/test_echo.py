"""The echo: it tells whoever asks where they ask from."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from portico.workspaces.models import Workspace

PATH = "/.well-known/portico-echo"


def test_it_tells_the_peer_and_believes_no_header(
    acme: Workspace, browse: Callable[..., Client]
) -> None:
    answer = browse(acme).get(
        PATH, REMOTE_ADDR="198.51.100.7", headers={"x-forwarded-for": "203.0.113.1"}
    )

    assert (answer.status_code, answer.text) == (200, "198.51.100.7\n")
    assert answer["Content-Type"].startswith("text/plain")
    assert answer["Cache-Control"] == "no-store"


def test_behind_a_trusted_proxy_it_tells_what_the_proxy_tells(
    acme: Workspace, browse: Callable[..., Client], settings: Any
) -> None:
    settings.PORTICO_TRUSTED_PROXIES = 1

    answer = browse(acme).get(
        PATH, REMOTE_ADDR="10.0.0.1", headers={"x-forwarded-for": "6.6.6.6, 198.51.100.7"}
    )

    assert answer.text == "198.51.100.7\n"


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_it_can_only_be_read(method: str, acme: Workspace, browse: Callable[..., Client]) -> None:
    assert getattr(browse(acme), method)(PATH).status_code == 405
