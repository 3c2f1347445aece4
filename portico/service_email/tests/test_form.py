"""What the form's own buttons fill in, and what becomes of a password that was typed."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from conftest import Cast
from portico.basic_settings import held as held_module
from portico.branding.tests.uploads import png
from portico.service_email.rules.providers import PROVIDERS
from portico.service_email.servers import saved_server
from portico.service_email.tests.values import EDIT, PASSWORD, number_of, save, send

Browse = Callable[..., Client]


def field(page: str, name: str) -> str:
    """The tag of a field."""
    return next(tag for tag in page.split("<") if f'name="{name}"' in tag)


def value(page: str, name: str) -> str:
    """What a text field of a page holds."""
    tag = field(page, name)
    return tag.split('value="')[1].split('"')[0] if 'value="' in tag else ""


@pytest.fixture
def admin(cast: Cast, browse: Browse) -> Client:
    """A browser of acme's admin."""
    return browse(cast.acme, cast.admin)


@pytest.mark.parametrize("provider", PROVIDERS, ids=lambda provider: provider.key)
def test_without_scripts_a_provider_is_filled_in_and_nothing_is_lost(
    admin: Client, cast: Cast, provider: Any
) -> None:
    page = send(
        admin,
        action="provider",
        provider=provider.key,
        host="",
        nickname="Typed",
        contact_url="not valid yet",
    )

    text = page.text
    assert page.status_code == 200
    assert value(text, "host") == provider.hosts[0]
    assert value(text, "port") == str(provider.port)
    assert "checked" in field(text, "ssl")
    assert value(text, "nickname") == "Typed"
    assert value(text, "contact_url") == "not valid yet"
    hint = text[text.index(f'data-provider-hint="{provider.key}"') :].partition(">")[0]
    assert "hidden" not in hint
    assert "Please check:" not in text
    assert "Empty: the stored one stays." not in text
    assert number_of(cast.acme) == 0


def test_a_form_that_was_filled_in_still_says_that_a_password_is_stored(
    admin: Client, cast: Cast
) -> None:
    save(cast.admin)

    page = send(admin, based_on=1, action="provider", provider="gmail").text

    assert "Empty: the stored one stays." in page
    assert 'name="remove_password"' in page


@pytest.mark.parametrize(
    ("action", "filled"), [("provider", {"provider": "gmail"}), ("values", {"port": "465"})]
)
def test_a_picture_that_was_chosen_before_a_button_was_pressed_is_there_after_it(
    admin: Client, action: str, filled: dict[str, Any]
) -> None:
    upload = SimpleUploadedFile("logo.png", png())

    page = send(admin, action=action, **filled, logo_id="", logo=upload).text

    assert len(value(page, "logo_id")) == 64
    assert "logo.png" in page


def test_a_password_typed_before_a_button_was_pressed_goes_with_what_it_filled_in(
    admin: Client, cast: Cast
) -> None:
    filled = send(admin, action="provider", provider="sendgrid", password="typed").text
    saved = send(
        admin,
        host=value(filled, "host"),
        port=value(filled, "port"),
        username=value(filled, "username"),
        held=value(filled, "held"),
    )

    server = saved_server(cast.acme)
    assert "typed" not in filled.replace("Typed; kept until you save", "").lower()
    assert value(filled, "username") == "apikey"
    assert saved.status_code == 302
    assert server is not None
    assert (server.host, server.username, server.password) == (
        "smtp.sendgrid.net",
        "apikey",
        "typed",
    )


def test_the_usual_pair_is_proposed_and_applied_and_a_weaker_one_needs_the_password(
    admin: Client, cast: Cast
) -> None:
    save(cast.admin, port=465)
    form = admin.get(EDIT).text

    applied = admin.get(EDIT, {"fill": "pair"}).text
    pressed = send(admin, action="pair", based_on=1, port="465", security="starttls").text

    assert "Use port 465 with SSL/TLS" in form
    assert "Port 465 and “STARTTLS” usually do not go together." in form
    for page in (applied, pressed):
        assert value(page, "port") == "465"
        assert "checked" in field(page, 'security" value="')
    assert send(admin, based_on=1, port="465", security="").status_code == 302
    weaker = send(admin, based_on=2, port="465", ssl=None)
    assert weaker.status_code == 422
    assert "Type the password again." in weaker.text


def test_a_proposed_correction_opens_in_the_form_and_nonsense_harms_nothing(
    admin: Client, cast: Cast
) -> None:
    save(cast.admin)

    page = admin.get(EDIT, {"fill": "values", "port": "465", "security": "ssl", "password": "x"})
    odd = admin.get(EDIT, {"fill": "values", "port": "abc", "security": "<b>", "host": "<script>"})

    assert value(page.text, "port") == "465"
    assert value(page.text, "password") == ""
    assert odd.status_code == 200
    assert "<script>" not in odd.text.split("<aside")[0].split("</head>")[1]
    assert admin.get(EDIT, {"fill": "nothing"}).status_code == 200


