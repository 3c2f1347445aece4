"""The choice about cookies on a request, and in an answer."""

from __future__ import annotations

from collections.abc import Mapping

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

from portico.kernel.clock import now
from portico.legal.acceptance.rules import COOKIES, required
from portico.legal.acceptance.standing import standing_of
from portico.legal.cookies.registry import CONSENT_LASTS, LANGUAGE_LASTS, consent_cookie_name
from portico.legal.cookies.rules import Choice, Consent, allows_all, consent_in, is_answered


def consent_of(request: HttpRequest) -> Consent | None:
    """What this visitor chose, whenever that was."""
    return consent_in_cookies(request.COOKIES)


def consent_in_cookies(cookies: Mapping[str, str]) -> Consent | None:
    """The same, of a request's cookies."""
    return consent_in(cookies.get(consent_cookie_name(), ""))


def asking_number(request: HttpRequest) -> int | None:
    """The version of the Cookie Notice that a choice must have been made for; None: no notice."""
    found = required(standing_of(request).versions, COOKIES, at=now())
    return found.number if found else None


def must_ask(request: HttpRequest) -> bool:
    """Whether the banner is to be shown: a notice is in force, and this visitor has not chosen."""
    return not is_answered(consent_of(request), asking_number(request))


def may_remember(request: HttpRequest) -> bool:
    """Whether this visitor allows cookies that are not necessary."""
    return allows_all(consent_of(request), asking_number(request))


def set_consent(request: HttpRequest, response: HttpResponseBase, choice: Choice) -> None:
    """Remember a choice, and bring the cookies that exist in line with it.

    The remembered language is the only one that is not necessary. Who withdraws consent loses it.
    Who refuses from the start keeps their language for this visit; who agrees, for a year.
    """
    before = consent_of(request)
    consent = Consent(choice, asking_number(request) or 0)
    _set(response, consent_cookie_name(), str(consent), lasts=CONSENT_LASTS)
    language = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    if language not in dict(settings.LANGUAGES):
        return
    if choice is Choice.ALL:
        remember_language(response, language, lasting=True)
    elif before is not None and before.choice is Choice.ALL:
        response.delete_cookie(settings.LANGUAGE_COOKIE_NAME, samesite="Lax")
    else:
        remember_language(response, language, lasting=False)


def remember_language(response: HttpResponseBase, language: str, *, lasting: bool) -> None:
    """Set the cookie with a visitor's language: for a year with consent, else for this visit."""
    lasts = LANGUAGE_LASTS if lasting else None
    _set(response, settings.LANGUAGE_COOKIE_NAME, language, lasts=lasts)


def _set(response: HttpResponseBase, name: str, value: str, *, lasts: int | None) -> None:
    response.set_cookie(
        name,
        value,
        max_age=lasts,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
