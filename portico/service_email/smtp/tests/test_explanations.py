"""Every row of the table is reached, and says what happened, why, and what to do."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from portico.service_email.smtp.explanations import TABLE, explain
from portico.service_email.smtp.explanations.table import Explanation
from portico.service_email.smtp.failures import Failure, said
from portico.service_email.smtp.masks import Mask
from portico.service_email.smtp.replies import Reply, line_of, reply_of
from portico.service_email.smtp.server import Security, Server, TokenAccess
from portico.service_email.smtp.stages import StageName
from portico.service_email.smtp.troubles import Condition, Trouble

SERVER = Server("smtp.example.com", 587, Security.STARTTLS, "service@acme.test", "service", "x")
OPEN = Server("smtp.example.com", 25, Security.NONE, "service@acme.test")
SSL = Server("smtp.example.com", 465, Security.SSL, "service@acme.test", "service", "x")
TOKEN = replace(SSL, password="", tokens=TokenAccess("https://login.example.com/token", "app"))
ALL = (SERVER, OPEN, SSL, TOKEN)

GREETING, SIGN_IN = StageName.GREETING, StageName.SIGN_IN
SENDER, RECIPIENT, MESSAGE = StageName.SENDER, StageName.RECIPIENT, StageName.MESSAGE

# What servers really say, or said once.
SAYINGS: tuple[tuple[StageName, str, str], ...] = (
    (GREETING, "421 4.3.2 Service not active", "server_busy"),
    (GREETING, "421 4.7.0 IP not in whitelist for RCPT domain, closing connection.", "server_busy"),
    (GREETING, "554 5.7.1 Service unavailable; Client host blocked using zen", "no_service"),
    (GREETING, "521 5.3.2 does not accept mail", "no_service"),
    (GREETING, "450 4.7.0 try again later", "greeting_refused"),
    (
        SIGN_IN,
        (
            "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for"
            " the Mailbox. Visit https://aka.ms/smtp_auth_disabled"
        ),
        "smtp_auth_disabled",
    ),
    (
        SIGN_IN,
        (
            "535 5.7.139 Authentication unsuccessful, user is locked by your organization's"
            " security defaults policy."
        ),
        "smtp_auth_disabled",
    ),
    (SIGN_IN, "530 5.7.57 Client not authenticated to send mail", "smtp_auth_disabled"),
    (SIGN_IN, "535 SmtpClientAuthentication is disabled for the Tenant", "smtp_auth_disabled"),
    (
        SIGN_IN,
        "535 5.7.3 Authentication unsuccessful [AM0PR01CA0101.outlook.com]",
        "microsoft_password_refused",
    ),
    (
        SIGN_IN,
        (
            "534 5.7.9 Application-specific password required. Learn more at\n"
            "https://support.google.com/mail/?p=InvalidSecondFactor"
        ),
        "app_password_needed",
    ),
    (SIGN_IN, "535 5.7.9 no", "app_password_needed"),
    (
        SIGN_IN,
        (
            "535 Login Fail. Please enter your authorization code to login. More information in"
            " http://service.mail.qq.com"
        ),
        "app_password_needed",
    ),
    (
        SIGN_IN,
        (
            "535 5.7.8 Username and Password not accepted. For more information, go to"
            " https://support.google.com/mail/?p=BadCredentials a1-2 - gsmtp"
        ),
        "gmail_password_refused",
    ),
    (
        SIGN_IN,
        "534 5.7.14 Please log in via your web browser and then try again. gsmtp",
        "gmail_password_refused",
    ),
    (
        SIGN_IN,
        "538 5.7.11 Encryption required for requested authentication mechanism",
        "encryption_required",
    ),
    (SIGN_IN, "530 5.7.0 Must issue a STARTTLS command first", "encryption_required"),
    (
        SIGN_IN,
        "454 4.7.0 Temporary authentication failure: Connection lost to authentication server",
        "sign_in_temporary",
    ),
    (
        SIGN_IN,
        "454 4.7.0 Too many login attempts, please try again later. gsmtp",
        "sign_in_temporary",
    ),
    (SIGN_IN, "535 5.7.8 Error: authentication failed: UGFzc3dvcmQ6", "password_refused"),
    (SIGN_IN, "535 Authentication Credentials Invalid", "password_refused"),
    (SIGN_IN, "535 Error: authentication failed", "password_refused"),
    (SIGN_IN, "530 5.7.0 Authentication required", "password_refused"),
    (SIGN_IN, "526 Authentication failure[0]", "sign_in_refused"),
    (SIGN_IN, "550 5.7.14 account suspended", "sign_in_refused"),
    (SENDER, "530 5.7.0 Must issue a STARTTLS command first", "encryption_required"),
    (SENDER, "538 5.7.11 Encryption required", "encryption_required"),
    (SENDER, "530 5.7.0 Authentication Required. For more information, go to", "sign_in_required"),
    (RECIPIENT, "530 Authentication required", "sign_in_required"),
    (SENDER, "550 5.4.5 Daily user sending limit exceeded. gsmtp", "rate_limited"),
    (SENDER, "454 Throttling failure: Daily message quota exceeded.", "rate_limited"),
    (MESSAGE, "454 Throttling failure: Maximum sending rate exceeded.", "rate_limited"),
    (MESSAGE, "432 4.3.2 STOREDRV.ClientSubmit; sender thread limit exceeded", "rate_limited"),
    (SENDER, "421 4.7.28 unusual amount of mail from your IP address", "rate_limited"),
    (
        SENDER,
        "550 5.7.60 SMTP; Client does not have permissions to send as this sender",
        "sender_not_the_account",
    ),
    (
        MESSAGE,
        "554 5.2.252 SendAsDenied; a@b.c not allowed to send as d@e.f",
        "sender_not_the_account",
    ),
    (
        SENDER,
        "553 5.7.1 <a@b.c>: Sender address rejected: not owned by user d@e.f",
        "sender_not_the_account",
    ),
    (SENDER, "501 mail from address must be same as authorization user", "sender_not_the_account"),
    (SENDER, "553 Mail from must equal authorized user", "sender_not_the_account"),
    (MESSAGE, "554 Message rejected: Email address is not verified.", "sender_not_the_account"),
    (SENDER, "550 5.7.1 Client was not authenticated", "sender_not_the_account"),
    (SENDER, "552 5.3.4 Message size exceeds fixed limit", "message_too_large"),
    (MESSAGE, "552 5.2.3 Message exceeds local size limit", "message_too_large"),
    (SENDER, "552 message too large", "message_too_large"),
    (SENDER, "552 no", "message_too_large"),
    (SENDER, "452 4.3.1 Insufficient system storage", "server_storage"),
    (RECIPIENT, "452 4.5.3 no more for now", "server_storage"),
    (RECIPIENT, "421 4.3.0 shutting down", "server_busy"),
    (SENDER, "451 4.1.8 Domain of sender address does not resolve", "sender_deferred"),
    (SENDER, "550 5.1.8 Sender address rejected: Domain not found", "sender_refused"),
    (SENDER, "501 5.1.7 Bad sender address syntax", "sender_refused"),
    (RECIPIENT, "554 5.7.1 <a@b.c>: Relay access denied", "relay_denied"),
    (
        RECIPIENT,
        "550 5.7.54 SMTP; Unable to relay recipient in non-accepted domain",
        "relay_denied",
    ),
    (RECIPIENT, "550 relaying denied", "relay_denied"),
    (RECIPIENT, "452 4.2.2 The recipient's inbox is out of storage space.", "mailbox_full"),
    (RECIPIENT, "550 mailbox quota exceeded", "mailbox_full"),
    (RECIPIENT, "552 no", "mailbox_full"),
    (RECIPIENT, "450 4.2.0 <a@b.c>: Recipient address rejected: Greylisted", "greylisted"),
    (RECIPIENT, "451 4.7.1 wait 300 seconds", "greylisted"),
    (RECIPIENT, "451 Temporarily greylisted", "greylisted"),
    (RECIPIENT, "450 4.2.1 mailbox busy", "recipient_deferred"),
    (
        RECIPIENT,
        "550 5.1.1 The email account that you tried to reach does not exist.",
        "recipient_unknown",
    ),
    (RECIPIENT, "550 5.1.10 RESOLVER.ADR.RecipientNotFound", "recipient_unknown"),
    (RECIPIENT, "550 No such user here", "recipient_unknown"),
    (RECIPIENT, "553 sorry, that address is not in my list", "recipient_refused"),
    (RECIPIENT, "550 5.7.1 no", "recipient_refused"),
    (MESSAGE, "554 5.7.1 Spam message rejected", "content_refused"),
    (
        MESSAGE,
        "550 5.7.26 Unauthenticated email is not accepted due to DMARC policy",
        "content_refused",
    ),
    (MESSAGE, "554 5.7.1 no", "content_refused"),
    (MESSAGE, "451 4.3.0 queue file write error", "message_deferred"),
    (MESSAGE, "554 5.6.0 bad header", "message_refused"),
)


def reply_from(text: str) -> Reply:
    """The reply in these words, as it comes off the wire."""
    line = line_of(text.replace("\n", " ").encode())
    assert line is not None
    return reply_of([line], Mask("", ""))


def row_for(stage: StageName, trouble: Trouble, server: Server) -> Explanation:
    """The row that explains it."""
    return next(row for row in TABLE if row.explains(stage, trouble, server))


@pytest.mark.parametrize(("stage", "saying", "code"), SAYINGS)
def test_what_servers_say_is_understood(stage: StageName, saying: str, code: str) -> None:
    failure = explain(Trouble(Condition.REPLY, reply=reply_from(saying)), SERVER, stage=stage)

    assert failure.code == code
    assert failure.stage is stage
    if saying.startswith("4"):
        assert not failure.permanent


def test_no_row_stands_in_the_shadow_of_another() -> None:
    reached: set[int] = set()
    for stage, saying, _code in SAYINGS:
        trouble = Trouble(Condition.REPLY, reply=reply_from(saying))
        reached |= {id(row_for(stage, trouble, server)) for server in (SERVER, OPEN, TOKEN)}
    for condition in set(Condition) - {Condition.REPLY}:
        for stage in StageName:
            reached |= {id(row_for(stage, Trouble(condition), server)) for server in ALL}

    assert [row.code for row in TABLE if id(row) not in reached] == []


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.code)
def test_every_row_says_three_things_in_plain_sentences(row: Explanation) -> None:
    for text in (row.meaning, row.cause, row.advice):
        assert re.fullmatch(r"[A-Z“%].*(\.|%\((reply|reason)\)s)", text), text
        assert text.count("(") - text.count("%(") == text.count(")") - text.count(")s"), text
        assert "successfully" not in text
    assert len({row.meaning, row.cause, row.advice}) == 3
    assert re.fullmatch(r"[a-z0-9_]+", row.code)


def test_everything_is_explained_and_filled_in() -> None:
    facts = {
        "seconds": "5", "addresses": "10.0.0.1", "accepted": "25", "said": "HTTP/1.1", "size": "9",
        "limit": "5", "address": "a b", "mechanisms": "XOAUTH2", "reason": "bad", "names": "a.test",
        "issuer": "CA", "starts": "2026-01-01", "ends": "2026-02-01",
        "endpoint": "login.example.com", "error": "invalid_grant", "status": "500",
        "source": "198.51.100.7",
    }  # fmt: skip
    for condition in Condition:
        for stage in StageName:
            for server in ALL:
                trouble = Trouble(condition, reply=reply_from("550 5.0.0 no"), **facts)
                failure = explain(trouble, server, stage=stage)
                assert "?" not in shown(failure)
                assert "%(" not in shown(failure)


def shown(failure: Failure) -> str:
    """All that a failure says in English."""
    explained = failure.explained
    told = (explained.meaning, explained.cause, explained.advice)
    return " ".join([str(failure), *(said(sentence) for sentence in told if sentence is not None)])


def test_a_correction_always_changes_something() -> None:
    for row in TABLE:
        for server in ALL:
            for condition in row.conditions:
                stage = row.stages[0] if row.stages else StageName.CONNECT
                correction = explain(Trouble(condition), server, stage=stage).explained.correction
                if correction is not None:
                    present = {"port": server.port, "security": server.security.value}
                    assert {**present, **correction.values} != present


def test_no_correction_takes_protection_away() -> None:
    for row in TABLE:
        for server in (SERVER, SSL):
            correction = row.correct(server) if row.correct else None
            if correction is not None and "security" in correction.values:
                assert correction.values["security"] != Security.NONE


def test_the_order_in_words() -> None:
    failure = explain(
        Trouble(Condition.REPLY, reply=reply_from("535 5.7.8 no")), SERVER, stage=SIGN_IN
    )

    assert str(failure) == "The server refused the user name or the password. (535 5.7.8 no)"
    assert repr(failure) == "Failure(sign_in, password_refused, server)"