def test_use_demo_server_is_offered_in_the_demo_alone_and_fills_everything(
    admin: Client, cast: Cast, settings: Any
) -> None:
    without = admin.get(EDIT).text
    refused = send(admin, action="demo", host="smtp.example.com").text
    settings.PORTICO_DEMO_MAIL_PORT = 2525
    offered = admin.get(EDIT).text

    filled = send(admin, action="demo", host="", account="", username="", nickname="Typed").text
    sent: dict[str, Any] = {
        name: value(filled, name)
        for name in ("account", "host", "port", "username", "password", "nickname")
    }
    saved = send(admin, **sent)

    assert "Use demo server" not in without
    assert value(refused, "host") == "smtp.example.com"
    assert "demo-mail-2026" not in refused
    assert "Use demo server" in offered
    assert sent == {
        "account": "service@acme.example.com",
        "host": "mail.localhost",
        "port": "2525",
        "username": "service@acme.example.com",
        "password": "demo-mail-2026",
        "nickname": "Typed",
    }
    assert saved.status_code == 302
    server = saved_server(cast.acme)
    assert server is not None
    assert server.password == "demo-mail-2026"


def test_after_an_error_elsewhere_the_password_need_not_be_typed_again(
    admin: Client, cast: Cast
) -> None:
    wrong = send(admin, password=PASSWORD, contact_url="nonsense")
    mended = send(admin, held=value(wrong.text, "held"))

    assert wrong.status_code == 422
    assert PASSWORD not in wrong.text
    assert "Typed; kept until you save" in wrong.text
    assert mended.status_code == 302
    server = saved_server(cast.acme)
    assert server is not None
    assert server.password == PASSWORD
    assert held_module.KEY in admin.session
    assert "service-email" not in admin.session[held_module.KEY]


@pytest.mark.parametrize(
    "changed",
    [
        {"host": "smtp.example.org"},
        {"port": "465"},
        {"port": "2525.0"},
        {"port": "２５２５"},
        {"username": "other"},
        {"ssl": None},
        {"held": "made up.password"},
        {"held": "lost.password"},
    ],
)
def test_what_was_typed_for_other_values_is_not_used_and_that_is_said(
    admin: Client, cast: Cast, changed: dict[str, Any]
) -> None:
    wrong = send(admin, password=PASSWORD, contact_url="nonsense")

    mended = send(admin, **{"held": value(wrong.text, "held"), **changed})
    still = send(admin, **{**changed, "held": value(mended.text, "held")})
    typed = send(admin, **{**changed, "held": value(mended.text, "held"), "password": "new"})

    assert (mended.status_code, still.status_code, typed.status_code) == (422, 422, 302)
    assert "Type it again. What you typed before was kept" in mended.text
    server = saved_server(cast.acme)
    assert server is not None
    assert server.password == "new"


def test_what_was_typed_is_kept_for_half_an_hour(
    admin: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = send(admin, password=PASSWORD, contact_url="nonsense")
    monkeypatch.setattr(held_module, "LASTS", timedelta(seconds=-1))

    late = send(admin, held=value(wrong.text, "held"))

    assert timedelta(0) > held_module.LASTS
    assert late.status_code == 422


def test_what_somebody_else_typed_is_not_used(cast: Cast, browse: Browse) -> None:
    first, second = (browse(cast.acme, cast.admin) for _number in range(2))
    wrong = send(first, password=PASSWORD, contact_url="nonsense")
    session = second.session
    session[held_module.KEY] = {}
    session.save()

    stolen = send(second, held=value(wrong.text, "held"))

    assert stolen.status_code == 422


def test_a_password_that_was_refused_is_not_forgotten_silently(admin: Client, cast: Cast) -> None:
    refused = send(admin, username="", password="a" * 1001)

    again = send(admin, username="", held=value(refused.text, "held"))

    assert "A password has at most 1000 characters" in refused.text
    assert (refused.status_code, again.status_code) == (422, 422)
    assert number_of(cast.acme) == 0


def test_the_form_shows_no_more_than_seven_fields_at_once(admin: Client) -> None:
    page = admin.get(EDIT).text
    form = page[page.index('<div class="beside">') : page.index('name="reason"')]
    shown = re.sub("<details.*?</details>", "", form, flags=re.DOTALL)

    seven = ["account", "nickname", "provider", "host", "port", "ssl", "password"]
    assert re.findall(r'<(?:input|select|textarea)(?! type="hidden")[^>]* name="(\w+)"', shown) == (
        seven
    )
    for name in ("logo", "contact_url", "username", "reply_to", "dkim_selector", "security"):
        assert f'name="{name}"' in form


def test_an_error_in_what_every_mail_shows_opens_it(admin: Client) -> None:
    page = send(admin, password=PASSWORD, contact_url="ftp://example.com").text

    opened = page[page.index('<details class="advanced" open>') :].partition("</details>")[0]
    assert 'name="contact_url"' in opened
    assert page.count('<details class="advanced" open>') == 1


def test_what_a_button_filled_in_counts_as_unsaved_and_the_password_comes_next(
    admin: Client,
) -> None:
    opened = admin.get(EDIT).text
    provider = send(admin, action="provider", provider="sendgrid", password="").text
    typed = send(admin, action="provider", provider="sendgrid", password="typed").text

    assert "data-changed" not in opened
    assert "data-changed" in provider
    assert "autofocus" in field(provider, "password")
    assert "autofocus" not in field(typed, "password")
    assert "autofocus" in field(typed, "host")


def test_an_error_under_advanced_opens_it(admin: Client) -> None:
    page = send(admin, password=PASSWORD, dkim_selector="a b").text

    assert '<details class="advanced" open>' in page
