"""The page that an invitation's link opens: anybody's who holds the link, and nobody else's."""

from __future__ import annotations

from enum import StrEnum
from typing import cast

from allauth.account.adapter import get_adapter
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from portico.accounts.http import actor_of
from portico.accounts.models import Person
from portico.kernel.access import public
from portico.kernel.clock import now
from portico.kernel.errors import Invalid
from portico.members import services
from portico.members.forms import SignUpForm
from portico.members.links import InvitationNotValid
from portico.members.models import Invitation
from portico.ui.forms import refuse
from portico.ui.texts import say
from portico.workspaces.http import WorkspaceRequest


class Situation(StrEnum):
    """What whoever holds the link has to do."""

    SIGN_UP = "sign_up"
    SIGN_IN = "sign_in"
    ACCEPT = "accept"
    VERIFY = "verify"
    SOMEBODY_ELSE = "somebody_else"
    MEMBER = "member"


@public("The link itself proves who was invited.")
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: WorkspaceRequest, token: str) -> HttpResponseBase:
    """Show an invitation to whoever holds its link, and let them accept it."""
    try:
        response = _answer(request, token)
    except services.InvitationUsed as error:
        # Who accepted it and opens the mail again goes on to where it led.
        response = redirect("dashboard") if request.member else _over(request, error, 410)
    except services.InvitationOver as error:
        response = _over(request, error, 410)
    except InvitationNotValid as error:
        response = _over(request, error, 404)
    response.headers["Cache-Control"] = "private, no-store"
    # The address holds the token. Not `no-referrer`: browsers would then send forms with
    # `Origin: null`, which the check for forged forms refuses.
    response.headers["Referrer-Policy"] = "strict-origin"
    return response


def _answer(request: WorkspaceRequest, token: str) -> HttpResponseBase:
    found = services.look_at(token, request.workspace, at=now())
    situation = _situation(request, found)
    if request.method == "POST" and situation is Situation.ACCEPT:
        person = _person(request)
        services.accept(token, request.workspace, person, by=actor_of(request), at=now())
        return _welcome(request)
    if situation is not Situation.SIGN_UP:
        return _page(request, found, situation, status=200 if request.method != "POST" else 409)
    if request.method != "POST":
        return _page(request, found, situation, form=SignUpForm(initial={"email": found.email}))
    return _sign_up(request, token, found)


def _sign_up(request: WorkspaceRequest, token: str, found: Invitation) -> HttpResponseBase:
    form = SignUpForm(request.POST, initial={"email": found.email})
    if not form.is_valid():
        return _page(request, found, Situation.SIGN_UP, form=form, status=422)
    try:
        member = services.accept_with_new_account(
            token,
            request.workspace,
            name=form.cleaned_data["name"],
            password=form.cleaned_data["password"],
            by=actor_of(request),
            at=now(),
        )
    except Invalid as error:
        refuse(form, error)
        return _page(request, found, Situation.SIGN_UP, form=form, status=422)
    except services.AccountExists:
        return _page(request, found, Situation.SIGN_IN, status=409)
    # A new key and a new binding: what was planted in this browser before is worth nothing.
    request.session.flush()
    get_adapter(request).login(request, member.person)
    UserSession.objects.create_from_request(request)
    return _welcome(request)


def _situation(request: WorkspaceRequest, found: Invitation) -> Situation:
    if not request.user.is_authenticated:
        known = Person.objects.filter(email=found.email).exists()
        return Situation.SIGN_IN if known else Situation.SIGN_UP
    person = _person(request)
    if person.email != found.email:
        return Situation.SOMEBODY_ELSE
    if request.member:
        return Situation.MEMBER
    if services.must_verify_first(person, request.workspace):
        return Situation.VERIFY
    return Situation.ACCEPT


def _person(request: WorkspaceRequest) -> Person:
    return cast("Person", request.user)


def _page(
    request: WorkspaceRequest,
    found: Invitation,
    situation: Situation,
    *,
    form: SignUpForm | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {"invitation": found, "situation": situation.value, "form": form}
    return render(request, "members/invitation.html", context, status=status)


def _over(request: WorkspaceRequest, error: Exception, status: int) -> HttpResponse:
    context = {"sentence": say(error), "may_sign_in": not request.user.is_authenticated}  # type: ignore[arg-type]
    return render(request, "members/invitation_over.html", context, status=status)


def _welcome(request: WorkspaceRequest) -> HttpResponseBase:
    messages.success(
        request, _("You are a member of %(workspace)s now.") % {"workspace": request.workspace.name}
    )
    return redirect("dashboard")
