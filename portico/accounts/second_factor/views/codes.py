"""Recovery codes: shown to who confirmed lately, made anew, and as a text file."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from portico.accounts.http import PersonRequest, actor_of
from portico.accounts.second_factor.changing import make_codes
from portico.accounts.second_factor.confirming import confirmed
from portico.accounts.second_factor.factors import factors_of, recovery_codes_of
from portico.accounts.second_factor.passkeys import host_here
from portico.accounts.second_factor.places import place_of
from portico.accounts.second_factor.views.overview import UNGATED
from portico.kernel.access import requires, ungated
from portico.kernel.clock import now
from portico.kernel.permissions import Permission


@requires(Permission.ACCOUNT)
@ungated(UNGATED)
@never_cache
@require_safe
@confirmed
def recovery_codes(request: PersonRequest) -> HttpResponse:
    """All codes, with those crossed out that are used."""
    codes = recovery_codes_of(request.user)
    context = {
        "codes": codes,
        "left": sum(not code.is_used for code in codes),
        "unused": "\n".join(code.text for code in codes if not code.is_used),
    }
    return render(request, "mfa/codes.html", context)


@requires(Permission.ACCOUNT)
@ungated(UNGATED)
@never_cache
@require_safe
@confirmed
def download_recovery_codes(request: PersonRequest) -> HttpResponse:
    """The unused codes as a text file."""
    context = {
        "codes": [code.text for code in recovery_codes_of(request.user) if not code.is_used],
        "brand_name": place_of(request, request.user).brand_name,
        "email": request.user.email,
        "at": now(),
    }
    text = render_to_string("mfa/codes.txt", context)
    response = HttpResponse(text, content_type="text/plain; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="recovery-codes.txt"'
    return response


@requires(Permission.ACCOUNT)
@ungated(UNGATED)
@require_http_methods(["GET", "HEAD", "POST"])
@confirmed
def make_recovery_codes(request: PersonRequest) -> HttpResponseBase:
    """Ask once, then make new codes in the place of the old ones."""
    person = request.user
    if request.method == "POST":
        make_codes(person, place=place_of(request, person), by=actor_of(request), at=now())
        messages.success(request, _("These codes are new. The old ones no longer work."))
        return redirect("recovery_codes")
    factors = factors_of(person, host=host_here(request))
    return render(request, "mfa/make_codes.html", {"factors": factors})
