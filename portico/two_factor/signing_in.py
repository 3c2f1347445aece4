"""Signing in with a mailed code in place of a second factor, and what such a session may not do."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portico.accounts.http import actor_of
from portico.accounts.models import Person
from portico.accounts.second_factor.stages import (
    Exemption,
    at_second_factor,
    exemption_of,
    pass_stage,
    person_at_stage,
)
from portico.kernel.access import public, requires
from portico.kernel.clock import now
from portico.kernel.errors import Invalid
from portico.kernel.permissions import Permission
from portico.two_factor.forms import MailedCodeForm
from portico.two_factor.services import (
    CodeOver,
    ResetOver,
    TooManyCodes,
    ask_for_code,
    open_reset,
    use_code,
)
from portico.two_factor.showing import BACK_KEY
from portico.ui.texts import say
from portico.workspaces.http import MemberRequest, WorkspaceRequest

NAME = "mailed_code"


def applies(request: HttpRequest, person: Person) -> bool:
    """Whether an admin of this workspace has reset this person's two-factor, for now."""
    workspace = getattr(request, "workspace", None)
    return workspace is not None and open_reset(workspace, person, at=now()) is not None


EXEMPTION = Exemption(name=NAME, applies=applies, url_name="mailed_code")
"""To be registered by `portico.config`."""


@public("Whoever is signing in has shown the password; that is checked by the stage.")
@at_second_factor
@require_http_methods(["GET", "HEAD", "POST"])
def mailed_code(request: WorkspaceRequest) -> HttpResponseBase:
    """Ask for the code from the mailbox. Opening the page has the first one sent."""
    person = person_at_stage(request)
    if request.method != "POST":
        return _asked(request, person)
    form = MailedCodeForm(request.POST)
    if not form.is_valid():
        return _page(request, person, form, status=422)
    try:
        reset = use_code(
            request.workspace,
            person,
            form.cleaned_data["code"],
            by=actor_of(request, person),
            at=now(),
        )
    except ResetOver:
        return redirect("second_factor")
    except Invalid as error:
        form.add_error("code", say(error))
        return _page(request, person, form, status=422)
    except CodeOver as error:
        return _page(request, person, MailedCodeForm(), status=409, refused=say(error))
    response = pass_stage(request, NAME)
    if request.user.is_authenticated:
        request.session.set_expiry(reset.until)
    return response


@public("Whoever is signing in has shown the password; that is checked by the stage.")
@at_second_factor
@require_POST
def send_mailed_code(request: WorkspaceRequest) -> HttpResponseBase:
    """Have another code sent."""
    return _asked(request, person_at_stage(request))


@requires(Permission.CONSOLE)
@require_safe
def after_two_factor(request: MemberRequest) -> HttpResponseBase:
    """Go on to where somebody was when they were sent to set up a second factor."""
    return redirect(_safe(request, str(request.session.pop(BACK_KEY, "")), "after_sign_in"))


@requires(Permission.CONSOLE)
@require_safe
def limited_session(request: MemberRequest) -> HttpResponseBase:
    """Say why a session that began with a mailed code does not reach the account."""
    if exemption_of(request):
        return render(request, "two_factor/limited.html")
    return redirect(_safe(request, request.GET.get("next", ""), "account_profile"))


def _safe(request: MemberRequest, back: str, otherwise: str) -> str:
    """An address of this host, or the name of the page to go to instead."""
    is_here = url_has_allowed_host_and_scheme(back, {request.get_host()}, request.is_secure())
    return back if is_here else otherwise


def _asked(request: WorkspaceRequest, person: Person) -> HttpResponseBase:
    try:
        ask_for_code(request.workspace, person, anew=request.method == "POST", at=now())
    except ResetOver:
        return redirect("second_factor")
    except TooManyCodes as error:
        return _page(request, person, MailedCodeForm(), status=429, refused=say(error))
    if request.method == "POST":
        return redirect("mailed_code")
    return _page(request, person, MailedCodeForm())


def _page(
    request: WorkspaceRequest,
    person: Person,
    form: MailedCodeForm,
    *,
    status: int = 200,
    refused: str = "",
) -> HttpResponse:
    context = {"form": form, "address": _shortened(person.email), "refused": refused}
    return render(request, "two_factor/mailed_code.html", context, status=status)


def _shortened(email: str) -> str:
    """The address so that its holder knows it and nobody else learns it."""
    name, _at, domain = email.partition("@")
    return f"{name[:1]}…@{domain}"
