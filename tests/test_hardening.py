"""What an attacker tried first, and what it must come to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client

from conftest import Cast
from portico.kernel.site import Site

Browse = Callable[..., Client]


@pytest.mark.parametrize(
    "goal", ["abc", "home", "section_history", "//evil.example", "https://e.x"]
)
def test_choosing_a_language_goes_back_to_an_address_of_this_host_only(
    cast: Cast, browse: Browse, goal: str
) -> None:
    answer = browse(cast.acme).post("/language/", {"language": "en", "next": goal})

    assert (answer.status_code, answer.headers["Location"]) == (302, "/")


@pytest.mark.parametrize("charset", ["zlib", "hex", "idna", "utf-16", "no-such-thing"])
def test_a_body_in_another_encoding_is_refused(cast: Cast, browse: Browse, charset: str) -> None:
    kind = f"multipart/form-data; boundary=x; charset={charset}"
    body = b'--x\r\nContent-Disposition: form-data; name="language"\r\n\r\nen\r\n--x--\r\n'

    answer = browse(cast.acme).generic("POST", "/language/", body, content_type=kind)

    assert answer.status_code == 415


def test_a_broken_referer_leads_to_the_sign_in_page(cast: Cast, browse: Browse) -> None:
    answer = browse(cast.acme).post(
        "/settings/tenant/about-us/reset/", headers={"referer": "http://["}
    )

    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/sign-in/")


def test_in_production_a_strange_host_is_not_sent_anywhere(cast: Cast, settings: Any) -> None:
    settings.PORTICO_SITE = Site("example.org", "https", "", "", any_host=False)

    strange = Client(headers={"host": "evil.example"}).get("/x")
    ours = Client(headers={"host": "acme.example.org"}).get("/sign-in/?a=b")

    assert strange.status_code == 404
    assert "Location" not in strange.headers
    assert ours.status_code == 301
    assert ours.headers["Location"] == "https://acme.example.org/sign-in/?a=b"


@pytest.mark.parametrize("action", ["garbage", "publish", ""])
def test_a_button_that_is_not_there_saves_nothing(cast: Cast, browse: Browse, action: str) -> None:
    admin = browse(cast.acme, cast.admin)
    form = {"url": "https://example.com", "based_on": 0, "version": 0, "action": action}

    assert admin.post("/settings/tenant/about-us/edit/", form).status_code == 404


@pytest.mark.parametrize("name", ["\u200b", "Acme\u202e", "\x1b[31mAcme", "...", "\u2066x"])
def test_a_name_that_hides_or_turns_text_is_refused(cast: Cast, browse: Browse, name: str) -> None:
    admin = browse(cast.acme, cast.admin)
    zone = {"default_language": "en", "time_zone": "UTC", "based_on": 1}

    assert admin.post("/settings/tenant/workspace/", {"name": name, **zone}).status_code == 422
    profile = {"name": name, "language": "", "time_zone": ""}
    assert admin.post("/settings/account/", profile).status_code == 422


def test_without_a_database_pages_and_api_say_when_to_try_again(
    cast: Cast, browse: Browse, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(host: str) -> None:
        raise OperationalError("the database system is shutting down")

    monkeypatch.setattr("portico.config.hosts.workspace_at", gone)
    visitor = browse(cast.acme)
    visitor.raise_request_exception = False

    for path in ("/sign-in/", "/api/v1/me"):
        answer = visitor.get(path)
        assert answer.status_code == 503
        assert answer.headers["Retry-After"] == "5"


def test_an_immutable_file_is_the_same_for_everybody(cast: Cast, browse: Browse) -> None:
    page = browse(cast.acme).get("/").content.decode()
    address = page.split('rel="icon" href="')[1].split('"')[0]

    answer = browse(cast.acme).get(address)
    answer.close()

    assert "immutable" in answer.headers["Cache-Control"]
    assert "Cookie" not in answer.headers.get("Vary", "")
