"""Servers that do not take the sender or the recipient."""

from __future__ import annotations

from portico.service_email.smtp.failures import FailureKind
from portico.service_email.smtp.stages import StageName
from tests.hostile.smtp.cases import PARROT, Case, repeat
from tests.hostile.smtp.talks import Manners, Talk

SENDER, RECIPIENT = StageName.SENDER, StageName.RECIPIENT
Kind = FailureKind


def at_mail(reply: str) -> Manners:
    return Manners(replies={"MAIL": repeat(reply + PARROT)})


def at_rcpt(reply: str) -> Manners:
    return Manners(replies={"RCPT": repeat(reply + PARROT)})


SENDERS: tuple[Case, ...] = (
    Case(
        "sender refused 550",
        at_mail("550 5.1.8 sender unknown"),
        SENDER,
        "sender_refused",
        "service@acme.test",
        kind=Kind.SENDER,
        permanent=True,
    ),
    Case(
        "sender refused 553",
        at_mail("553 5.7.1 Sender address rejected: not owned by user"),
        SENDER,
        "sender_not_the_account",
        kind=Kind.SENDER,
    ),
    Case("sender refused 501", at_mail("501 5.1.7 bad sender address"), SENDER, "sender_refused"),
    Case(
        "sender is not the account",
        at_mail("550 5.7.60 SMTP; Client does not have permissions"),
        SENDER,
        "sender_not_the_account",
    ),
    Case("sender may not, 5.7.1", at_mail("550 5.7.1 no"), SENDER, "sender_not_the_account"),
    Case(
        "sender put off",
        at_mail("451 4.1.8 cannot look up your domain"),
        SENDER,
        "sender_deferred",
        permanent=False,
    ),
    Case(
        "530 at MAIL",
        at_mail("530 5.7.0 Authentication required"),
        SENDER,
        "sign_in_required",
        kind=Kind.SERVER,
    ),
    Case(
        "550 daily limit",
        at_mail("550 5.4.5 Daily user sending limit exceeded"),
        SENDER,
        "rate_limited",
        kind=Kind.SERVER,
        permanent=False,
    ),
    Case(
        "452 no room",
        at_mail("452 4.3.1 Insufficient system storage"),
        SENDER,
        "server_storage",
        kind=Kind.SERVER,
    ),
    Case(
        "421 at MAIL", at_mail("421 4.3.0 shutting down"), SENDER, "server_busy", kind=Kind.SERVER
    ),
    Case("hangs up at MAIL", Manners(replies={"MAIL": Talk.hang_up}), SENDER, "closed"),
    Case(
        "552 size at MAIL",
        at_mail("552 5.3.4 Message size exceeds fixed limit"),
        SENDER,
        "message_too_large",
        kind=Kind.MESSAGE,
    ),
    Case(
        "size known in advance",
        Manners(offers=("SIZE 50",)),
        SENDER,
        "message_too_large",
        "at most 50",
        kind=Kind.MESSAGE,
        permanent=True,
    ),
    Case(
        "8BITMIME missing",
        Manners(offers=()),
        SENDER,
        "eight_bit_missing",
        message="Subject: x\r\n\r\nGrüße\r\n".encode(),
    ),
    Case(
        "SMTPUTF8 missing for the sender",
        Manners(),
        SENDER,
        "smtputf8_missing",
        sender="gruß@acme.test",
        kind=Kind.SENDER,
    ),
    Case(
        "sender with a line break",
        Manners(),
        SENDER,
        "address_unusable",
        sender="a@acme.test>\r\nRCPT TO:<b@acme.test",
        kind=Kind.SENDER,
    ),
)

RECIPIENTS: tuple[Case, ...] = (
    Case(
        "recipient refused 550 5.1.1",
        at_rcpt("550 5.1.1 User unknown"),
        RECIPIENT,
        "recipient_unknown",
        "User unknown",
        kind=Kind.RECIPIENT,
        permanent=True,
    ),
    Case(
        "recipient unknown in words",
        at_rcpt("550 No such user here"),
        RECIPIENT,
        "recipient_unknown",
    ),
    Case(
        "550 relay denied",
        at_rcpt("550 5.7.1 Relaying denied"),
        RECIPIENT,
        "relay_denied",
        kind=Kind.RECIPIENT,
        permanent=True,
    ),
    Case(
        "554 relay denied",
        at_rcpt("554 5.7.1 <ines@example.test>: Relay access denied"),
        RECIPIENT,
        "relay_denied",
    ),
    Case(
        "550 5.7.1 without sign-in", at_rcpt("550 5.7.1 no"), RECIPIENT, "relay_denied", username=""
    ),
    Case("recipient blocked", at_rcpt("550 5.7.1 blocked"), RECIPIENT, "recipient_refused"),
    Case(
        "greylisting 450",
        at_rcpt("450 4.7.1 Greylisted, try again"),
        RECIPIENT,
        "greylisted",
        kind=Kind.RECIPIENT,
        permanent=False,
    ),
    Case("greylisting 451", at_rcpt("451 4.7.1 come back in 300 seconds"), RECIPIENT, "greylisted"),
    Case(
        "recipient put off",
        at_rcpt("450 4.2.1 mailbox busy"),
        RECIPIENT,
        "recipient_deferred",
        permanent=False,
    ),
    Case(
        "mailbox full 452",
        at_rcpt("452 4.2.2 The email account is over quota"),
        RECIPIENT,
        "mailbox_full",
        kind=Kind.RECIPIENT,
        permanent=False,
    ),
    Case(
        "mailbox full 552",
        at_rcpt("552 5.2.2 mailbox full"),
        RECIPIENT,
        "mailbox_full",
        permanent=True,
    ),
    Case(
        "too many recipients an hour",
        at_rcpt("451 4.7.1 Rate limit exceeded"),
        RECIPIENT,
        "rate_limited",
        kind=Kind.SERVER,
    ),
    Case(
        "SMTPUTF8 missing for the recipient",
        Manners(),
        RECIPIENT,
        "smtputf8_missing",
        recipient="用户@example.test",
        kind=Kind.RECIPIENT,
        permanent=True,
    ),
    Case(
        "recipient with a space",
        Manners(),
        RECIPIENT,
        "address_unusable",
        recipient="ines b@example.test",
        kind=Kind.RECIPIENT,
    ),
    Case("resets at RCPT", Manners(replies={"RCPT": Talk.reset}), RECIPIENT, "closed"),
    Case("353 at RCPT", at_rcpt("354 go on"), RECIPIENT, "unexpected_reply"),
)
