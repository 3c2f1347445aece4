"""allauth's pages in our look."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse

from conftest import Cast
from tests.make import PASSWORD, make_member, make_person

Browse = Callable[..., Client]

PAGES = [
    "/sign-in/",
    "/password/reset/",
    "/password/reset/sent/",
    "/password/reset/key/1-worn-out/",
    "/password/reset/done/",
    "/account/inactive/",
]


@pytest.mark.parametrize("path", PAGES)
def test_a_page_before_sign_in_wears_the_brand_and_offers_no_sign_up(
    cast: Cast, browse: Browse, path: str
) -> None:
    client = browse(cast.acme)

    html = client.get(path).content.decode()

    assert '<div class="entrance">' in html
    assert "· Acme Pay</title>" in html
    assert html.count("<h1") == 1
    assert not re.search(r"sign.?up", html, re.IGNORECASE)


def test_the_sign_in_page_says_that_accounts_come_by_invitation(cast: Cast, browse: Browse) -> None:
    client = browse(cast.acme)

    html = client.get("/sign-in/").content.decode()

    assert "Accounts are made by invitation." in html
    assert "Try the demo" not in html


def test_a_demo_account_is_one_click_away() -> None:
    accounts = [{"email": "admin@acme.example.com", "role": "Workspace Admin", "password": "open"}]
    context = {"demo_accounts": accounts, "login_url": "/sign-in/?next=/console/"}

    html = render_to_string("account/demo_accounts.html", {**context, "csrf_token": "token-1"})

    assert '<form method="post" action="/sign-in/?next=/console/">' in html
    assert '<input type="hidden" name="login" value="admin@acme.example.com">' in html
    assert '<input type="hidden" name="password" value="open">' in html
    assert 'value="token-1"' in html
    assert "Demo" in html


def test_a_wrong_password_is_said_at_the_top_and_the_address_stays(
    cast: Cast, browse: Browse
) -> None:
    client = browse(cast.acme)
    typed = {"login": "admin@acme.example.com", "password": "wrong"}

    html = client.post("/sign-in/", typed).content.decode()

    assert "data-error-summary" in html
    assert 'value="admin@acme.example.com"' in html
    assert "wrong" not in re.sub(r"<[^>]*data-[^>]*>", "", html)


def test_the_reset_mail_is_plain_and_bears_the_link_as_it_is() -> None:
    context = {"brand_name": "Acme & <b>Pay</b>", "password_reset_url": "https://a.example/?b&c"}

    subject = render_to_string("account/email/password_reset_key_subject.txt", context)
    text = render_to_string("account/email/password_reset_key_message.txt", context)

    assert subject.strip() == "Choose a new password for Acme & <b>Pay</b>"
    assert "\nhttps://a.example/?b&c\n" in text
    assert "nobody can change it without this mail" in text
    assert text.rstrip().endswith("Acme & <b>Pay</b>")


def test_the_link_leads_to_a_new_password(cast: Cast, browse: Browse) -> None:
    person = make_person("reader@acme.example.com", password=PASSWORD)
    make_member(cast.acme, person=person)
    client = browse(cast.acme)
    key = default_token_generator.make_token(person)
    link = reverse(
        "account_reset_password_from_key",
        kwargs={"uidb36": user_pk_to_url_str(person), "key": key},
    )

    html = client.get(link, follow=True).content.decode()

    assert "<h1>Choose a new password</h1>" in html
    assert html.count('autocomplete="new-password"') == 2
