"""Servers that do not take the message."""

from __future__ import annotations

from portico.service_email.smtp.failures import FailureKind
from portico.service_email.smtp.stages import StageName
from tests.hostile.smtp.cases import HURRY, LARGE, PARROT, Case, repeat
from tests.hostile.smtp.talks import Manners, Talk

MESSAGE = StageName.MESSAGE
Kind = FailureKind


def at_data(reply: str) -> Manners:
    def take_and_refuse(talk: Talk) -> None:
        talk.say("354 go on")
        talk.take()
        repeat(reply + PARROT)(talk)

    return Manners(replies={"DATA": take_and_refuse})


def resets_in_data(talk: Talk) -> None:
    talk.say("354 go on")
    talk.hear()
    talk.reset()


def hangs_up_after_data(talk: Talk) -> None:
    talk.say("354 go on")
    talk.take()
    talk.hang_up()


def silent_after_data(talk: Talk) -> None:
    talk.say("354 go on")
    talk.take()
    talk.say_nothing()


def refuses_in_the_middle(talk: Talk) -> None:
    talk.say("354 go on")
    talk.hear()
    talk.say("552 5.3.4 message too big")
    talk.shut()


def stops_reading(talk: Talk) -> None:
    talk.say("354 go on")
    talk.wait_for_the_end()


MESSAGES: tuple[Case, ...] = (
    Case(
        "552 size",
        at_data("552 5.3.4 Message too big for system"),
        MESSAGE,
        "message_too_large",
        kind=Kind.MESSAGE,
        permanent=True,
    ),
    Case(
        "552 size in the middle",
        Manners(replies={"DATA": refuses_in_the_middle}),
        MESSAGE,
        "message_too_large",
        message=LARGE,
    ),
    Case(
        "554 spam",
        at_data("554 5.7.1 Message rejected as spam"),
        MESSAGE,
        "content_refused",
        kind=Kind.MESSAGE,
    ),
    Case(
        "550 policy", at_data("550 5.7.26 This mail is unauthenticated"), MESSAGE, "content_refused"
    ),
    Case(
        "451 at DATA",
        at_data("451 4.3.0 queue file write error"),
        MESSAGE,
        "message_deferred",
        permanent=False,
    ),
    Case(
        "554 at DATA",
        Manners(replies={"DATA": "554 5.5.1 no valid recipients"}),
        MESSAGE,
        "message_refused",
        kind=Kind.MESSAGE,
    ),
    Case("250 at DATA", Manners(replies={"DATA": "250 fine"}), MESSAGE, "unexpected_reply"),
    Case(
        "full after all",
        at_data("552 5.2.2 Quota exceeded"),
        MESSAGE,
        "mailbox_full",
        kind=Kind.RECIPIENT,
    ),
    Case(
        "SMTPUTF8 missing for headers",
        Manners(),
        MESSAGE,
        "smtputf8_missing",
        smtputf8=True,
        kind=Kind.MESSAGE,
    ),
    Case(
        "reset mid-DATA",
        Manners(replies={"DATA": resets_in_data}, offers=()),
        MESSAGE,
        "message_cut",
        message=LARGE,
        permanent=False,
        kind=Kind.SERVER,
    ),
    Case(
        "closed before the answer",
        Manners(replies={"DATA": hangs_up_after_data}),
        MESSAGE,
        "answer_missing",
        "come twice",
        kind=Kind.SERVER,
    ),
    Case(
        "no answer in time",
        Manners(replies={"DATA": silent_after_data}),
        MESSAGE,
        "answer_late",
        "come twice",
        limits=HURRY,
    ),
    Case(
        "reads no further",
        Manners(replies={"DATA": stops_reading}, offers=()),
        MESSAGE,
        "reply_late",
        message=LARGE,
        limits=HURRY,
    ),
)
