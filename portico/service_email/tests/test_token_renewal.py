"""Providers that take each refresh token once: none is lost, and none is sent twice."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection

from conftest import Cast, make_cast
from portico.basic_settings.tests.test_races import all_at_once
from portico.kernel.clock import now
from portico.service_email.doctor.wishes import saved_values, unsaved_values
from portico.service_email.models import RunState
from portico.service_email.servers import saved_server, server_in_use
from portico.service_email.smtp.limits import Limits, Patience
from portico.service_email.smtp.server import Server, TokenAccess
from portico.service_email.smtp.stages import Stage, StageName
from portico.service_email.smtp.tokens import Token, fetch
from portico.service_email.smtp.troubles import Condition, Trouble
from portico.service_email.tests.token_provider import (
    REFRESH,
    Provider,
    a_provider,
    examined,
)
from portico.service_email.tests.values import save
from portico.service_email.tokens import WorkspaceTokens
from portico.workspaces.models import Workspace
from tests.make import AT
from tests.peers.https import Request, Response

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    return make_cast()


@pytest.fixture
def provider(cast: Cast, tmp_path: Path, settings: Any) -> Iterator[Provider]:
    with a_provider(tmp_path, settings) as found:
        found.renews = True
        yield found
    cache.clear()


def stored(workspace: Workspace) -> str:
    """The refresh token that is saved."""
    server = saved_server(workspace)
    return access_of(server).refresh_token


def access_of(server: Server | None) -> TokenAccess:
    assert server is not None
    assert server.tokens is not None
    return server.tokens


class Person:
    """Looks on, and cancels when told to."""

    def __init__(self) -> None:
        self.stop = threading.Event()

    def begun(self, stage: StageName) -> None:
        pass

    def done(self, stage: Stage) -> None:
        pass

    def cancelled(self) -> bool:
        return self.stop.is_set()


def asking(workspace: Workspace, server: Server, person: Person | None = None) -> str:
    """An access token, as a sign-in asks for it."""
    tokens = WorkspaceTokens(workspace, server)
    patience = Patience(Limits(connect=2, reply=5, whole=8), person or Person())

    def fetched(access: TokenAccess) -> Token:
        from django.conf import settings

        egress = settings.PORTICO_EGRESS
        return fetch(
            access, egress=egress, patience=patience, late=lambda late: tokens.late(access, late)
        )

    return tokens.token(access_of(server), fetched, patience.pause)


def test_whoever_holds_an_older_one_goes_on_with_the_newest(cast: Cast, provider: Provider) -> None:
    save(cast.admin, **provider.values)
    held = saved_server(cast.acme)
    assert held is not None

    examined(cast.admin, saved_values(cast.acme))
    examined(cast.admin, saved_values(cast.acme))
    cache.delete_many(key for key in _keys() if key.startswith("mail-token-"))
    text = asking(cast.acme, held)

    assert text == "at-003-9f8e7d"
    assert provider.refused == 0
    assert stored(cast.acme) == provider.good[-1]


def test_values_that_were_tested_before_they_were_saved_are_in_use_and_go_on(
    cast: Cast, provider: Provider
) -> None:
    values = {"account": "service@acme.test", **provider.values}

    run = examined(cast.admin, unsaved_values(cast.acme, values, at=AT))
    save(cast.admin, at=now(), **values)
    used = server_in_use(cast.acme)
    again = examined(cast.admin, saved_values(cast.acme))

    assert run.state == RunState.ACCEPTED
    assert used is not None
    assert again.state == RunState.ACCEPTED
    assert provider.refused == 0
    assert stored(cast.acme) == provider.good[-1] != REFRESH


def test_what_was_renewed_serves_no_other_mail_server(cast: Cast, provider: Provider) -> None:
    save(cast.admin, **provider.values)
    server = saved_server(cast.acme)
    assert server is not None
    asking(cast.acme, server)

    with pytest.raises(Trouble) as caught:
        asking(cast.acme, replace(server, host="mail.example.org"))

    assert caught.value.condition is Condition.TOKEN_REFUSED


def test_of_many_that_ask_at_once_one_asks_the_provider(cast: Cast, provider: Provider) -> None:
    save(cast.admin, **provider.values)
    server = saved_server(cast.acme)
    assert server is not None

    outcomes = all_at_once(*[lambda: asking(cast.acme, server)] * 4)

    assert outcomes == [None] * 4
    assert (provider.asked, provider.refused) == (1, 0)
    assert stored(cast.acme) == provider.good[-1]


def test_a_test_that_is_canceled_while_the_provider_answers_loses_nothing(
    cast: Cast, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(cast.admin, **provider.values)
    server = saved_server(cast.acme)
    assert server is not None
    person, canceled, kept = Person(), threading.Event(), threading.Event()
    at_once, keep = provider.answer, WorkspaceTokens.late

    def slowly(request: Request) -> Response:
        person.stop.set()
        canceled.wait(5)
        return at_once(request)

    def noting(tokens: WorkspaceTokens, access: TokenAccess, token: Token) -> None:
        keep(tokens, access, token)
        kept.set()

    monkeypatch.setattr(provider.endpoint, "answer", slowly)
    monkeypatch.setattr(WorkspaceTokens, "late", noting)

    with pytest.raises(Trouble) as caught:
        asking(cast.acme, server, person)
    canceled.set()
    kept.wait(5)

    assert caught.value.condition is Condition.CANCELED
    assert stored(cast.acme) == provider.good[-1] != REFRESH


def _keys() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT cache_key FROM django_cache")
        return [key.split(":", 2)[-1] for (key,) in cursor.fetchall()]
