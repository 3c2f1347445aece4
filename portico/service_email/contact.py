"""Where people find help: the contact URL of Service Email Preference."""

from __future__ import annotations

from portico.basic_settings.services import LiveSettings
from portico.service_email.section import section


def contact_of(settings: LiveSettings) -> str:
    """The contact URL (http, https or mailto), "" for none; for frames and mails alike."""
    return settings.payload(section).contact_url
