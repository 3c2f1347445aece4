"""A provider of mail: an endpoint for access tokens, and a mail server, both on loopback."""

from __future__ import annotations

import contextlib
import json
import ssl
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from django.core.cache import cache

from portico.egress.configuration import LOOPBACK, Egress
from portico.kernel.clock import now
from portico.service_email.doctor import runs
from portico.service_email.doctor.examining import run_test
from portico.service_email.models import TestRun
from portico.service_email.smtp.limits import Limits
from portico.workspaces.models import Membership
from tests.make import actor
from tests.peers.https import Authority, Request, Response, WebServer, https_server
from tests.peers.smtp import MailServer, mail_server

CLIENT_SECRET, REFRESH = "cs-1b9e77f0cc", "rt-55d0c2e9bb"
TOKENS: dict[str, Any] = {
    "sign_in_with": "oauth2",
    "token_url": "https://login.example.com/oauth2/token",
    "client_id": "app-1",
    "scope": "smtp.send",
    "client_secret": CLIENT_SECRET,
    "refresh_token": REFRESH,
    "password": None,
}


@dataclass
class Provider:
    """A provider's endpoint, which takes each refresh token once if `renews`, and mail server."""

    mail: MailServer
    port: int = 0
    renews: bool = False
    good: list[str] = field(default_factory=lambda: [REFRESH])
    asked: int = 0
    refused: int = 0
    endpoint: WebServer | None = None

    @property
    def values(self) -> dict[str, Any]:
        return {
            **TOKENS,
            "token_url": f"https://localhost:{self.port}/token",
            "host": "localhost",
            "port": self.mail.port,
            "security": "ssl",
            "username": "",
        }

    def answer(self, request: Request) -> Response:
        given = parse_qs(request.body.decode())["refresh_token"][0]
        self.asked += 1
        if given != self.good[-1]:
            self.refused += 1
            return Response(400, b'{"error": "invalid_grant"}')
        token = {"access_token": f"at-{self.asked:03}-9f8e7d", "expires_in": "3600"}
        self.mail.tokens = {token["access_token"]}
        if self.renews:
            self.good.append(f"rt-new-{self.asked:03}-77aa66")
            token["refresh_token"] = self.good[-1]
        return Response(200, json.dumps(token).encode())


@contextlib.contextmanager
def a_provider(folder: Path, settings: Any) -> Iterator[Provider]:
    """A provider for as long as the block lasts; Portico may call it."""
    cache.clear()
    authority = Authority(folder)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(authority.good("localhost"))
    with mail_server(tls=context) as mail:
        found = Provider(mail)
        with https_server(found.answer, authority=authority) as endpoint:
            found.port, found.endpoint = endpoint.port, endpoint
            settings.PORTICO_EGRESS = Egress(
                allowed=LOOPBACK,
                mail_ports=frozenset({mail.port}),
                ca_file=authority.ca_file,
            )
            settings.PORTICO_MAIL_LIMITS = Limits(connect=2, reply=2, whole=8)
            yield found


def examined(member: Membership, wish: runs.Wish) -> TestRun:
    """A test, run to its end."""
    run = runs.start(
        member.workspace, wish, to="ada@example.com", language="en", by=actor(member), at=now()
    )
    run_test(run.id)
    run.refresh_from_db()
    return run
