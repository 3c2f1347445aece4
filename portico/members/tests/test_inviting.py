"""Inviting people: what becomes of each address, and what is refused."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from conftest import Cast
from portico.audit.models import AuditEntry
from portico.kernel.errors import InvalidFields, NotFound
from portico.members.links import token_of
from portico.members.models import Invitation, InvitationState
from portico.members.rules import addresses_in, check_message
from portico.members.services import (
    InvitationExpired,
    InvitationReplaced,
    InvitationUsed,
    InvitationWithdrawn,
    InvitedTooOften,
    Outcome,
    SentJustNow,
    TooManyInvitations,
    accept,
    invite,
    look_at,
    resend,
    withdraw,
)
from portico.members.services.bounds import MOST_A_DAY, MOST_TO_ONE
from portico.outbox.models import Event
from portico.service_email.models import Mail
from portico.workspaces.permissions import Role
from tests.make import AT, actor, make_invitation, make_person

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
NEW = "nia@example.com"


def outcomes(cast: Cast, *emails: str) -> dict[str, Outcome]:
    answers = invite(cast.acme, emails, role=Role.DEVELOPER, by=actor(cast.admin), at=AT)
    return {answer.email: answer.outcome for answer in answers}


def test_an_invitation_is_kept_recorded_announced_and_mailed(cast: Cast) -> None:
    (answer,) = invite(
        cast.acme,
        ["  Nia@Example.COM "],
        role=Role.OPERATOR,
        message="Welcome",
        language="zh-hans",
        by=actor(cast.admin),
        at=AT,
    )

    kept = Invitation.objects.get()
    assert answer.invitation == kept
    assert (kept.email, kept.role, kept.message) == (NEW, "operator", "Welcome")
    assert (kept.sent_at, kept.expires_at) == (AT, AT + 3 * DAY)
    assert kept.invited_by_id == cast.admin.person_id
    entry = AuditEntry.objects.get(action="invitation.made")
    assert (entry.workspace_id, entry.actor_id) == (cast.acme.id, cast.admin.person_id)
    assert (entry.subject_kind, entry.subject_id) == ("invitation", str(kept.id))
    assert entry.changes == [{"field": "role", "before": "", "after": "operator"}]
    assert Event.objects.get(name="invitation.made").workspace_id == cast.acme.id
    mail = Mail.objects.get()
    assert (mail.template, mail.recipient, mail.language) == ("invitation", NEW, "zh-hans")
    assert mail.workspace == cast.acme


def test_neither_the_link_nor_what_makes_it_is_kept_with_the_mail_event_or_entry(
    cast: Cast,
) -> None:
    invitation = make_invitation(cast.acme, by=actor(cast.admin))

    token = token_of(invitation)
    kept = [str(list(rows.objects.values())) for rows in (Mail, Event, AuditEntry)]
    assert all(invitation.nonce not in text and token not in text for text in kept)


def test_the_log_names_no_address_and_no_person_for_good(cast: Cast) -> None:
    invitation = make_invitation(cast.acme, NEW, by=actor(cast.admin))
    withdraw(cast.acme, invitation.id, by=actor(cast.admin), at=AT)

    entries = AuditEntry.objects.filter(action__startswith="invitation.")
    assert entries.count() == 2
    assert all(NEW not in str(vars(entry)) for entry in entries)


def test_each_address_is_answered_for(cast: Cast) -> None:
    make_invitation(cast.acme, "open@example.com")
    make_invitation(cast.acme, "late@example.com", at=AT - 4 * DAY)
    make_invitation(cast.zenith, "elsewhere@example.com")

    found = outcomes(
        cast,
        NEW,
        "Open@example.com",
        "late@example.com",
        "developer@acme.example.com",
        "no address",
        "elsewhere@example.com",
        "admin@zenith.example.com",
    )

    assert found == {
        NEW: Outcome.INVITED,
        "open@example.com": Outcome.ALREADY_INVITED,
        "late@example.com": Outcome.RENEWED,
        "developer@acme.example.com": Outcome.ALREADY_MEMBER,
        "no address": Outcome.INVALID,
        "elsewhere@example.com": Outcome.INVITED,
        "admin@zenith.example.com": Outcome.INVITED,
    }
    assert Mail.objects.filter(workspace=cast.acme).count() == 2 + 4


def test_an_address_named_twice_is_invited_once(cast: Cast) -> None:
    assert outcomes(cast, NEW, "NIA@example.com", NEW) == {NEW: Outcome.INVITED}

    assert Mail.objects.count() == 1


def test_who_let_an_invitation_expire_is_invited_with_what_is_said_now(cast: Cast) -> None:
    old = make_invitation(cast.acme, NEW, Role.ADMIN, message="old", at=AT - 4 * DAY)
    token = token_of(old)

    (answer,) = invite(
        cast.acme, [NEW], role=Role.INSPECTOR, message="new", by=actor(cast.admin), at=AT
    )

    kept = Invitation.objects.get()
    assert answer.outcome is Outcome.RENEWED
    assert (kept.id, kept.role, kept.message) == (old.id, "inspector", "new")
    assert kept.expires_at == AT + 3 * DAY
    with pytest.raises(InvitationReplaced):
        look_at(token, cast.acme, at=AT)


def test_what_is_no_address_is_invited_nowhere(cast: Cast) -> None:
    addresses = [
        "plain",
        "@example.com",
        "ada@",
        "ada@example",
        "ada@example.com\r\nBcc: victim@example.com",
        "ada@example.com\nSubject: x",
        "ada@example.com\x00",
        "ada\ud800@example.com",
        "a b@example.com",
        '"ada"<script>@example.com',
        "ada@exa\u202emple.com",
        "x" * 250 + "@example.com",
        "ada@" + "d" * 300 + ".com",
        "\u0130@example.com",
        "ada@example.com,bob@example.com",
    ]

    found = [set(outcomes(cast, address).values()) for address in addresses]

    assert found == [{Outcome.INVALID}] * len(addresses)
    assert not Mail.objects.exists()
    assert not Invitation.objects.exists()


@pytest.mark.parametrize("address", ["ada@münchen.example", "ada@\u0130stanbul.example"])
def test_an_address_with_an_international_domain_is_invited_or_refused_in_words(
    cast: Cast, address: str
) -> None:
    assert set(outcomes(cast, address).values()) <= {Outcome.INVITED, Outcome.INVALID}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a@x.y, b@x.y;c@x.y d@x.y\ne@x.y\r\nf@x.y", "a@x.y b@x.y c@x.y d@x.y e@x.y f@x.y"),
        ("Ada Lovelace <a@x.y>, Bob <b@x.y>", "a@x.y b@x.y"),
        ('"Lovelace, Ada" <a@x.y>; "B, C" <b@x.y>', "a@x.y b@x.y"),
        ("a@x.y, A@X.Y", "a@x.y"),
        ("  ,;  ", ""),
        ("not-an-address", "not-an-address"),
    ],
)
def test_addresses_are_found_as_people_paste_them(text: str, found: str) -> None:
    assert addresses_in(text) == found.split()


@pytest.mark.parametrize(("count", "code"), [(0, "no_address"), (51, "too_many_addresses")])
def test_from_one_to_fifty_are_invited_at_once(cast: Cast, count: int, code: str) -> None:
    with pytest.raises(InvalidFields) as refused:
        outcomes(cast, *(f"person-{number}@example.com" for number in range(count)))

    assert refused.value.errors["emails"].code == code
    assert not Invitation.objects.exists()


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ("x" * 1001, "message_too_long"),
        ("a\x00b", "unreadable_message"),
        ("a\x1b[31mb", "unreadable_message"),
        ("pay \u202etsop", "unreadable_message"),
        ("\ud800", "unreadable_message"),
    ],
)
def test_a_message_that_cannot_be_used_is_refused_and_nobody_is_invited(
    cast: Cast, message: str, code: str
) -> None:
    with pytest.raises(InvalidFields) as refused:
        invite(cast.acme, [NEW], role=Role.ADMIN, message=message, by=actor(cast.admin), at=AT)

    assert refused.value.errors["message"].code == code
    assert not Invitation.objects.exists()


def test_a_message_of_exactly_a_thousand_characters_is_kept_with_its_lines() -> None:
    assert check_message("  " + "é\r\n" * 333 + "x\r") == "é\n" * 333 + "x"
    assert len(check_message("\N{BOUQUET}" * 1000)) == 1000


def test_a_language_that_mails_do_not_come_in_is_refused(cast: Cast) -> None:
    with pytest.raises(InvalidFields) as refused:
        invite(cast.acme, [NEW], role=Role.ADMIN, language="tlh", by=actor(cast.admin), at=AT)

    assert list(refused.value.errors) == ["language"]


def test_a_workspace_sends_so_many_invitations_a_day_and_no_more(cast: Cast) -> None:
    for batch in range(MOST_A_DAY // 50):
        outcomes(cast, *(f"person-{batch}-{number}@example.com" for number in range(50)))

    with pytest.raises(TooManyInvitations) as refused:
        outcomes(cast, NEW)
    with pytest.raises(TooManyInvitations):
        resend(cast.acme, Invitation.objects.latest("id").id, by=actor(cast.admin), at=AT + MINUTE)

    assert "0 are left" in str(refused.value)
    assert outcomes(cast, "developer@acme.example.com") == {
        "developer@acme.example.com": Outcome.ALREADY_MEMBER
    }
    make_invitation(cast.zenith, NEW)
    make_invitation(cast.acme, NEW, at=AT + DAY)


def test_a_new_link_ends_the_one_before_and_starts_its_three_days_anew(cast: Cast) -> None:
    invitation = make_invitation(cast.acme, NEW)
    first = token_of(invitation)

    sent = resend(cast.acme, invitation.id, by=actor(cast.admin), at=AT + 2 * DAY)

    assert sent.expires_at == AT + 5 * DAY
    with pytest.raises(InvitationReplaced):
        look_at(first, cast.acme, at=AT + 2 * DAY)
    assert look_at(token_of(sent), cast.acme, at=AT + 4 * DAY) == invitation
    assert Mail.objects.filter(template="invitation", recipient=NEW).count() == 2
    assert AuditEntry.objects.filter(action="invitation.resent").count() == 1


def test_an_expired_invitation_can_be_sent_again(cast: Cast) -> None:
    invitation = make_invitation(cast.acme, NEW)

    resend(cast.acme, invitation.id, by=actor(cast.admin), at=AT + 30 * DAY)

    invitation.refresh_from_db()
    assert invitation.state(at=AT + 31 * DAY) is InvitationState.OPEN


def test_nobody_is_sent_the_same_twice_in_a_minute(cast: Cast) -> None:
    invitation = make_invitation(cast.acme, NEW)

    with pytest.raises(SentJustNow):
        resend(cast.acme, invitation.id, by=actor(cast.admin), at=AT + MINUTE / 2)

    assert Mail.objects.count() == 1


def test_a_withdrawn_invitation_opens_nothing_and_makes_room_for_another(cast: Cast) -> None:
    invitation = make_invitation(cast.acme, NEW)

    withdraw(cast.acme, invitation.id, by=actor(cast.admin), at=AT)

    with pytest.raises(InvitationWithdrawn):
        look_at(token_of(invitation), cast.acme, at=AT)
    assert outcomes(cast, NEW) == {NEW: Outcome.INVITED}
    assert AuditEntry.objects.filter(action="invitation.withdrawn").count() == 1
    assert Event.objects.filter(name="invitation.withdrawn").count() == 1


def test_what_is_answered_is_neither_sent_again_nor_withdrawn(cast: Cast) -> None:
    person = make_person(NEW)
    accepted, withdrawn = make_invitation(cast.acme, NEW), make_invitation(cast.acme)
    accept(token_of(accepted), cast.acme, person, by=actor(cast.admin), at=AT)
    withdraw(cast.acme, withdrawn.id, by=actor(cast.admin), at=AT)

    for verb in (resend, withdraw):
        with pytest.raises(InvitationUsed):
            verb(cast.acme, accepted.id, by=actor(cast.admin), at=AT + DAY)
        with pytest.raises(InvitationWithdrawn):
            verb(cast.acme, withdrawn.id, by=actor(cast.admin), at=AT + DAY)


@pytest.mark.parametrize("verb", [resend, withdraw])
def test_an_invitation_of_another_workspace_is_not_there(cast: Cast, verb: object) -> None:
    invitation = make_invitation(cast.acme, NEW)

    with pytest.raises(NotFound):
        verb(cast.zenith, invitation.id, by=actor(cast.outsider), at=AT + DAY)  # type: ignore[operator]

    invitation.refresh_from_db()
    assert (invitation.sent_at, invitation.withdrawn_at) == (AT, None)


def test_an_invitation_is_good_for_three_days_to_the_second(cast: Cast) -> None:
    token = token_of(make_invitation(cast.acme, NEW))

    look_at(token, cast.acme, at=AT + 3 * DAY - timedelta(seconds=1))
    with pytest.raises(InvitationExpired):
        look_at(token, cast.acme, at=AT + 3 * DAY)


def test_the_database_knows_one_open_invitation_per_address(cast: Cast) -> None:
    invitation = make_invitation(cast.acme, NEW)
    same = {"workspace": cast.acme, "email": NEW, "role": "admin", "nonce": "x"}

    with pytest.raises(IntegrityError, match="one_open_invitation"), transaction.atomic():
        Invitation.objects.create(**same, sent_at=AT, expires_at=AT + DAY)

    withdraw(cast.acme, invitation.id, by=actor(cast.admin), at=AT)
    Invitation.objects.create(**same, sent_at=AT, expires_at=AT + DAY)


@pytest.mark.parametrize(
    "address",
    [
        "\u017fam@example.com",  # a long s, which Django's check takes for a letter
        "al\u0131@example.com",  # an i without its dot
        "\u7528\u6237@example.com",
        "ada@[127.0.0.1]",
    ],
)
def test_an_address_that_could_pass_for_another_is_refused(cast: Cast, address: str) -> None:
    assert outcomes(cast, address) == {address: Outcome.INVALID}
    assert not Invitation.objects.exists()


def test_nobody_is_flooded_by_inviting_and_withdrawing(cast: Cast) -> None:
    for _time in range(MOST_TO_ONE):
        last = make_invitation(cast.acme, NEW)
        withdraw(cast.acme, last.id, by=actor(cast.admin), at=AT)

    with pytest.raises(InvitedTooOften, match=NEW):
        outcomes(cast, "other@example.com", NEW)

    assert not Invitation.objects.filter(email="other@example.com").exists()
    assert outcomes(cast, "other@example.com") == {"other@example.com": Outcome.INVITED}
    make_invitation(cast.zenith, NEW)  # what one workspace did keeps no other from it
    make_invitation(cast.acme, NEW, at=AT + DAY)


def test_nobody_is_flooded_by_sending_again(cast: Cast) -> None:
    invitation = make_invitation(cast.acme, NEW)
    for time in range(1, MOST_TO_ONE):
        resend(cast.acme, invitation.id, by=actor(cast.admin), at=AT + time * MINUTE)

    with pytest.raises(InvitedTooOften):
        resend(cast.acme, invitation.id, by=actor(cast.admin), at=AT + DAY - MINUTE)
