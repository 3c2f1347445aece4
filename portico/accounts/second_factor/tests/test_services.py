"""What other features ask, taking factors away, and mails about it all."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.test import Client

from conftest import Cast
from portico.accounts.second_factor.notices import Notice, Place, send_notice
from portico.accounts.second_factor.services import (
    Removed,
    has_second_factor,
    remove_second_factors,
    second_factors,
)
from portico.accounts.second_factor.tests.conftest import (
    Ada,
    add_passkey,
    passkey_of,
    signed_in_with_password,
)
from portico.audit.models import AuditEntry
from portico.workspaces.models import Membership
from tests.jobs import run
from tests.make import AT, actor, make_authenticator_app

Browse = Callable[..., Client]


def test_who_has_a_second_factor_is_read_along_with_a_membership(cast: Cast) -> None:
    make_authenticator_app(cast.developer.person)
    Authenticator.objects.create(user=cast.reviewer.person, type="recovery_codes", data={})
    Authenticator.objects.create(
        user=cast.operator.person, type="webauthn", data={"host": "elsewhere.example.com"}
    )

    found = Membership.objects.filter(workspace=cast.acme).annotate(has=second_factors("person_id"))

    having = {member.role for member in found if getattr(member, "has")}  # noqa: B009 - annotated
    assert having == {"developer", "operator"}
    for member in found:
        assert has_second_factor(member.person) == (member.role in having)


def test_taking_everything_away_ends_all_sessions_and_is_told_and_recorded(
    ada: Ada, cast: Cast
) -> None:
    client = ada.signed_in()
    add_passkey(client, passkey_of(ada.person))
    by = actor(cast.admin)

    removed = remove_second_factors(
        ada.person, by=by, at=AT, workspace_id=cast.acme.id, reason="Lost phone"
    )

    assert removed == Removed(app=True, passkeys=1, sessions=1)
    assert not Authenticator.objects.filter(user=ada.person).exists()
    assert client.get("/console/").status_code == 302
    signed_in_with_password(ada.browse(cast.acme), ada.person)
    entry = AuditEntry.objects.get(action="account.second_factors_removed")
    assert (entry.actor_id, entry.subject_id) == (by.person_id, str(ada.person.id))
    assert (entry.workspace_id, entry.reason) == (cast.acme.id, "Lost phone")
    run("accounts.send_second_factor_notice")
    assert "Two-factor sign-in was removed" in mail.outbox[-1].subject


def test_there_may_be_nothing_to_take_away_which_is_recorded_all_the_same(cast: Cast) -> None:
    removed = remove_second_factors(cast.developer.person, by=actor(cast.admin), at=AT)

    assert removed == Removed(app=False, passkeys=0, sessions=0)
    assert AuditEntry.objects.filter(action="account.second_factors_removed").count() == 1
    assert run("accounts.send_second_factor_notice") == 0


def test_nobody_elses_factors_are_touched(ada: Ada, cast: Cast) -> None:
    remove_second_factors(cast.reviewer.person, by=actor(cast.admin), at=AT)

    assert has_second_factor(ada.person)


@pytest.mark.parametrize("notice", list(Notice))
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_each_mail_says_what_when_and_what_to_do_and_no_secret(
    ada: Ada, notice: Notice, language: str
) -> None:
    ada.person.language, ada.person.time_zone = language, "Asia/Singapore"
    ada.person.save()
    place = Place(brand_name="Acme & <b>Pay</b>", host="acme.localhost:8000")

    assert send_notice(ada.person.id, notice, place, at=AT)

    sent = mail.outbox[-1]
    assert sent.to == [ada.person.email]
    assert "Acme & <b>Pay</b>" in sent.subject
    assert "\n" not in sent.subject
    assert "acme.localhost:8000" in sent.body
    assert "+08" in sent.body or "Asia/Singapore" in sent.body
    for secret in (ada.seed, ada.code(), *ada.recovery_codes()):
        assert secret not in f"{sent.body}{sent.subject}"


def test_who_is_gone_is_not_told(cast: Cast) -> None:
    person = cast.developer.person
    person.is_active = False
    person.save()

    assert not send_notice(person.id, Notice.APP_ADDED, Place(), at=AT + timedelta(days=1))
    assert mail.outbox == []
