"""From a queued mail to a letter: what goes over the wire, and what is kept of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import structlog
from django.db import InterfaceError, OperationalError

from portico.kernel.errors import DomainError, gettext_noop
from portico.service_email.look.content import template_named
from portico.service_email.look.letterheads import Letterhead
from portico.service_email.look.messages import (
    as_bytes,
    message_of,
    needs_smtputf8,
    wire_address,
)
from portico.service_email.look.rendering import render
from portico.service_email.models import Mail

TEMPLATE_GONE = gettext_noop("This kind of mail is no longer sent by Portico.")
TEMPLATE_BROKEN = gettext_noop(
    "This mail could not be written: its template and its data do not fit together. Details are "
    "in the worker's log."
)

DATABASE_LOST = (OperationalError, InterfaceError)

log = structlog.get_logger("portico.mail")


@dataclass(frozen=True)
class Letter:
    """A mail as it is sent, and (`subject`, `html`, `text`) as the log keeps it."""

    recipient: str
    message: bytes
    smtputf8: bool
    message_id: str
    subject: str
    html: str
    text: str


class Unwritable(Exception):
    """A mail that cannot be written, now or ever; the message says why, for the log."""


def write(mail: Mail, letterhead: Letterhead, *, sender: str, at: datetime) -> Letter:
    """Write a mail from `sender`; raises `Unwritable`, whatever a template raises."""
    try:
        return _write(mail, letterhead, sender=sender, at=at)
    except KeyError as error:
        if error.args == (mail.template,):
            raise Unwritable(TEMPLATE_GONE) from None
        log.exception("mail not written", mail=str(mail.id), template=mail.template)
        raise Unwritable(TEMPLATE_BROKEN) from None
    except DomainError as error:
        raise Unwritable(str(error)) from None
    except DATABASE_LOST:
        raise  # the mail is not to blame, and can be written once the database is back
    except Exception:  # a template is a feature's own code; its mistakes stop its own mails only
        log.exception("mail not written", mail=str(mail.id), template=mail.template)
        raise Unwritable(TEMPLATE_BROKEN) from None


def _write(mail: Mail, letterhead: Letterhead, *, sender: str, at: datetime) -> Letter:
    template = template_named(mail.template)
    kept = render(template, mail.context, letterhead, language=mail.language, hide_links=True)
    sent = (
        render(template, mail.context, letterhead, language=mail.language, hide_links=False)
        if template.links
        else kept
    )
    message_id = mail.message_id or message_id_of(mail, sender)
    message = message_of(
        sent, letterhead, sender=sender, recipient=mail.recipient, message_id=message_id, at=at
    )
    smtputf8 = needs_smtputf8(sender, mail.recipient, letterhead.reply_to or letterhead.account)
    return Letter(
        recipient=wire_address(mail.recipient),
        message=as_bytes(message, smtputf8=smtputf8),
        smtputf8=smtputf8,
        message_id=message_id,
        subject=kept.subject,
        html=kept.html,
        text=kept.text,
    )


def message_id_of(mail: Mail, sender: str) -> str:
    """A Message-ID that nobody else makes: in the domain of who sends."""
    domain = wire_address(sender).rpartition("@")[2] or "localhost"
    return f"<{mail.id.hex}@{domain}>"
