"""Letters as they go over the wire."""

from __future__ import annotations

from dataclasses import replace

import pytest

from portico.service_email.look.letterheads import letterhead_of
from portico.service_email.look.messages import WIRE, WIRE_UTF8, as_bytes, message_of
from portico.service_email.look.rendering import Rendered
from portico.service_email.models import Mail
from portico.service_email.pipeline.tests.conftest import send_note
from portico.service_email.pipeline.writing import message_id_of, write
from portico.workspaces.models import Workspace
from tests.make import AT

SENDER = "service@acme.example.com"


@pytest.mark.parametrize("smtputf8", [False, True])
@pytest.mark.parametrize("with_logo", [False, True])
@pytest.mark.parametrize(
    "words", ["Plain", "Größe – 你好 🙂 " * 20, "one line\n" * 3 + "=3D." + "x" * 2000 + "\n\n.\n"]
)
def test_a_message_is_written_just_as_the_standard_library_does_it(
    acme: Workspace, words: str, with_logo: bool, smtputf8: bool
) -> None:
    letterhead = letterhead_of(acme, at=AT)
    letterhead = letterhead if with_logo else replace(letterhead, logo=None)
    rendered = Rendered(subject=words, html=f"<p>{words}</p>", text=words, language="en")
    message = message_of(
        rendered,
        replace(letterhead, nickname=words),
        sender=SENDER,
        recipient="jürgen@example.com" if smtputf8 else "ada@example.com",
        message_id="<one@example.com>",
        at=AT,
    )

    written = as_bytes(message, smtputf8=smtputf8)

    assert written == message.as_bytes(policy=WIRE_UTF8 if smtputf8 else WIRE)


def test_the_message_id_stays_whoever_sends_next(acme: Workspace) -> None:
    mail = send_note(acme)
    letterhead = letterhead_of(acme, at=AT)
    first = write(mail, letterhead, sender=SENDER, at=AT)
    mail.message_id = first.message_id

    again = write(mail, letterhead, sender="platform@portico.example.com", at=AT)

    assert again.message_id == first.message_id == f"<{mail.id.hex}@acme.example.com>"


def test_a_sender_without_a_domain_still_gives_a_message_id(acme: Workspace) -> None:
    assert message_id_of(Mail(workspace=acme), "no-reply@localhost").endswith("@localhost>")
