"""Mails about the security of an account, by the platform's own mailer: a workspace's server
could be read by its admins."""

from __future__ import annotations

import zoneinfo
from uuid import UUID

from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils import timezone, translation

from portico.accounts.models import Person
from portico.kernel.clock import now
from portico.two_factor.models import TwoFactorReset
from portico.two_factor.services.codes import MOST_FAILURES, write_code


def mail_code(code_id: UUID, *, brand_name: str, language: str) -> bool:
    """Send a code; returns whether there was one to send. Made here, and kept nowhere."""
    written = write_code(code_id)
    if written is None or written[0].expires_at <= now():
        return False
    code, digits = written
    context = {"brand_name": brand_name, "code": digits, "most": MOST_FAILURES}
    _send("code", code.reset.membership.person, context, language)
    return True


def mail_reset(reset_id: UUID, *, language: str) -> bool:
    """Tell somebody that their two-factor was reset; returns whether there is somebody to tell."""
    found = TwoFactorReset.objects.select_related(
        "membership__person", "membership__workspace", "by"
    )
    reset = found.filter(id=reset_id).first()
    if reset is None:
        return False
    workspace, by = reset.membership.workspace, reset.by
    context = {
        "brand_name": workspace.name,
        "by": (by.name or by.email) if by else "",
        "removed": reset.removed_at is not None,
        "until": reset.until,
    }
    _send("reset", reset.membership.person, context, language)
    return True


def mail_recovery(person_id: UUID, *, brand_name: str, kept: bool, language: str) -> bool:
    """Tell somebody that the platform's operator recovered their account."""
    person = Person.objects.filter(id=person_id).first()
    if person is None:
        return False
    _send("recovered", person, {"brand_name": brand_name, "kept": kept}, language)
    return True


def _send(name: str, person: Person, context: dict[str, object], language: str) -> None:
    zone = zoneinfo.ZoneInfo(person.time_zone or "UTC")
    with translation.override(person.language or language), timezone.override(zone):
        subject = render_to_string(f"two_factor/email/{name}_subject.txt", context)
        text = render_to_string(f"two_factor/email/{name}_message.txt", context)
    EmailMessage(" ".join(subject.split()), text.strip(), to=[person.email]).send()
