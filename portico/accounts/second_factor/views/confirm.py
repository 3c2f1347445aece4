"""“Confirm that it is you”: by password, code or passkey, before what is protected."""

from __future__ import annotations

from typing import cast

from allauth.account.internal.flows.reauthentication import resume_request
from allauth.core import ratelimit
from django.forms import Form
from django.http import HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from portico.accounts.http import PersonRequest
from portico.accounts.second_factor.confirming import note_password, note_second_factor
from portico.accounts.second_factor.factors import factors_of
from portico.accounts.second_factor.forms import CodeForm, PasswordForm
from portico.accounts.second_factor.limits import try_code
from portico.accounts.second_factor.passkeys import (
    Purpose,
    begin_showing,
    finish_showing,
    host_here,
)
from portico.accounts.second_factor.places import place_of
from portico.accounts.second_factor.proving import Shown
from portico.accounts.second_factor.stages import exemption_of
from portico.accounts.second_factor.views.overview import UNGATED
from portico.kernel.access import requires, ungated
from portico.kernel.clock import now
from portico.kernel.errors import DomainError, Invalid, TooOften, gettext_noop
from portico.kernel.permissions import Permission
from portico.ui.texts import say


class WrongPassword(Invalid):
    code = "wrong_password"
    sentence = gettext_noop("This is not your password. Please check it.")


class TooManyPasswords(TooOften):
    code = "too_many_passwords"
    sentence = gettext_noop("There were too many attempts. Please wait five minutes.")


@requires(Permission.ACCOUNT)
@ungated(UNGATED)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: PersonRequest) -> HttpResponseBase:
    """Ask for one of what the person has, and go back to where they came from."""
    if request.method != "POST":
        return _page(request)
    try:
        _check(request)
    except (Invalid, TooOften) as error:
        status = 429 if isinstance(error, TooOften) else 422
        return _page(request, error=error, status=status)
    # What django-allauth's own decorator kept goes on; else back to the page that asked.
    resumed = resume_request(request)
    return cast("HttpResponseBase", resumed) if resumed else redirect(_next(request))


@requires(Permission.ACCOUNT)
@ungated(UNGATED)
@require_POST
def confirm_options(request: PersonRequest) -> HttpResponseBase:
    """A challenge for the browser, for the page above."""
    return JsonResponse(dict(begin_showing(request, Purpose.CONFIRM, request.user, at=now())))


def _check(request: PersonRequest) -> None:
    person = request.user
    if "code" in request.POST:
        shown = try_code(request, person, request.POST["code"], place=place_of(request, person))
        note_second_factor(request, person, shown)
    elif "credential" in request.POST:
        finish_showing(request, Purpose.CONFIRM, person, request.POST["credential"], at=now())
        note_second_factor(request, person, Shown.PASSKEY)
    else:
        _check_password(request)


def _check_password(request: PersonRequest) -> None:
    person = request.user
    # Counted by person, and with a limit of its own: a session must not guess what signs in.
    key = f"confirm-{person.id}"
    if not ratelimit.consume(request, action="confirm_password", key=key):
        raise TooManyPasswords
    if not person.has_usable_password() or not person.check_password(
        request.POST.get("password", "")
    ):
        raise WrongPassword
    ratelimit.clear(request, action="confirm_password", key=key)
    note_password(request, person)


def _page(
    request: PersonRequest, *, error: DomainError | None = None, status: int = 200
) -> HttpResponse:
    person = request.user
    exemption = exemption_of(request)
    context = {
        "next": _next(request),
        "factors": factors_of(person, host=host_here(request)),
        "takes_password": person.has_usable_password() and not exemption,
        "exemption": exemption,
        "password_form": _form(PasswordForm, "password", request, error),
        "code_form": _form(CodeForm, "code", request, error),
        "passkey_error": say(error) if error and "credential" in request.POST else "",
    }
    return render(request, "account/reauthenticate.html", context, status=status)


def _form(kind: type[Form], field: str, request: PersonRequest, error: DomainError | None) -> Form:
    """The form of one way to confirm; with what is wrong, if it was the one that was sent."""
    if error is None or field not in request.POST:
        return kind()
    form = kind(request.POST)
    form.full_clean()
    form.errors.clear()
    form.add_error(field, say(error))
    return form


def _next(request: PersonRequest) -> str:
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    here = {request.get_host()}
    if url_has_allowed_host_and_scheme(wanted, here, require_https=request.is_secure()):
        return wanted
    return reverse("two_factor")
