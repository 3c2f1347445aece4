"""Several secrets in one form that comes back: each is kept, or asked for again, by itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.test import Client

from conftest import Cast
from portico.basic_settings.services import live
from portico.service_email.payload import ServiceEmail
from portico.service_email.section import section
from portico.service_email.servers import saved_server
from portico.service_email.smtp.server import TokenAccess
from portico.service_email.tests.token_provider import CLIENT_SECRET, REFRESH, TOKENS
from portico.service_email.tests.values import EDIT, save, send
from portico.workspaces.models import Workspace

Browse = Callable[..., Client]
FIELDS: dict[str, Any] = {**TOKENS, "password": ""}
EMPTY = {"client_secret": "", "refresh_token": ""}


def held_in(answer: Any) -> str:
    return str(answer.text.partition('name="held" value="')[2].partition('"')[0])


def access(workspace: Workspace) -> TokenAccess:
    server = saved_server(workspace)
    assert server is not None
    assert server.tokens is not None
    return server.tokens


def test_a_secret_that_has_no_use_any_more_is_not_asked_for_again(
    cast: Cast, browse: Browse
) -> None:
    page = browse(cast.acme, cast.admin)
    wrong = send(page, password="typed", reply_to="nobody")

    tokens = send(page, **FIELDS, held=held_in(wrong))
    wrong = send(page, based_on=1, **{**FIELDS, "client_secret": "other"}, reply_to="nobody")
    back = send(page, based_on=1, password="typed", held=held_in(wrong))
    wrong = send(page, based_on=2, password="other", reply_to="nobody")
    none = send(
        page,
        based_on=2,
        account="",
        username="",
        host="",
        port="",
        password="",
        held=held_in(wrong),
    )

    assert [answer.status_code for answer in (tokens, back, none)] == [302, 302, 302]


def test_one_that_was_refused_is_asked_for_again_while_the_other_is_kept(
    cast: Cast, browse: Browse
) -> None:
    page = browse(cast.acme, cast.admin)
    save(cast.admin, **TOKENS)

    refused = send(page, based_on=1, **{**FIELDS, "client_secret": "newer", "refresh_token": "a b"})
    without = send(page, based_on=1, **{**FIELDS, **EMPTY}, held=held_in(refused))
    typed = send(
        page,
        based_on=1,
        **{**FIELDS, "client_secret": "", "refresh_token": "newer-too"},
        held=held_in(without),
    )

    assert (refused.status_code, without.status_code, typed.status_code) == (422, 422, 302)
    assert "Type it again" in without.text
    tokens = access(cast.acme)
    assert (tokens.client_secret, tokens.refresh_token) == ("newer", "newer-too")


def test_of_two_that_were_lost_both_have_to_be_typed_again(cast: Cast, browse: Browse) -> None:
    page = browse(cast.acme, cast.admin)
    save(cast.admin, **TOKENS)
    lost = {"based_on": 1, **FIELDS, "held": "lost.client_secret.refresh_token"}

    one = send(page, **{**lost, "client_secret": ""})
    still = send(page, **{**lost, **EMPTY, "held": held_in(one)})
    both = send(page, **{**lost, "refresh_token": "", "held": held_in(still)})

    assert (one.status_code, still.status_code) == (422, 422)
    assert both.status_code == 302
    assert access(cast.acme).client_secret == CLIENT_SECRET


def test_the_form_removes_a_refresh_token(cast: Cast, browse: Browse) -> None:
    page = browse(cast.acme, cast.admin)
    save(cast.admin, **TOKENS)

    form = page.get(EDIT).text
    sent = send(page, based_on=1, **{**FIELDS, **EMPTY}, remove_refresh_token="on")

    assert "Remove the refresh token" in form
    assert sent.status_code == 302
    tokens = access(cast.acme)
    assert (tokens.client_secret, tokens.refresh_token) == (CLIENT_SECRET, "")


def test_a_link_with_values_fills_in_where_tokens_are_had_and_never_a_secret(
    cast: Cast, browse: Browse
) -> None:
    page = browse(cast.acme, cast.admin)
    query = {name: str(value) for name, value in TOKENS.items() if value is not None}

    form = page.get(EDIT, {"fill": "values", **query}).text

    assert 'value="https://login.example.com/oauth2/token"' in form
    assert 'value="app-1"' in form
    assert CLIENT_SECRET not in form
    assert REFRESH not in form


def test_a_token_address_inside_the_platform_is_refused_at_once(cast: Cast, browse: Browse) -> None:
    page = browse(cast.acme, cast.admin)

    inside = send(page, **{**FIELDS, "token_url": "https://169.254.169.254/token"})

    assert inside.status_code == 422
    payload = live(cast.acme, section).payload
    assert isinstance(payload, ServiceEmail)
    assert payload.token_url == ""
