from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from html import unescape
from typing import Any

import pytest
from django.test import Client

from portico.single_sign_on.configuration import providers_in
from tests.peers.oidc import OidcPeer, oidc_provider


@pytest.fixture
def staff(settings: Any) -> Iterator[OidcPeer]:
    """A provider that runs and is configured."""
    with oidc_provider() as peer:
        settings.PORTICO_OIDC_PROVIDERS = providers_in(peer.configured)
        yield peer


Go = Callable[..., str]


@pytest.fixture
def go() -> Go:
    """Begin a sign-in, or a linking; returns where the browser is sent."""

    def begin(client: Client, *, linking: bool = False, **values: str) -> str:
        path = (
            "/settings/account/linked-sign-ins/staff/link/" if linking else "/sign-in/with/staff/"
        )
        response = client.post(path, values)
        assert response.status_code == 200, response.content
        found = re.search(r'url=([^"]+)"', response.content.decode())
        assert found is not None
        return unescape(found[1])

    return begin
