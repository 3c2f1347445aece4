"""The second step of a sign-in, and signing in with a passkey alone."""

from __future__ import annotations

from typing import cast

from allauth.account.internal.flows.login import perform_login
from allauth.account.models import Login
from allauth.core import ratelimit
from django.contrib import messages
from django.contrib.auth import get_user
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from portico.accounts.second_factor.confirming import note_second_factor
from portico.accounts.second_factor.factors import factors_of
from portico.accounts.second_factor.forms import CodeForm
from portico.accounts.second_factor.limits import try_code
from portico.accounts.second_factor.passkeys import (
    PasskeyRefused,
    Purpose,
    begin_showing,
    finish_showing,
    host_here,
)
from portico.accounts.second_factor.places import place_of
from portico.accounts.second_factor.proving import Shown
from portico.accounts.second_factor.stages import (
    PASSKEY_ALONE,
    SHOWN_KEY,
    at_second_factor,
    pass_stage,
    person_at_stage,
)
from portico.kernel.access import public
from portico.kernel.clock import now
from portico.kernel.errors import DomainError, Invalid, TooOften
from portico.ui.texts import say


@public("Whoever has shown the first factor of a sign-in here; the stage checks that.")
@require_http_methods(["GET", "HEAD", "POST"])
@at_second_factor
def second_factor(request: HttpRequest) -> HttpResponseBase:
    """Ask who is signing in for the second factor, and on the right answer sign them in."""
    if request.method != "POST":
        return _page(request)
    person = person_at_stage(request)
    try:
        if "credential" in request.POST:
            answer = request.POST["credential"]
            finish_showing(request, Purpose.SECOND_FACTOR, person, answer, at=now())
            shown = Shown.PASSKEY
        else:
            place = place_of(request, person)
            shown = try_code(request, person, request.POST.get("code", ""), place=place)
    except (Invalid, TooOften) as error:
        status = 429 if isinstance(error, TooOften) else 422
        return _page(request, error=error, status=status)
    note_second_factor(request, person, shown)
    return pass_stage(request, shown)


@public("Whoever has shown the first factor of a sign-in here; the stage checks that.")
@require_POST
@at_second_factor
def second_factor_options(request: HttpRequest) -> HttpResponseBase:
    """A challenge for the browser, for the page above."""
    person = person_at_stage(request)
    return JsonResponse(dict(begin_showing(request, Purpose.SECOND_FACTOR, person, at=now())))


@public("Whoever wants to sign in has not yet.")
@never_cache
@require_POST
def passkey_options(request: HttpRequest) -> HttpResponseBase:
    """A challenge for the browser of whoever wants to sign in with a passkey alone."""
    limited = ratelimit.consume_or_429(request, action="passkey_sign_in")
    if limited is not None:
        return cast("HttpResponseBase", limited)
    return JsonResponse(dict(begin_showing(request, Purpose.SIGN_IN, None, at=now())))


@public("The passkey itself proves who signs in.")
@never_cache
@require_POST
def passkey_sign_in(request: HttpRequest) -> HttpResponseBase:
    """Sign in with a passkey alone: it is held, and unlocked by finger, face or PIN."""
    if request.user.is_authenticated:
        return redirect("after_sign_in")
    try:
        answer = request.POST.get("credential", "")
        person = finish_showing(request, Purpose.SIGN_IN, None, answer, at=now())
    except PasskeyRefused as error:
        messages.error(request, say(error))
        return redirect("account_login")
    note_second_factor(request, person, Shown.PASSKEY)
    login = Login(user=person, redirect_url=_next(request), state={PASSKEY_ALONE: True})
    response = cast("HttpResponseBase", perform_login(request, login))
    if get_user(request).is_authenticated:
        request.session[SHOWN_KEY] = Shown.PASSKEY.value
    return response


def _page(
    request: HttpRequest, *, error: DomainError | None = None, status: int = 200
) -> HttpResponse:
    person = person_at_stage(request)
    form = CodeForm()
    if error is not None and "credential" not in request.POST:
        form = CodeForm(request.POST)
        form.full_clean()
        form.errors.clear()
        form.add_error("code", say(error))
    elif error is None:
        form.fields["code"].widget.attrs["autofocus"] = True
    context = {
        "form": form,
        "factors": factors_of(person, host=host_here(request)),
        "host": host_here(request),
        "passkey_error": say(error) if error and "credential" in request.POST else "",
    }
    return render(request, "mfa/authenticate.html", context, status=status)


def _next(request: HttpRequest) -> str | None:
    wanted = request.POST.get("next", "")
    here = {request.get_host()}
    if url_has_allowed_host_and_scheme(wanted, here, require_https=request.is_secure()):
        return wanted
    return None
