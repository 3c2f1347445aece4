"""The shipped `deploy/Caddyfile` in front of Portico, both for real: certificates on demand."""

from __future__ import annotations

import http.client
import re
import socket
import ssl
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from conftest import make_cast
from portico.audit.models import AuditEntry
from portico.miniprograms.models import Version
from portico.miniprograms.services import put_live
from portico.workspaces.models import Workspace
from portico.workspaces.services import set_hosts
from tests.make import AT, PASSWORD, make_app, make_program, make_version
from tests.processes.front import CLIENT, CONTENT_DOMAIN, Front, front, needs_caddy

__all__ = ["front"]

SERVED, REMOVED, PENDING = "pay.acme.example", "gone.acme.example", "mini.zenith.example"
SLUG_HOST = "acme.example.org"
FAKE = "192.0.2.66"
TOKEN = "a-token-in-a-link"

pytestmark = [
    pytest.mark.processes,
    pytest.mark.django_db(transaction=True),
    needs_caddy,
]


def test_names_that_are_served_get_certificates_and_the_portal_and_no_others_do(
    front: Front, folder: Path, settings: Any
) -> None:
    # What is stored here, Portico beside us serves.
    default = {**settings.STORAGES["default"]}
    default["OPTIONS"] = {"location": str(folder / "files"), "base_url": None}
    settings.STORAGES = {**settings.STORAGES, "default": default}
    cast = make_cast()
    cast.admin.person.set_password(PASSWORD)
    cast.admin.person.save()
    set_hosts(cast.zenith, served=REMOVED, canonical=REMOVED)
    set_hosts(cast.zenith, served=None, canonical=None)
    set_hosts(cast.acme, served=SERVED, canonical=SERVED)

    _names_that_lead_somewhere_are_served(front)
    _others_get_no_certificate(front)
    _what_is_internal_stays_inside(front)
    _clients_cannot_say_who_they_are(front)
    _versions_have_hosts_of_their_own(front, live_version(cast.acme))
    _a_name_that_is_removed_shows_nothing(front, cast.acme)
    _the_log_holds_no_secret(front)


def _names_that_lead_somewhere_are_served(front: Front) -> None:
    for name in (SERVED, SLUG_HOST):
        portal = front.get(name)
        assert portal.status == 200
        assert "Welcome to Acme Pay" in portal.body
        assert f'<link rel="canonical" href="https://{SERVED}/">' in portal.body
        assert front.has_certificate(name)
        assert portal.headers.get_all("Strict-Transport-Security") == ["max-age=31536000"]
        assert portal.headers["Server"] is None
        assert portal.headers["Content-Encoding"] is None

    style = re.findall(r'href="(/static/[^"]+\.css)"', portal.body)[0]
    assert (_packing(front, "/"), _packing(front, style)) == (None, "gzip")


def _packing(front: Front, path: str) -> str | None:
    """How a file comes to a browser that takes gzip; what comes is no text."""
    context = ssl.create_default_context(cafile=str(front.root))
    plain = socket.create_connection(("127.0.0.1", front.port), timeout=15)
    with plain, context.wrap_socket(plain, server_hostname=SERVED) as secured:
        secured.sendall(
            f"GET {path} HTTP/1.1\r\nHost: {SERVED}\r\nAccept-Encoding: gzip\r\n"
            "Connection: close\r\n\r\n".encode()
        )
        response = http.client.HTTPResponse(secured)
        response.begin()
        return response.headers["Content-Encoding"]


def _others_get_no_certificate(front: Front) -> None:
    for name in (PENDING, REMOVED, "nobody.example.org", "a.acme.example.org", f"x{SERVED}"):
        assert front.refuses(name), name
    with pytest.raises((ssl.SSLError, ConnectionError)):
        front.get("127.0.0.1")


