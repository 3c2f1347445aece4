"""Servers that take the mail, each in its own way."""

from __future__ import annotations

import ipaddress

from portico.service_email.smtp.server import Security
from tests.hostile.smtp.authority import Kind
from tests.hostile.smtp.cases import Case
from tests.hostile.smtp.talks import Manners, Talk

STARTTLS, SSL = Security.STARTTLS, Security.SSL


def closes_after_acceptance(talk: Talk) -> None:
    talk.say("354 go on")
    talk.take()
    talk.say("250 2.0.0 queued as 4F2A")
    talk.hang_up()


def bare_line_ends(talk: Talk) -> None:
    talk.send(b"220 mail.test ESMTP\n")


def chatters(talk: Talk) -> None:
    talk.say("220-mail.test\n220-Unauthorized use is forbidden.\n220 ESMTP")


BEHAVING: tuple[Case, ...] = (
    Case("plain, without sign-in", Manners(), username="", says="no protection"),
    Case("plain, with sign-in", Manners(), says="without protection"),
    Case("STARTTLS", Manners(tls=STARTTLS), says="TLSv1.3"),
    Case("implicit TLS", Manners(tls=SSL), says="issued by Test Root"),
    Case("TLS 1.2 only", Manners(tls=SSL, certificate=Kind.TLS_1_2), says="TLSv1.2"),
    Case(
        "wildcard certificate",
        Manners(tls=SSL, certificate=Kind.WILDCARD),
        host="mx.wild.test",
        says="*.wild.test",
    ),
    Case(
        "certificate of an address",
        Manners(tls=SSL, certificate=Kind.OF_AN_ADDRESS),
        host="127.0.0.1",
        says="127.0.0.1",
    ),
    Case("LOGIN only", Manners(tls=STARTTLS, auth="LOGIN"), says="with LOGIN"),
    Case("LOGIN between ways we do not know", Manners(auth="NTLM XOAUTH2 LOGIN"), says="LOGIN"),
    Case(
        "old style of offering sign-in",
        Manners(auth="", offers=("AUTH=PLAIN LOGIN",)),
        says="with PLAIN",
    ),
    Case(
        "offers PLAIN and does not know it",
        Manners(replies={"AUTH": ("504 5.5.4 unrecognized type", "")}),
        says="with LOGIN",
    ),
    Case(
        "calls PLAIN too weak",
        Manners(replies={"AUTH": ("534 5.7.9 mechanism is too weak", "")}),
        says="with LOGIN",
    ),
    Case("asks for PLAIN's answer", Manners(), password="x" * 500, says="with PLAIN"),
    Case(
        "asks for LOGIN in its own words",
        Manners(auth="LOGIN", asks=("d2hvPw==", "")),
        says="with LOGIN",
    ),
    Case(
        "knows HELO only",
        Manners(replies={"EHLO": "502 5.5.1 not implemented"}),
        username="",
        says="4F2A",
    ),
    Case("greets in three lines", Manners(greeting=chatters), says="Unauthorized use"),
    Case("ends lines in its own way", Manners(greeting=bare_line_ends), says="4F2A"),
    Case("closes after acceptance", Manners(replies={"DATA": closes_after_acceptance})),
    Case("never says good-bye", Manners(replies={"QUIT": Talk.hang_up}), says="4F2A"),
    Case(
        "international addresses",
        Manners(offers=("SMTPUTF8", "8BITMIME")),
        sender="dienst@bücher.test",
        recipient="用户@例子.test",
        message="Subject: 你好\r\n\r\n你好\r\n".encode(),
        smtputf8=True,
    ),
    Case(
        "domain beyond ASCII without the extension",
        Manners(),
        recipient="ines@bücher.test",
    ),
    Case("first address refuses", Manners(), host="two.test", says="refused the connection"),
    Case(
        "first address is private",
        Manners(),
        host="mixed.test",
        says="private network",
    ),
    Case(
        "IPv6 only",
        Manners(),
        host="six.test",
        address="::1",
        allowed=(ipaddress.ip_network("::1/128"),),
        says="::1",
    ),
    Case("takes long texts", Manners(greeting="220 " + "a" * 3000), says="aaa"),
    Case(
        "speaks another charset",
        Manners(greeting=lambda talk: talk.send(b"220 gr\xfc\xdfe\x1b[31m\x00\r\n")),
        says=r"gr\xfc\xdfe[31m",
    ),
)
