"""Mailing the records: to one address, in one's own words, and not without end."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from conftest import Cast
from portico.audit.models import AuditEntry
from portico.domains.instructions import (
    DAY,
    MOST,
    MOST_TO_ONE,
    InstructedTooOften,
    TooManyInstructions,
    send_instructions,
)
from portico.domains.models import InstructionMail
from portico.domains.runs import NoDomain
from portico.domains.tests.findings import NAME, save, the_domain
from portico.kernel.errors import InvalidFields
from portico.service_email.look.content import template_named
from portico.service_email.look.letterheads import Letterhead, colors_of
from portico.service_email.look.logos import Logo
from portico.service_email.look.rendering import render
from portico.service_email.models import Mail
from tests.mails import PIXEL
from tests.make import AT, actor

TO = "it@example.com"


def sent(cast: Cast, to: str = TO, note: str = "", *, minutes: int = 0) -> Mail:
    at = AT + timedelta(minutes=minutes)
    return send_instructions(cast.acme, to=to, note=note, by=actor(cast.admin), at=at)


def test_the_records_go_to_one_address_with_a_line_of_ones_own(cast: Cast) -> None:
    save(cast.acme, cast.admin)

    mail = sent(cast, " IT@example.com ", "Before Friday, please.")

    assert (mail.recipient, mail.template) == ("IT@example.com", "domain_instructions")
    written = render(
        template_named(mail.template),
        mail.context,
        Letterhead(
            workspace_name="Acme Pay",
            nickname="Acme Pay",
            account="mail@acme.example.com",
            reply_to="",
            contact_url="",
            copyright="",
            colors=colors_of("#7a1fa2"),
            logo=Logo(PIXEL, width=160, height=40),
        ),
        language="en",
    )
    for part in (f"_portico.{NAME}", the_domain(cast.acme).token, "acme.localhost", "CNAME"):
        assert part in written.text
    assert "Before Friday, please." in written.text
    entry = AuditEntry.objects.get(action="domain.instructions_sent")
    assert entry.subject_label == NAME
    assert "example.com" not in str(entry.changes)


@pytest.mark.parametrize(
    ("to", "note", "fields"),
    [
        ("", "", {"to": "no_recipient"}),
        ("it@example.com, boss@example.com", "", {"to": "hidden_in_mail_address"}),
        ("it@example.com,boss@example.com", "", {"to": "not_a_mail_address"}),
        ("it@example.com\r\nBcc: all@example.com", "", {"to": "hidden_in_mail_address"}),
        (TO, "one line\r\nand another", {"note": "unreadable_note"}),
        (TO, "\u202eread backwards", {"note": "unreadable_note"}),
        (TO, "one line\u2028and another", {"note": "unreadable_note"}),
        (TO, "x" * 501, {"note": "note_too_long"}),
        ("nobody", "\0", {"to": "not_a_mail_address", "note": "unreadable_note"}),
    ],
)
def test_what_is_no_address_or_no_line_is_refused(
    cast: Cast, to: str, note: str, fields: dict[str, str]
) -> None:
    save(cast.acme, cast.admin)

    with pytest.raises(InvalidFields) as refused:
        sent(cast, to, note)

    assert {field: error.code for field, error in refused.value.errors.items()} == fields
    assert not Mail.objects.exists()


def test_nobody_gets_them_without_end(cast: Cast) -> None:
    save(cast.acme, cast.admin)
    for minute in range(MOST_TO_ONE):
        sent(cast, minutes=minute)

    with pytest.raises(InstructedTooOften):
        sent(cast, "It@Example.COM", minutes=MOST_TO_ONE)

    sent(cast, "other@example.com", minutes=MOST_TO_ONE)
    sent(cast, minutes=24 * 60 + MOST_TO_ONE)


def test_a_workspace_sends_a_few_a_day(cast: Cast) -> None:
    save(cast.acme, cast.admin)
    for number in range(MOST):
        sent(cast, f"it-{number}@example.com")

    with pytest.raises(TooManyInstructions):
        sent(cast, "another@example.com")

    assert Mail.objects.filter(template="domain_instructions").count() == MOST
    assert InstructionMail.objects.filter(at__gt=AT - DAY).count() == MOST
    assert TO not in InstructionMail.objects.values_list("recipient", flat=True)


def test_without_a_domain_there_is_nothing_to_send(cast: Cast) -> None:
    with pytest.raises(NoDomain):
        sent(cast)


def test_the_page_sends_and_says_so(cast: Cast, browse: Callable[..., Client]) -> None:
    save(cast.acme, cast.admin)
    admin = browse(cast.acme, cast.admin)

    page = admin.get(reverse("domain_instructions")).content.decode()
    answer = admin.post(
        reverse("domain_instructions"), {"to": TO, "note": "Hello"}, follow=True
    ).content.decode()

    assert f"_portico.{NAME}" in page
    assert "The instructions are on their way to it@example.com." in answer


def test_the_page_keeps_what_was_typed(cast: Cast, browse: Callable[..., Client]) -> None:
    save(cast.acme, cast.admin)

    answer = browse(cast.acme, cast.admin).post(
        reverse("domain_instructions"), {"to": "nobody", "note": "Before Friday"}
    )

    assert answer.status_code == 422
    assert "is not a mail address" in answer.content.decode()
    assert 'value="Before Friday"' in answer.content.decode()


def test_the_api_sends_them_too_and_no_other_workspaces(
    cast: Cast, call: Callable[..., Client]
) -> None:
    save(cast.acme, cast.admin)
    path = "/api/v1/settings/domain-preference/instructions"

    answer = call(cast.acme, cast.admin).post(path, {"to": TO}, content_type="application/json")
    other = call(cast.zenith, cast.outsider).post(path, {"to": TO}, content_type="application/json")

    assert answer.status_code == 202
    mail = Mail.objects.get(template="domain_instructions")
    assert (answer.json()["mail"], mail.workspace) == (str(mail.id), cast.acme)
    assert (other.status_code, other.json()["code"]) == (409, "no_domain")
