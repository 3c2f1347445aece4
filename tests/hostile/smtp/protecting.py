"""Servers that do not protect the connection as they should."""

from __future__ import annotations

from portico.service_email.smtp.server import Security
from portico.service_email.smtp.stages import StageName
from tests.hostile.smtp.authority import Kind
from tests.hostile.smtp.cases import HURRY, TO_465, TO_STARTTLS, Case
from tests.hostile.smtp.talks import Manners, Talk

STARTTLS, SSL = Security.STARTTLS, Security.SSL
TLS = StageName.TLS


def goes_on_in_the_clear(talk: Talk) -> None:
    talk.say("220 2.0.0 go ahead")
    talk.socket.recv(1)
    talk.say("250 mail.test")


def talks_over(talk: Talk) -> None:
    talk.send(b"220 2.0.0 go ahead\r\n250-mail.test\r\n250 AUTH PLAIN\r\n")
    talk.protect()


def silent_handshake(talk: Talk) -> None:
    talk.say("220 2.0.0 go ahead")
    talk.say_nothing()


def closed_handshake(talk: Talk) -> None:
    talk.say("220 2.0.0 go ahead")
    talk.socket.recv(1)
    talk.hang_up()


def of(kind: Kind, tls: Security = STARTTLS) -> Manners:
    return Manners(tls=tls, certificate=kind)


PROTECTING: tuple[Case, ...] = (
    Case("expired certificate", of(Kind.EXPIRED), TLS, "certificate_expired", "ended on"),
    Case("certificate of tomorrow", of(Kind.NOT_YET_VALID, SSL), TLS, "certificate_not_yet_valid"),
    Case("self-signed certificate", of(Kind.SELF_SIGNED), TLS, "certificate_self_signed"),
    Case(
        "unknown authority",
        of(Kind.UNKNOWN_CA, SSL),
        TLS,
        "certificate_unknown_issuer",
        "Strange Root",
        permanent=True,
    ),
    Case(
        "wrong-name certificate",
        of(Kind.WRONG_NAME),
        TLS,
        "certificate_wrong_name",
        "smtp.elsewhere.test, mx.elsewhere.test",
    ),
    Case("certificate without names", of(Kind.NAMELESS, SSL), TLS, "certificate_wrong_name"),
    Case(
        "name's certificate, called by address",
        of(Kind.GOOD),
        TLS,
        "certificate_wrong_name",
        host="127.0.0.1",
        says="mail.test",
    ),
    Case(
        "certificate for clients",
        of(Kind.FOR_CLIENTS),
        TLS,
        "certificate_refused",
        "not meant for servers",
    ),
    Case("TLS 1.0 only", of(Kind.TLS_1_0), TLS, "tls_too_old", "TLS 1.2"),
    Case("implicit TLS 1.0 only", of(Kind.TLS_1_0, SSL), TLS, "tls_too_old"),
    Case("no cipher in common", of(Kind.NO_COMMON_CIPHER), TLS, "tls_failed", "handshake failure"),
    Case(
        "STARTTLS not offered",
        Manners(),
        TLS,
        "starttls_missing",
        mode=STARTTLS,
        corrects=TO_465,
        permanent=True,
    ),
    Case(
        "STARTTLS with HELO only",
        Manners(replies={"EHLO": "500 5.5.2 what?"}),
        TLS,
        "starttls_missing",
        mode=STARTTLS,
    ),
    Case(
        "STARTTLS not available",
        Manners(tls=STARTTLS, replies={"STARTTLS": "454 4.7.0 no"}),
        TLS,
        "starttls_unavailable",
        "454",
        permanent=False,
    ),
    Case(
        "goes on in the clear",
        Manners(tls=STARTTLS, replies={"STARTTLS": goes_on_in_the_clear}),
        TLS,
        "starttls_broken",
    ),
    Case(
        "talks over STARTTLS",
        Manners(tls=STARTTLS, replies={"STARTTLS": talks_over}),
        TLS,
        "starttls_broken",
    ),
    Case(
        "silent handshake",
        Manners(tls=STARTTLS, replies={"STARTTLS": silent_handshake}),
        TLS,
        "tls_silent",
        limits=HURRY,
    ),
    Case(
        "handshake that breaks off",
        Manners(tls=STARTTLS, replies={"STARTTLS": closed_handshake}),
        TLS,
        "tls_closed",
    ),
    Case(
        "implicit TLS spoken to a plain port",
        Manners(),
        TLS,
        "plain_answer",
        "220 mail.test",
        mode=SSL,
        corrects=TO_STARTTLS,
    ),
    Case(
        "implicit TLS spoken to a STARTTLS port",
        Manners(tls=STARTTLS),
        TLS,
        "plain_answer",
        mode=SSL,
        corrects=TO_STARTTLS,
        permanent=True,
    ),
    Case(
        "silent port for implicit TLS",
        Manners(greeting=""),
        TLS,
        "tls_silent",
        mode=SSL,
        limits=HURRY,
    ),
)
