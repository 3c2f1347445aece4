"""Mailing what has to be entered in the DNS to whoever can enter it: one address at a time, and
not without end, because whoever gets such a mail did not ask for it."""

from __future__ import annotations

import unicodedata
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.crypto import salted_hmac

from portico.audit.services import Actor, record
from portico.domains.models import AlternativeDomain, InstructionMail
from portico.domains.runs import NoDomain
from portico.domains.services import domain_of
from portico.domains.showing import records_of
from portico.kernel.errors import Invalid, InvalidFields, TooOften, gettext_noop
from portico.kernel.texts import is_text
from portico.service_email.models import Mail
from portico.service_email.rules.mail_addresses import check_mail_address
from portico.service_email.services import send
from portico.workspaces.models import Workspace

TEMPLATE = "domain_instructions"
LONGEST_NOTE = 500
MOST = 10
MOST_TO_ONE = 3
DAY = timedelta(days=1)
# Signs that turn the direction of text: what is read would not be what is written.
TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


class NoRecipient(Invalid):
    code = "no_recipient"
    sentence = gettext_noop("Say to which address the instructions go.")


class NoteTooLong(Invalid):
    code = "note_too_long"
    sentence = gettext_noop("The note has %(length)s characters; it may have %(most)s.")


class UnreadableNote(Invalid):
    code = "unreadable_note"
    sentence = gettext_noop("The note is one line of plain text, without line breaks.")


class TooManyInstructions(TooOften):
    code = "too_many_instructions"
    sentence = gettext_noop(
        "The instructions were mailed %(most)s times within a day, which is as often as they may "
        "be. Copy them from the page instead."
    )


class InstructedTooOften(TooOften):
    code = "instructed_too_often"
    sentence = gettext_noop(
        "The instructions were mailed to this address %(most)s times within a day. Copy them from "
        "the page instead."
    )


def send_instructions(workspace: Workspace, *, to: str, note: str, by: Actor, at: datetime) -> Mail:
    """Mail the records of the workspace's domain to one address, with a line of one's own.

    Raises `NoDomain`, `InvalidFields`, `TooManyInstructions` or `InstructedTooOften`.
    """
    to, note = _checked(to, note)
    with transaction.atomic():
        # Held, so that two at the same moment count each other.
        workspace = Workspace.objects.select_for_update(no_key=True).get(id=workspace.id)
        domain = domain_of(workspace)
        if domain is None:
            raise NoDomain
        domain.workspace = workspace
        _keep_within_bounds(workspace, to, at=at)
        mail = send(TEMPLATE, to, _context(domain, note, by=by), workspace, at=at)
        record(
            "domain.instructions_sent",
            by=by,
            at=at,
            workspace_id=workspace.id,
            subject_kind="domain",
            subject_id=domain.id,
            subject_label=domain.name,  # never the address: this log could not forget it
        )
    return mail


def check_note(note: str) -> str:
    """The note as one line without space around it. Raises `NoteTooLong` or `UnreadableNote`."""
    note = unicodedata.normalize("NFC", note.strip())
    if len(note) > LONGEST_NOTE:
        raise NoteTooLong(length=len(note), most=LONGEST_NOTE)
    lines = {"\u2028", "\u2029", *TURNING}
    if not is_text(note) or lines & set(note):
        raise UnreadableNote
    return note


def _checked(to: str, note: str) -> tuple[str, str]:
    errors: dict[str, Invalid] = {}
    try:
        to = check_mail_address(to.strip())
        if not to:
            raise NoRecipient
    except Invalid as error:
        errors["to"] = error
    try:
        note = check_note(note)
    except Invalid as error:
        errors["note"] = error
    if errors:
        raise InvalidFields(errors)
    return to, note


def _keep_within_bounds(workspace: Workspace, to: str, *, at: datetime) -> None:
    """Count this one; the workspace must be held."""
    InstructionMail.objects.filter(workspace=workspace, at__lte=at - DAY).delete()
    recipient = _digest(to)
    sent = list(
        InstructionMail.objects.filter(workspace=workspace).values_list("recipient", flat=True)
    )
    if len(sent) >= MOST:
        raise TooManyInstructions(most=MOST)
    if sent.count(recipient) >= MOST_TO_ONE:
        raise InstructedTooOften(most=MOST_TO_ONE)
    InstructionMail.objects.create(workspace=workspace, recipient=recipient, at=at)


def _digest(address: str) -> str:
    """The same for every spelling that reaches the same person."""
    return salted_hmac(
        "portico.domains.instructions", address.lower(), algorithm="sha256"
    ).hexdigest()


def _context(domain: AlternativeDomain, note: str, *, by: Actor) -> dict[str, object]:
    shown = records_of(domain)
    return {
        "workspace": domain.workspace.name,
        "domain": domain.name,
        "who": by.name or by.email,
        "note": note,
        "tls_elsewhere": domain.tls_elsewhere,
        "records": [{"name": one.name, "type": one.type, "value": one.value} for one in shown],
    }
