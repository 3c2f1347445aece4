"""Members are told of a material version by mail: each once, whatever happens to workers."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction

from conftest import Cast
from portico.legal.acceptance import telling
from portico.legal.acceptance.exempting import exempt
from portico.legal.acceptance.telling import FIRST, tell_some
from portico.legal.acceptance.tests.papers import accept
from portico.legal.models import LegalKind, LegalNotice, LegalVersion
from portico.outbox.models import Event
from portico.outbox.services import hear, publish
from portico.service_email.look.content import template_named
from portico.service_email.models import Mail
from portico.workspaces.models import Membership
from tests.jobs import run, waiting
from tests.make import AT, actor, make_legal_version, make_member

What = LegalNotice.What


def published(version: LegalVersion, event: str = "legal.published") -> Event:
    """What publishing or withdrawing a version tells the listeners."""
    payload = {"kind": version.kind, "version": version.number, "material": version.material}
    made = publish(event, workspace_id=version.workspace_id, payload=payload, at=AT)
    name = "tell_of_published" if event == "legal.published" else "tell_of_withdrawn"
    hear(made.id, f"legal.acceptance.telling.{name}")
    return made


def told(template: str = "legal_changed") -> list[str]:
    """Who is told, in alphabetical order."""
    mails = Mail.objects.filter(template=template).order_by("recipient")
    return list(mails.values_list("recipient", flat=True))


def everybody(cast: Cast) -> list[str]:
    return sorted(member.person.email for member in cast.members().values())


def test_all_members_are_told_once(cast: Cast) -> None:
    published(make_legal_version(cast.acme))

    assert run("legal.tell") == 1

    assert told() == everybody(cast)
    assert LegalNotice.objects.filter(what=What.CHANGED).count() == 5


def test_who_is_told_what(cast: Cast) -> None:
    terms = make_legal_version(cast.acme, effective_at=AT + timedelta(days=9))
    person = cast.developer.person
    person.language = "zh-hans"
    person.save()

    tell_some(terms.id, What.CHANGED, after=FIRST, at=AT)

    mail = Mail.objects.get(recipient=person.email)
    assert mail.language == "zh-hans"
    assert mail.context["is_in_force"] is False
    content = template_named("legal_changed").compose(mail.context, {})
    assert "version 1" in content.subject
    assert content.action is not None
    assert content.action.url == "http://acme.localhost:8000/legal/accept/"
    assert any("/legal/terms-of-service/1" in value for _name, value in content.facts)


@pytest.mark.parametrize("kind", [LegalKind.TERMS, LegalKind.COOKIES])
def test_nobody_is_told_of_corrections_and_cookies(cast: Cast, kind: LegalKind) -> None:
    make_legal_version(cast.acme)
    correction = make_legal_version(
        cast.acme, kind, number=2, material=kind is LegalKind.COOKIES, effective_at=AT
    )

    published(correction)

    assert waiting("legal.tell") == []


def test_the_blocked_the_exempt_and_who_accepted_are_not_told(cast: Cast) -> None:
    terms = make_legal_version(cast.acme)
    Membership.objects.filter(id=cast.operator.id).update(blocked_at=AT)
    exempt(cast.acme, cast.reviewer.id, reason="x", until=None, by=actor(cast.admin), at=AT)
    accept(cast.inspector, terms)

    tell_some(terms.id, What.CHANGED, after=FIRST, at=AT)

    assert told() == ["admin@acme.example.com", "developer@acme.example.com"]


def test_a_batch_is_followed_by_the_next_one(cast: Cast, monkeypatch: Any) -> None:
    monkeypatch.setattr(telling, "AT_A_TIME", 2)
    published(make_legal_version(cast.acme))

    done: set[str] = set()
    for _round in range(9):
        for job in waiting("legal.tell"):
            if job["after"] not in done:
                done.add(str(job["after"]))
                version_id, after = UUID(str(job["version_id"])), UUID(str(job["after"]))
                tell_some(version_id, What.CHANGED, after=after, at=AT)

    assert told() == everybody(cast)
    assert len(done) == 3


def test_a_batch_that_is_done_again_tells_nobody_again(cast: Cast) -> None:
    terms = make_legal_version(cast.acme)

    for _worker in range(3):
        tell_some(terms.id, What.CHANGED, after=FIRST, at=AT)

    assert told() == everybody(cast)


def test_a_worker_that_dies_in_the_middle_leaves_nothing_behind(cast: Cast) -> None:
    terms = make_legal_version(cast.acme)

    with transaction.atomic():
        tell_some(terms.id, What.CHANGED, after=FIRST, at=AT)
        transaction.set_rollback(True)

    assert told() == []
    assert not LegalNotice.objects.exists()
    tell_some(terms.id, What.CHANGED, after=FIRST, at=AT)
    assert told() == everybody(cast)


def test_who_joins_later_is_asked_on_the_page_and_not_by_mail(cast: Cast) -> None:
    published(make_legal_version(cast.acme))
    run("legal.tell")

    make_member(cast.acme)

    assert told() == everybody(cast)


def test_a_version_withdrawn_meanwhile_is_not_told_of(cast: Cast) -> None:
    coming = make_legal_version(cast.acme, effective_at=AT + timedelta(days=9))
    published(coming)
    LegalVersion.objects.filter(id=coming.id).update(withdrawn_at=AT)

    run("legal.tell")

    assert told() == []


def test_those_who_were_told_are_told_of_the_withdrawal_once(cast: Cast) -> None:
    coming = make_legal_version(cast.acme, effective_at=AT + timedelta(days=9))
    tell_some(coming.id, What.CHANGED, after=FIRST, at=AT)
    LegalVersion.objects.filter(id=coming.id).update(withdrawn_at=AT)
    make_member(cast.acme)

    published(coming, "legal.withdrawn")
    run("legal.tell")
    run("legal.tell")

    assert told("legal_withdrawn") == everybody(cast)


def test_where_nobody_was_told_nobody_is_told_of_the_withdrawal(cast: Cast) -> None:
    coming = make_legal_version(cast.acme, effective_at=AT + timedelta(days=9), withdrawn_at=AT)

    published(coming, "legal.withdrawn")

    assert waiting("legal.tell") == []


def test_another_workspaces_members_are_not_told(cast: Cast) -> None:
    published(make_legal_version(cast.zenith))

    run("legal.tell")

    assert told() == ["admin@zenith.example.com"]
