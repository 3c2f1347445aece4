"""Adding, renaming and removing passkeys."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from portico.accounts.browsers import browser_of
from portico.accounts.http import PersonRequest, actor_of
from portico.accounts.second_factor.changing import add_passkey, remove_passkey, rename_passkey
from portico.accounts.second_factor.confirming import confirmed
from portico.accounts.second_factor.factors import Factors, Passkey, factors_of
from portico.accounts.second_factor.forms import AnswerForm, PasskeyNameForm
from portico.accounts.second_factor.passkeys import begin_adding, finish_adding, host_here
from portico.accounts.second_factor.places import place_of
from portico.accounts.second_factor.views.overview import UNGATED
from portico.accounts.verification import AddressNotVerified
from portico.kernel.access import requires, ungated
from portico.kernel.clock import now
from portico.kernel.errors import Conflict, Invalid, InvalidFields, NotFound
from portico.kernel.permissions import Permission
from portico.ui.forms import refuse
from portico.ui.texts import say


@requires(Permission.ACCOUNT)
@ungated(UNGATED)
@require_http_methods(["GET", "HEAD", "POST"])
@confirmed
def new_passkey(request: PersonRequest) -> HttpResponseBase:
    """Name a passkey, have the browser make it, and add it."""
    person = request.user
    if person.verified_at is None:
        raise AddressNotVerified
    form = PasskeyNameForm(request.POST or None, initial={"name": _suggested_name(request)})
    problem = ""
    if request.method == "POST" and form.is_valid():
        answer = AnswerForm(request.POST)
        try:
            made = finish_adding(
                request,
                person,
                answer.data.get("credential", ""),
                name=form.cleaned_data["name"],
                at=now(),
            )
            codes_made = add_passkey(
                person,
                made,
                session_key=request.session.session_key,
                place=place_of(request, person),
                by=actor_of(request),
                at=now(),
            )
        except (Conflict, Invalid) as error:
            problem = say(error)
        else:
            messages.success(request, _("Your passkey is added."))
            return redirect("recovery_codes" if codes_made else "two_factor")
    context = {"form": form, "problem": problem, "host": host_here(request)}
    status = 422 if request.method == "POST" else 200
    return render(request, "mfa/new_passkey.html", context, status=status)


@requires(Permission.ACCOUNT)
@ungated(UNGATED)
@require_POST
@confirmed
def new_passkey_options(request: PersonRequest) -> HttpResponseBase:
    """A challenge for the browser, for the page above."""
    person = request.user
    if person.verified_at is None:
        raise AddressNotVerified
    brand_name = place_of(request, person).brand_name
    return JsonResponse(dict(begin_adding(request, person, brand_name=brand_name, at=now())))


@requires(Permission.ACCOUNT)
@ungated(UNGATED)
@require_http_methods(["GET", "HEAD", "POST"])
@confirmed
def rename_passkey_page(request: PersonRequest, passkey_id: int) -> HttpResponseBase:
    """Call a passkey something else."""
    person = request.user
    passkey = _passkey(_factors(request), passkey_id)
    form = PasskeyNameForm(request.POST or None, initial={"name": passkey.name})
    if request.method == "POST" and form.is_valid():
        try:
            rename_passkey(
                person,
                passkey_id,
                form.cleaned_data["name"],
                place=place_of(request, person),
                by=actor_of(request),
                at=now(),
            )
        except Invalid as error:
            refuse(form, InvalidFields({"name": error}))
        else:
            messages.success(request, _("Your passkey is renamed."))
            return redirect("two_factor")
    status = 422 if request.method == "POST" else 200
    context = {"form": form, "passkey": passkey}
    return render(request, "mfa/rename_passkey.html", context, status=status)


@requires(Permission.ACCOUNT)
@ungated(UNGATED)
@require_http_methods(["GET", "HEAD", "POST"])
@confirmed
def remove_passkey_page(request: PersonRequest, passkey_id: int) -> HttpResponseBase:
    """Ask once, then remove a passkey, of whatever host."""
    person = request.user
    if request.method == "POST":
        place = place_of(request, person)
        remove_passkey(person, passkey_id, place=place, by=actor_of(request), at=now())
        messages.success(request, _("Your passkey is removed."))
        return redirect("two_factor")
    factors = _factors(request)
    context = {
        "passkey": _passkey(factors, passkey_id),
        "is_last": not factors.app and len(factors.passkeys) == 1,
    }
    return render(request, "mfa/remove_passkey.html", context)


def _factors(request: PersonRequest) -> Factors:
    return factors_of(request.user, host=host_here(request))


def _passkey(factors: Factors, passkey_id: int) -> Passkey:
    found = next((one for one in factors.passkeys if one.id == passkey_id), None)
    if found is None:
        raise NotFound
    return found


def _suggested_name(request: PersonRequest) -> str:
    return browser_of(request.headers.get("User-Agent", "")) or _("Passkey")
