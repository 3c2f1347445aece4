"""Settings, Account, Two-factor sign-in: what is on, and the authenticator app."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from portico.accounts.http import PersonRequest, actor_of
from portico.accounts.second_factor import app_codes
from portico.accounts.second_factor.changing import AppThere, add_app, remove_app
from portico.accounts.second_factor.confirming import confirmed
from portico.accounts.second_factor.factors import factors_of
from portico.accounts.second_factor.forms import AppCodeForm
from portico.accounts.second_factor.passkeys import host_here
from portico.accounts.second_factor.places import place_of
from portico.accounts.second_factor.qr import app_address, qr_svg
from portico.accounts.second_factor.seeds import Use, open_seed, seal_seed
from portico.accounts.verification import AddressNotVerified
from portico.kernel.access import requires, ungated
from portico.kernel.clock import now
from portico.kernel.errors import Conflict, Invalid, InvalidFields, NotFound
from portico.kernel.permissions import Permission
from portico.ui.forms import refuse

UNGATED = "Who must have a second factor before going on adds it here."
SEED_KEY = "portico-app-being-added"


@requires(Permission.ACCOUNT)
@ungated(UNGATED)
@require_safe
def two_factor(request: PersonRequest) -> HttpResponse:
    """What second factors the person has."""
    here = host_here(request)
    context = {"factors": factors_of(request.user, host=here), "host": here}
    return render(request, "mfa/index.html", context)


@requires(Permission.ACCOUNT)
@ungated(UNGATED)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@confirmed
def app(request: PersonRequest) -> HttpResponseBase:
    """Add an authenticator app: scan or copy the secret, then prove it by a code."""
    person = request.user
    if person.verified_at is None:
        raise AddressNotVerified
    if factors_of(person, host=host_here(request)).app:
        raise AppThere
    seed = _seed_being_added(request)
    form = AppCodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            codes_made = add_app(
                person,
                seed,
                form.cleaned_data["code"],
                session_key=request.session.session_key,
                place=place_of(request, person),
                by=actor_of(request),
                at=now(),
            )
        except Invalid as error:
            refuse(form, InvalidFields({"code": error}))
        else:
            request.session.pop(SEED_KEY, None)
            messages.success(request, _("Your authenticator app is added."))
            return redirect("recovery_codes" if codes_made else "two_factor")
    address = app_address(person, seed, issuer=place_of(request, person).brand_name)
    context = {
        "form": form,
        "secret": seed,
        "spaced": " ".join(seed[start : start + 4] for start in range(0, len(seed), 4)),
        "address": address,
        "qr": qr_svg(address, label=_("QR code for your authenticator app")),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "mfa/app.html", context, status=status)


@requires(Permission.ACCOUNT)
@ungated(UNGATED)
@require_http_methods(["GET", "HEAD", "POST"])
@confirmed
def remove_app_page(request: PersonRequest) -> HttpResponseBase:
    """Ask once, then turn the authenticator app off."""
    person = request.user
    if request.method == "POST":
        remove_app(person, place=place_of(request, person), by=actor_of(request), at=now())
        messages.success(request, _("Your authenticator app is removed."))
        return redirect("two_factor")
    factors = factors_of(person, host=host_here(request))
    if factors.app is None:
        raise NotFound
    return render(request, "mfa/remove_app.html", {"is_last": not factors.passkeys})


def _seed_being_added(request: PersonRequest) -> str:
    """The seed on the page, kept sealed in the session until a code proves that the app has it."""
    sealed = str(request.session.get(SEED_KEY, ""))
    if sealed:
        try:
            return open_seed(sealed, request.user.id, Use.APP_BEING_ADDED)
        except Conflict:  # its key is no longer in the ring: begin again
            pass
    seed = app_codes.new_seed()
    request.session[SEED_KEY] = seal_seed(seed, request.user.id, Use.APP_BEING_ADDED)
    return seed
