"""Mails to people about their second factor, by the platform's own mailer. They hold no secret."""

from __future__ import annotations

import zoneinfo
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils import timezone, translation

from portico.accounts.models import Person


class Notice(StrEnum):
    """What somebody is told of."""

    APP_ADDED = "app_added"
    APP_REMOVED = "app_removed"
    PASSKEY_ADDED = "passkey_added"
    PASSKEY_REMOVED = "passkey_removed"
    CODES_MADE = "codes_made"
    CODE_USED = "code_used"
    ALL_REMOVED = "all_removed"
    WRONG_CODES = "wrong_codes"
    SIGN_IN_LINKED = "sign_in_linked"
    SIGN_IN_UNLINKED = "sign_in_unlinked"


@dataclass(frozen=True)
class Place:
    """Where something is done with an account: `workspace_id` for the log, the rest for the mail.

    `host` may be empty: not on a page. `language` is for people who have chosen none.
    """

    workspace_id: UUID | None = None
    brand_name: str = "Portico"
    host: str = ""
    language: str = "en"


def send_notice(person_id: UUID, notice: Notice, place: Place, *, at: datetime) -> bool:
    """Send the mail; returns whether there is still somebody to tell."""
    person = Person.objects.filter(id=person_id, is_active=True).first()
    if person is None:
        return False
    zone = zoneinfo.ZoneInfo(person.time_zone or "UTC")
    context = {
        "notice": notice.value,
        "brand_name": place.brand_name,
        "host": place.host,
        "at": at,
    }
    with translation.override(person.language or place.language), timezone.override(zone):
        subject = render_to_string("account/email/second_factor_subject.txt", context)
        text = render_to_string("account/email/second_factor_message.txt", context)
    EmailMessage(" ".join(subject.split()), text.strip(), to=[person.email]).send()
    return True
