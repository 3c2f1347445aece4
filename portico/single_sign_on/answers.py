"""Where the browser goes when a provider has answered."""

from __future__ import annotations

import structlog
from allauth.account.adapter import get_adapter as account_adapter
from allauth.socialaccount.models import SocialLogin
from allauth.socialaccount.providers.base import AuthError
from django.contrib import messages
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from portico.accounts.http import actor_of
from portico.accounts.models import Person
from portico.accounts.second_factor.places import place_of
from portico.kernel.clock import now
from portico.kernel.errors import DomainError
from portico.single_sign_on.services import link
from portico.single_sign_on.transport import Unreachable
from portico.ui.texts import say

log = structlog.get_logger("portico.single_sign_on")


def linked(request: HttpRequest, login: SocialLogin) -> HttpResponseRedirect:
    """Link what the provider answered to who asked for it and is still signed in."""
    person = request.user
    if not isinstance(person, Person) or str(person.pk) != login.state.get("person"):
        return refused(request, "answer")
    try:
        link(
            person,
            provider=login.account.provider,
            uid=login.account.uid,
            known_as=login.account.extra_data,
            by=actor_of(request),
            at=now(),
            place=place_of(request, person),
        )
    except DomainError as error:
        messages.error(request, say(error))
    else:
        messages.success(
            request, _("You can now sign in with %(name)s.") % {"name": login.provider.name}
        )
    return HttpResponseRedirect(reverse("linked_sign_ins"))


def not_linked(request: HttpRequest, login: SocialLogin) -> HttpResponseRedirect:
    """Say how an account that nobody has linked becomes of use."""
    messages.error(
        request,
        _(
            "No account here is linked to that account of %(name)s. Sign in with your password, "
            "then link it under Settings, Account, Linked sign-ins."
        )
        % {"name": login.provider.name},
    )
    return _back(request, str(login.state.get("next") or ""))


def refused(
    request: HttpRequest, reason: str, exception: Exception | None = None
) -> HttpResponseRedirect:
    """Say that it did not work, and why as far as that helps the person; the rest is logged."""
    if reason == AuthError.CANCELLED:
        messages.info(request, _("You canceled at the provider. Nothing was changed."))
        return _back(request)
    log.warning("sign-in at a provider failed", reason=reason, error=_told(exception))
    if isinstance(exception, Unreachable):
        text = _("The provider could not be reached: %(why)s") % {"why": say(exception.trouble)}
    else:
        text = _(
            "The provider's answer could not be used: it was too old, for another browser, or not "
            "as it should be. Please try again."
        )
    messages.error(request, text)
    return _back(request)


def _told(exception: Exception | None) -> str:
    # Never what the library quotes of answers: they hold codes and tokens.
    return type(exception).__name__ if exception is not None else ""


def _back(request: HttpRequest, onward: str = "") -> HttpResponseRedirect:
    if request.user.is_authenticated:
        return HttpResponseRedirect(reverse("linked_sign_ins"))
    address = reverse("account_login")
    if onward and account_adapter().is_safe_url(onward):
        address = f"{address}?{urlencode({'next': onward})}"
    return HttpResponseRedirect(address)
