"""Every cookie that Portico sets, for the page that lists them. A test compares the list with what
browsers are really given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

CONSENT_LASTS = 180 * 24 * 3600
LANGUAGE_LASTS = 365 * 24 * 3600


@dataclass(frozen=True)
class Cookie:
    """One cookie: its name, what it is for, how long it lasts. `optional`: only with consent."""

    name: str
    purpose: Any
    lasts: Any
    optional: bool = False


def consent_cookie_name() -> str:
    """The cookie that remembers the choice about cookies; bound to this very host in production."""
    name = "portico-consent"
    return f"__Host-{name}" if settings.SESSION_COOKIE_SECURE else name


def all_cookies() -> tuple[Cookie, ...]:
    """All of them, in the order of the page."""
    return (
        Cookie(
            settings.SESSION_COOKIE_NAME,
            _("Keeps you signed in, and keeps what you typed while a form comes back to you."),
            _("Until you close the browser or sign out; 14 days at most"),
        ),
        Cookie(
            settings.CSRF_COOKIE_NAME,
            _("Proves that a form was sent from this site and not from another one."),
            _("1 year"),
        ),
        Cookie(
            "messages",
            _("Carries a message such as “Saved” to the next page."),
            _("Until the next page is shown"),
        ),
        Cookie(
            consent_cookie_name(),
            _("Remembers what you chose here, so that you are not asked on every page."),
            _("180 days"),
        ),
        Cookie(
            settings.LANGUAGE_COOKIE_NAME,
            _("Shows pages in the language that you chose, for this visit."),
            _("Until you close the browser"),
        ),
        Cookie(
            settings.LANGUAGE_COOKIE_NAME,
            _("Remembers the language that you chose for your next visits."),
            _("1 year"),
            optional=True,
        ),
    )
