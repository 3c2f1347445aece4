"""Servers that do not greet as they should."""

from __future__ import annotations

from portico.service_email.smtp.failures import FailureKind
from portico.service_email.smtp.server import Security
from portico.service_email.smtp.stages import StageName
from tests.hostile.smtp.cases import HURRY, PARROT, TO_587, TO_SSL, Case
from tests.hostile.smtp.talks import Manners, Talk

NONE, STARTTLS, SSL = Security.NONE, Security.STARTTLS, Security.SSL
GREETING = StageName.GREETING


def drips_banner(talk: Talk) -> None:
    talk.drip("220-mail.test waits\r\n", every=0.05)


def drips_one_line(talk: Talk) -> None:
    talk.drip("2", every=0.05)


def starts_and_stops(talk: Talk) -> None:
    talk.send(b"220-mail.test\r\n220")
    talk.say_nothing()


def sends_alert(talk: Talk) -> None:
    talk.send(b"\x15\x03\x01\x00\x02\x02\x0a")
    talk.hang_up()


def sends_alert_and_waits(talk: Talk) -> None:
    talk.send(b"\x15\x03\x01\x00\x02\x02\x0a")
    talk.say_nothing()


def noise(talk: Talk) -> None:
    talk.send(bytes(range(128, 256)) + b"\r\n")


def endless_ehlo(talk: Talk) -> None:
    talk.flood("250-SIZE 1000\r\n")


def endless_line(talk: Talk) -> None:
    talk.flood("2")


GREETINGS: tuple[Case, ...] = (
    Case("silent banner", Manners(greeting=""), GREETING, "greeting_silent", limits=HURRY),
    Case(
        "byte-a-second banner",
        Manners(greeting=drips_one_line),
        GREETING,
        "greeting_slow",
        limits=HURRY,
    ),
    Case(
        "banner line by line",
        Manners(greeting=drips_banner),
        GREETING,
        "greeting_slow",
        limits=HURRY,
    ),
    Case(
        "banner that stops halfway",
        Manners(greeting=starts_and_stops),
        GREETING,
        "greeting_slow",
        limits=HURRY,
    ),
    Case("endless banner", Manners(greeting=endless_line), GREETING, "reply_endless"),
    Case(
        "421 busy",
        Manners(greeting="421 4.3.2 too busy" + PARROT),
        GREETING,
        "server_busy",
        "too busy",
        permanent=False,
        kind=FailureKind.SERVER,
    ),
    Case(
        "554 no service",
        Manners(greeting="554 5.7.1 blocked using list.test"),
        GREETING,
        "no_service",
        "block list",
        permanent=True,
    ),
    Case("450 not yet", Manners(greeting="450 4.7.0 come back"), GREETING, "greeting_refused"),
    Case("closes without a word", Manners(greeting=Talk.hang_up), GREETING, "greeting_closed"),
    Case("resets at once", Manners(greeting=Talk.reset), GREETING, "greeting_closed"),
    Case(
        "a web server",
        Manners(greeting="HTTP/1.1 400 Bad Request"),
        GREETING,
        "not_smtp",
        "HTTP/1.1 400",
        mode=STARTTLS,
        corrects=TO_587,
    ),
    Case("another service", Manners(greeting="SSH-2.0-OpenSSH_9.7"), GREETING, "not_smtp", "SSH"),
    Case("noise", Manners(greeting=noise), GREETING, "not_smtp", r"\x80"),
    Case("greets with 354", Manners(greeting="354 go on"), GREETING, "unexpected_reply", "354"),
    Case("endless EHLO", Manners(replies={"EHLO": endless_ehlo}), GREETING, "reply_endless"),
    Case(
        "refuses EHLO",
        Manners(replies={"EHLO": "550 5.7.1 helo rejected"}),
        GREETING,
        "hello_refused",
        "helo rejected",
    ),
    Case("hangs up at EHLO", Manners(replies={"EHLO": Talk.hang_up}), GREETING, "greeting_closed"),
    Case(
        "plain spoken to implicit TLS",
        Manners(tls=SSL),
        GREETING,
        "tls_expected",
        mode=NONE,
        limits=HURRY,
        corrects=TO_SSL,
        permanent=True,
    ),
    Case(
        "STARTTLS spoken to implicit TLS",
        Manners(tls=SSL),
        GREETING,
        "tls_expected",
        mode=STARTTLS,
        limits=HURRY,
        corrects=TO_SSL,
    ),
    Case(
        "answers with a TLS alert",
        Manners(greeting=sends_alert),
        GREETING,
        "tls_expected",
        corrects=TO_SSL,
    ),
    Case(
        "a TLS alert, and silence",
        Manners(greeting=sends_alert_and_waits),
        GREETING,
        "tls_expected",
        limits=HURRY,
        corrects=TO_SSL,
    ),
)
