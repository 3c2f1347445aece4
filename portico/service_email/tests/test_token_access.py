"""OAuth 2.0 in the place of a password: saved, bound, tested, used, renewed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from conftest import Cast
from portico.basic_settings import services
from portico.kernel.clock import now
from portico.kernel.errors import InvalidFields
from portico.secrets.models import Secret
from portico.service_email import mails
from portico.service_email.doctor.wishes import saved_values, unsaved_values
from portico.service_email.models import Mail, MailState, RunState
from portico.service_email.pipeline.draining import drain
from portico.service_email.section import section
from portico.service_email.servers import saved_server, server_in_use
from portico.service_email.services import send as send_mail
from portico.service_email.tests.token_provider import (
    CLIENT_SECRET,
    REFRESH,
    TOKENS,
    Provider,
    a_provider,
    examined,
)
from portico.service_email.tests.values import API, EDIT, put, save, send
from portico.workspaces.models import Membership, Workspace
from tests.make import AT, actor

Browse = Callable[..., Client]


def save_tokens(member: Membership, **changed: Any) -> None:
    save(member, **{**TOKENS, **changed})


def refused(member: Membership, *, based_on: int = 0, **changed: Any) -> dict[str, str]:
    """The codes of what is wrong, by field."""
    with pytest.raises(InvalidFields) as caught:
        save(member, based_on=based_on, **{**TOKENS, **changed})
    return {name: error.code for name, error in caught.value.errors.items()}


def test_the_server_is_signed_in_to_with_what_was_saved(cast: Cast) -> None:
    save_tokens(cast.admin)

    server = saved_server(cast.acme)

    assert server is not None
    assert server.tokens is not None
    assert (server.tokens.client_secret, server.tokens.refresh_token) == (CLIENT_SECRET, REFRESH)
    assert server.username == "mailer"
    assert not server.password


@pytest.mark.parametrize(
    ("changed", "wrong"),
    [
        ({"token_url": ""}, {"token_url": "token_url_needed"}),
        ({"token_url": "http://login.example.com/token"}, {"token_url": "unusable_token_url"}),
        ({"token_url": "https://a:b@login.example.com/"}, {"token_url": "has_credentials"}),
        ({"token_url": "ftp://login.example.com/"}, {"token_url": "unusable_token_url"}),
        ({"client_id": ""}, {"client_id": "client_id_needed"}),
        ({"client_id": "a b"}, {"client_id": "unusable_client_id"}),
        ({"scope": "a\u202eb"}, {"scope": "unusable_scope"}),
        ({"client_secret": "a\r\nb"}, {"client_secret": "unusable_token_secret"}),
        ({"refresh_token": None, "client_secret": None}, {"refresh_token": "refresh_token_needed"}),
        ({"security": "none", "port": 25}, {"sign_in_with": "protection_needed_for_tokens"}),
        ({"password": "typed"}, {"password": "password_has_no_use"}),
        (
            {"sign_in_with": "password", "password": "typed"},
            dict.fromkeys(("client_secret", "refresh_token"), "token_secret_has_no_use"),
        ),
    ],
    ids=str,
)  # fmt: skip
def test_what_does_not_fit_together_is_refused(
    cast: Cast, changed: dict[str, Any], wrong: dict[str, str]
) -> None:
    assert refused(cast.admin, **changed) == wrong


@pytest.mark.parametrize(
    "changed",
    [
        {"token_url": "https://login.example.org/oauth2/token"},
        {"client_id": "app-2"},
        {"host": "smtp.example.org"},
        {"port": 2525},
        {"username": "other"},
    ],
    ids=lambda changed: next(iter(changed)),
)
def test_elsewhere_the_stored_secrets_are_worth_nothing(
    cast: Cast, changed: dict[str, Any]
) -> None:
    save_tokens(cast.admin)

    wrong = refused(
        cast.admin, based_on=1, **{"client_secret": None, "refresh_token": None, **changed}
    )

    assert wrong == dict.fromkeys(
        ("client_secret", "refresh_token"), "token_secret_must_be_typed_again"
    )


def test_going_back_to_a_password_forgets_them(cast: Cast) -> None:
    save_tokens(cast.admin)

    save(cast.admin, based_on=1, password="typed")

    kept = Secret.objects.filter(workspace=cast.acme, forgotten_at=None)
    assert [secret.kind for secret in kept] == ["service-email.password"]


def test_page_and_api_show_that_there_are_secrets_and_never_which(
    cast: Cast, browse: Browse, call: Browse
) -> None:
    api, page = call(cast.acme, cast.admin), browse(cast.acme, cast.admin)

    answer = put(
        api,
        {**TOKENS, "account": "a@acme.test", "host": "smtp.example.com"},
    )
    shown = api.get(API).json()
    card, form = page.get("/settings/tenant/").text, page.get(EDIT).text
    history = page.get(f"/settings/tenant/{section.name}/history/").text

    assert answer.status_code == 200
    assert shown["refresh_token"]["set"]
    assert shown["client_secret"]["set"]
    assert shown["sign_in_with"] == "oauth2"
    assert "OAuth 2.0 (XOAUTH2)" in card
    for text in (answer.text, json.dumps(shown), card, form, history):
        assert CLIENT_SECRET not in text
        assert REFRESH not in text


def test_the_form_keeps_each_secret_that_was_typed(cast: Cast, browse: Browse) -> None:
    page = browse(cast.acme, cast.admin)
    fields = {**TOKENS, "password": ""}

    wrong = send(page, **{**fields, "client_id": "a b"})
    held = wrong.text.partition('name="held" value="')[2].partition('"')[0]
    wrong_again = send(page, **{**fields, "client_secret": "", "refresh_token": "", "held": held})

    assert wrong.status_code == 422
    assert held.endswith(".client_secret.refresh_token")
    # They were typed for another client id.
    assert wrong_again.status_code == 422
    assert "Type it again. What you typed before was kept" in wrong_again.text
    assert REFRESH not in wrong.text


def test_a_form_that_came_back_for_something_else_saves_them(cast: Cast, browse: Browse) -> None:
    page = browse(cast.acme, cast.admin)
    fields = {**TOKENS, "password": ""}
    wrong = send(page, **{**fields, "reply_to": "nobody"})
    held = wrong.text.partition('name="held" value="')[2].partition('"')[0]

    mended = send(page, **{**fields, "client_secret": "", "refresh_token": "", "held": held})

    assert mended.status_code == 302
    server = saved_server(cast.acme)
    assert server is not None
    assert server.tokens is not None
    assert server.tokens.refresh_token == REFRESH


@pytest.fixture
def provider(tmp_path: Path, settings: Any) -> Iterator[Provider]:
    with a_provider(tmp_path, settings) as found:
        yield found


def queued(workspace: Workspace, to: str) -> Mail:
    context = mails.test_context(workspace, by="Ada", host="localhost", port=465, at=AT)
    return send_mail("test", to, context, workspace)


def test_a_test_of_the_saved_server_takes_it_into_use(cast: Cast, provider: Provider) -> None:
    save(cast.admin, **provider.values)

    run = examined(cast.admin, saved_values(cast.acme))

    assert run.state == RunState.ACCEPTED
    assert run.in_use
    assert provider.mail.recipients() == ["ada@example.com"]
    assert REFRESH not in json.dumps(run.stages) + run.transcript + json.dumps(run.server)


def test_values_that_are_not_saved_are_tested_too(cast: Cast, provider: Provider) -> None:
    values = {"account": "a@acme.test", **provider.values}

    run = examined(cast.admin, unsaved_values(cast.acme, values, at=AT))
    save(cast.admin, at=now(), **provider.values, account="a@acme.test")

    assert run.state == RunState.ACCEPTED
    assert server_in_use(cast.acme) == saved_server(cast.acme)


def test_a_provider_that_takes_each_refresh_token_once(cast: Cast, provider: Provider) -> None:
    provider.renews = True
    save(cast.admin, **provider.values)

    first = examined(cast.admin, saved_values(cast.acme))
    second = examined(cast.admin, saved_values(cast.acme))

    assert (first.state, second.state) == (RunState.ACCEPTED, RunState.ACCEPTED)
    assert first.in_use
    server = server_in_use(cast.acme)
    assert server is not None
    assert server.tokens is not None
    assert server.tokens.refresh_token == provider.good[-1] != REFRESH


def test_mails_share_an_access_token_until_it_ends(cast: Cast, provider: Provider) -> None:
    save(cast.admin, **provider.values)
    examined(cast.admin, saved_values(cast.acme))
    asked = provider.asked

    for number in range(2):
        mail = queued(cast.acme, f"ada{number}@example.com")
        drain(cast.acme.id)
        mail.refresh_from_db()
        assert mail.state == MailState.SENT

    assert provider.asked == asked
    assert len(provider.mail.recipients()) == 3


def test_an_access_token_that_was_withdrawn_is_replaced(cast: Cast, provider: Provider) -> None:
    save(cast.admin, **provider.values)
    examined(cast.admin, saved_values(cast.acme))
    provider.mail.tokens = set()  # until the endpoint gives a new one
    asked = provider.asked

    mail = queued(cast.acme, "ada@example.com")
    drain(cast.acme.id)

    mail.refresh_from_db()
    assert mail.state == MailState.SENT
    assert provider.asked == asked + 1


def test_no_token_is_readable_in_the_cache(cast: Cast, provider: Provider) -> None:
    save(cast.admin, **provider.values)
    examined(cast.admin, saved_values(cast.acme))

    with connection.cursor() as cursor:
        cursor.execute("SELECT cache_key, value FROM django_cache")
        rows = str(cursor.fetchall())

    assert "mail-token-" in rows
    assert "at-001" not in rows
    assert REFRESH not in rows


def test_another_workspaces_tokens_are_not_used(cast: Cast, provider: Provider) -> None:
    save(cast.admin, **provider.values)
    examined(cast.admin, saved_values(cast.acme))
    asked = provider.asked
    services.save(
        cast.zenith,
        section,
        {"account": "a@acme.test", **provider.values},
        based_on=0,
        by=actor(cast.outsider),
        at=AT,
    )

    run = examined(cast.outsider, saved_values(cast.zenith))

    assert run.state == RunState.ACCEPTED
    assert provider.asked == asked + 1
