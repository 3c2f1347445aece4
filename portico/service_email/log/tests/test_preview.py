from __future__ import annotations

import base64
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from conftest import Cast
from portico.service_email.log.preview import Scheme, framed
from portico.service_email.look.content import HIDDEN
from portico.service_email.look.letterheads import letterhead_of
from portico.service_email.look.rendering import render
from portico.service_email.look.tests.letters import make_letterhead, make_template
from portico.service_email.models import Mail
from tests.make import AT, make_mail

Browse = Callable[..., Client]


def html_of(mail: Mail, client: Client, query: str = "") -> str:
    return client.get(reverse("mail_html", kwargs={"mail_id": mail.id}) + query).text


@pytest.fixture
def mail(cast: Cast) -> Mail:
    """A mail as it was sent, on acme's letterhead."""
    rendered = render(
        make_template(), {}, letterhead_of(cast.acme, at=AT), language="en", hide_links=True
    )
    return make_mail(cast.acme, html=rendered.html, text=rendered.text)


@pytest.mark.django_db
def test_the_frame_may_run_and_load_nothing(cast: Cast, browse: Browse, mail: Mail) -> None:
    answer = browse(cast.acme, cast.admin).get(reverse("mail_html", kwargs={"mail_id": mail.id}))

    policy = dict(
        part.strip().partition(" ")[::2]
        for part in answer.headers["Content-Security-Policy"].split(";")
    )
    assert policy == {
        "sandbox": "",
        "default-src": "'none'",
        "img-src": "data:",
        "style-src": "'unsafe-inline'",
        "form-action": "'none'",
        "base-uri": "'none'",
        "frame-ancestors": "'self'",
    }
    assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"


@pytest.mark.django_db
def test_only_the_page_of_a_mail_may_hold_a_frame(cast: Cast, browse: Browse, mail: Mail) -> None:
    client = browse(cast.acme, cast.admin)

    page = client.get(reverse("mail", kwargs={"mail_id": mail.id}))
    log = client.get("/console/mail/")

    assert "frame-src 'self'" in page.headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]
    assert "frame-src" not in log.headers["Content-Security-Policy"]
    assert " sandbox loading" in page.text


@pytest.mark.django_db
def test_the_logo_is_in_the_page_itself(cast: Cast, browse: Browse, mail: Mail) -> None:
    logo = letterhead_of(cast.acme, at=AT).logo
    assert logo is not None

    html = html_of(mail, browse(cast.acme, cast.admin))

    assert "cid:" in mail.html
    assert "cid:" not in html
    assert f"data:image/png;base64,{base64.b64encode(logo.content).decode()}" in html


@pytest.mark.django_db
def test_light_and_dark_are_shown_whatever_the_browser_prefers(
    cast: Cast, browse: Browse, mail: Mail
) -> None:
    client = browse(cast.acme, cast.admin)

    light, dark = html_of(mail, client), html_of(mail, client, "?scheme=dark")

    assert "@media not all {" in light
    assert "@media all {" in dark
    for html in (light, dark):
        assert "prefers-color-scheme" not in html
        assert "light dark" not in html
        assert "@media (max-width: 480px)" in html


@pytest.mark.django_db
def test_links_that_were_left_out_are_explained(cast: Cast, browse: Browse, mail: Mail) -> None:
    client = browse(cast.acme, cast.admin)
    with_link = make_mail(cast.acme, html=f"<a href='{HIDDEN}'>x</a>", text="x")

    def page(one: Mail) -> str:
        return client.get(reverse("mail", kwargs={"mail_id": one.id})).text

    assert "Links are left out here" in page(with_link)
    assert "Links are left out here" not in page(mail)


@pytest.mark.django_db
def test_the_page_switches_between_light_dark_and_text(
    cast: Cast, browse: Browse, mail: Mail
) -> None:
    client = browse(cast.acme, cast.admin)
    address = reverse("mail", kwargs={"mail_id": mail.id})

    light = client.get(address).text
    dark = client.get(f"{address}?view=dark").text
    text = client.get(f"{address}?view=text").text
    odd = client.get(f"{address}?view=odd").text

    assert "?scheme=light" in light
    assert "?scheme=dark" in dark
    assert "How are you?" in text
    assert "<iframe" not in text
    assert "?scheme=light" in odd


def test_a_mail_without_a_logo_shows_no_broken_picture_of_somebody_else() -> None:
    html = render(make_template(), {}, make_letterhead(), language="en").html

    assert 'src=""' in framed(html, logo=None, scheme=Scheme.LIGHT)
