"""Signing in with another provider's account, and linking one."""

from __future__ import annotations

from typing import cast
from urllib.parse import urlsplit

from allauth.account.adapter import get_adapter as account_adapter
from allauth.core.ratelimit import consume_or_429
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialAccount, SocialApp
from allauth.socialaccount.providers.base import AuthProcess
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from requests import RequestException

from portico.accounts.http import PersonRequest, actor_of
from portico.accounts.second_factor.confirming import confirmed
from portico.accounts.second_factor.places import place_of
from portico.accounts.verification import AddressNotVerified
from portico.kernel.access import public, requires
from portico.kernel.clock import now
from portico.kernel.errors import NotFound
from portico.kernel.permissions import Permission
from portico.single_sign_on import services
from portico.single_sign_on.answers import refused
from portico.single_sign_on.provider import (
    Adapter,
    Provider,
    configured_providers,
    name_of,
    providers_at,
)
from portico.ui.texts import say

# What an answer of a provider can be that makes the library stumble: it was written by others.
STUMBLES = (
    RequestException,
    OAuth2Error,
    KeyError,
    TypeError,
    ValueError,
    AttributeError,
    ArithmeticError,  # numbers without end
    RecursionError,  # JSON without bottom
)


@public("Whoever wants to sign in has not yet.")
@require_POST
def start(request: HttpRequest, provider_id: str) -> HttpResponseBase:
    """Go to a provider to sign in there."""
    onward = request.POST.get("next", "")
    next_url = onward if onward and account_adapter().is_safe_url(onward) else None
    return _forward(request, provider_id, process=AuthProcess.LOGIN, next_url=next_url)


@requires(Permission.ACCOUNT)
@require_POST
@confirmed
def start_linking(request: PersonRequest, provider_id: str) -> HttpResponseBase:
    """Go to a provider to show which account there is one's own."""
    if request.user.verified_at is None:
        messages.error(request, say(AddressNotVerified()))
        return redirect("linked_sign_ins")
    return _forward(request, provider_id, process=AuthProcess.CONNECT, next_url=None)


@public("The provider sends people here; what it sends is checked against their session.")
@require_safe
def callback(request: HttpRequest, provider_id: str) -> HttpResponseBase:
    """Take in what a provider answered, once."""
    _provider(request, provider_id)
    view = OAuth2CallbackView.adapter_view(Adapter(request, provider_id))
    try:
        response = cast("HttpResponseBase", view(request))
    except STUMBLES as error:
        response = refused(request, "answer", error)
    response.headers["Cache-Control"] = "private, no-store"
    return response


@requires(Permission.ACCOUNT)
@require_safe
def linked_sign_ins(request: PersonRequest) -> HttpResponse:
    """The providers' accounts that one can sign in with, and those one could link."""
    links = services.links_of(request.user)
    offered = {one.id for one in configured_providers()}
    context = {
        "rows": [
            {
                "link": one,
                "provider": name_of(one.provider),
                "gone": one.provider not in offered,
                "known_as": _known_as(one),
            }
            for one in links
        ],
        "providers": providers_at(request),
    }
    return render(request, "single_sign_on/linked.html", context)


@requires(Permission.ACCOUNT)
@require_POST
@confirmed
def unlink(request: PersonRequest, link_id: int) -> HttpResponseBase:
    """End a link."""
    try:
        name = services.unlink(
            request.user,
            link_id,
            by=actor_of(request),
            at=now(),
            place=place_of(request, request.user),
        )
    except services.LastWayIn as error:
        messages.error(request, say(error))
    else:
        messages.success(
            request, _("You can no longer sign in with that account of %(name)s.") % {"name": name}
        )
    return redirect("linked_sign_ins")


def _forward(
    request: HttpRequest, provider_id: str, *, process: str, next_url: str | None
) -> HttpResponseBase:
    # Each answer belongs to a start, so this bounds what a provider is asked.
    limited = consume_or_429(request, action="login")
    if limited is not None:
        return cast("HttpResponse", limited)
    provider = _provider(request, provider_id)
    person = str(request.user.pk) if request.user.is_authenticated else ""
    try:
        response = provider.start(request, process=process, next_url=next_url, person=person)
    except STUMBLES as error:
        return refused(request, "start", error)
    if not isinstance(response, HttpResponseRedirect) or not urlsplit(response.url).netloc:
        return response
    # A form may not be answered by a redirect to elsewhere (CSP form-action): a page goes on.
    context = {"forward_url": response.url, "forward_name": provider.name}
    return render(request, "ui/forward.html", context)


def _provider(request: HttpRequest, provider_id: str) -> Provider:
    try:
        found: Provider = get_adapter().get_provider(request, provider_id)
    except SocialApp.DoesNotExist:
        raise NotFound from None
    return found


def _known_as(link: SocialAccount) -> str:
    told = link.extra_data
    return str(
        told.get("email")
        or told.get("preferred_username")
        or told.get("name")
        or told.get("sub", "")
    )