def _what_is_internal_stays_inside(front: Front) -> None:
    question = f"domain={SERVED}&secret={front.ask_secret}"
    for path in (
        f"/internal/tls/ask?{question}",
        f"/INTERNAL/tls/ask?{question}",
        f"//internal/tls/ask?{question}",
        f"/x/../internal/tls/ask?{question}",
        f"/%69nternal/tls/ask?{question}",
        f"/internal%2Ftls/ask?{question}",
        "/internal",
        "/internal/",
    ):
        asked = front.get(SERVED, path)
        assert asked.status == 404, path
        assert asked.headers["Strict-Transport-Security"] == "max-age=31536000"


def _clients_cannot_say_who_they_are(front: Front) -> None:
    # One lie at a time: which of two headers counts that are one to Portico, their order decides.
    for spelling in ("X-Forwarded-Proto", "X_Forwarded_Proto", "X-Forwarded_Proto"):
        assert front.get(SERVED, **{spelling: "http"}).status == 200, spelling
    for lie in (
        {"X-Forwarded-For": FAKE},
        {"X_Forwarded_For": FAKE},
        {"x_forwarded-FOR": FAKE},
        {"X-Forwarded_For": FAKE},
        {"X-Real-IP": FAKE, "Forwarded": f"for={FAKE}", "X-Forwarded-Host": "evil.example"},
    ):
        page = front.get(SERVED, "/sign-in/").body
        token = re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[0]
        form = f"login=admin%40acme.example.com&password=wrong&csrfmiddlewaretoken={token}"
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        origin = {"Origin": f"https://{SERVED}"}
        answered = front.request("POST", SERVED, "/sign-in/", form, kind | origin | lie)
        assert "do not belong together" in answered.body

    entries = AuditEntry.objects.filter(action="account.sign_in_failed")
    assert [entry.ip for entry in entries] == [CLIENT] * 5


@transaction.atomic
def live_version(workspace: Workspace) -> Version:
    """A version that everybody sees on the web."""
    version = make_version(make_program(workspace))
    production = make_app(workspace, is_web=True).targets.get(environment="production")
    put_live(version.program, production, version, at=AT)
    return version


def _versions_have_hosts_of_their_own(front: Front, version: Version) -> None:
    host = f"{version.label}.{CONTENT_DOMAIN}"
    page = front.get(host, "/pages/index/index.html")

    assert page.status == 200
    assert f"script-src https://{host};" in page.headers["Content-Security-Policy"]
    assert page.headers.get_all("Strict-Transport-Security") == ["max-age=31536000"]
    assert page.headers.get_all("Set-Cookie") is None
    assert front.has_certificate(host)
    for name in (CONTENT_DOMAIN, f"acme.{CONTENT_DOMAIN}", f"{'0' * 26}.{CONTENT_DOMAIN}"):
        assert front.refuses(name), name


def _a_name_that_is_removed_shows_nothing(front: Front, acme: Workspace) -> None:
    set_hosts(acme, served=None, canonical=None)

    gone = front.get(SERVED)  # the certificate that was made lasts on, and leads nowhere

    assert gone.status == 404
    assert "acme" not in gone.body.lower()
    assert "Welcome to Acme Pay" in front.get(SLUG_HOST).body


def _the_log_holds_no_secret(front: Front) -> None:
    front.app.end()  # then asking itself fails, which Caddy writes down
    assert front.refuses("other.example.org")
    front.get(SLUG_HOST, f"/password/reset/key/{TOKEN}/")
    front.get(SLUG_HOST, f"/~{TOKEN}/app.css")
    front.get(SLUG_HOST, f"/%7e{TOKEN}/app.css")
    front.get(SLUG_HOST, f"/handoff/?token={TOKEN}", Referer=f"https://{SLUG_HOST}/?{TOKEN}")

    said = front.caddy.said()

    assert "secret=REDACTED" in said
    assert "/password/reset/key/..." in said
    assert "/handoff/?..." in said
    assert TOKEN not in said
    assert front.ask_secret not in said
