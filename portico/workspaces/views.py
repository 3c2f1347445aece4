"""The Workspace area, API tokens, and switching from one workspace to another."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portico.accounts.binding import bind
from portico.accounts.http import actor_of
from portico.accounts.second_factor.stages import exemption_of
from portico.kernel.access import public, requires
from portico.kernel.clock import now
from portico.kernel.errors import Invalid, Stale
from portico.kernel.permissions import Permission
from portico.ui.forms import refuse
from portico.ui.texts import say
from portico.ui.values import Change
from portico.workspaces import handoffs, hosts, services, tokens
from portico.workspaces.forms import PERMISSION_TITLES, TokenForm, WorkspaceForm
from portico.workspaces.http import MemberRequest, WorkspaceRequest
from portico.workspaces.models import Workspace


@requires(Permission.SETTINGS_CHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def workspace(request: MemberRequest) -> HttpResponse:
    """The second area of the Tenant tab: name, default language, time zone."""
    if request.method != "POST":
        form = WorkspaceForm(initial=_initial(request.workspace))
        return render(request, "workspaces/workspace.html", {"form": form})
    form = WorkspaceForm(request.POST)
    context: dict[str, object] = {"form": form}
    status = 422
    if form.is_valid():
        try:
            services.change_workspace(
                request.workspace, **form.cleaned_data, by=actor_of(request), at=now()
            )
        except Invalid as error:
            refuse(form, error)
        except Stale as error:
            context = {"conflict": say(error), **_rebased(form, request.workspace)}
            status = 409
        else:
            messages.success(request, _("The workspace is saved."))
            return redirect("workspace")
    return render(request, "workspaces/workspace.html", context, status=status)


@requires(Permission.ACCOUNT)
@require_http_methods(["GET", "HEAD", "POST"])
def api_tokens(request: MemberRequest) -> HttpResponse:
    """The member's tokens for this workspace; a new one is shown once, on this page alone."""
    secret = ""
    form = TokenForm(request.POST or None, member=request.member)
    if request.method == "POST" and form.is_valid():
        try:
            _token, secret = tokens.make_token(
                request.member,
                name=form.cleaned_data["name"],
                permissions=[Permission(name) for name in form.cleaned_data["permissions"]],
                lasts=timedelta(days=form.cleaned_data["days"]),
                by=actor_of(request),
                at=now(),
            )
            form = TokenForm(member=request.member)
        except Invalid as error:
            refuse(form, error)
    at = now()
    rows = [
        (
            token,
            token.state(at=at),
            [title for one, title in PERMISSION_TITLES.items() if one in token.permissions],
        )
        for token in request.member.tokens.all()
    ]
    context = {"form": form, "rows": rows, "secret": secret}
    status = 422 if form.is_bound and form.errors else 200
    response = render(request, "workspaces/tokens.html", context, status=status)
    response.headers["Cache-Control"] = "private, no-store"
    return response


@requires(Permission.ACCOUNT)
@require_POST
def revoke_api_token(request: MemberRequest, token_id: UUID) -> HttpResponseBase:
    """End one of the member's own tokens."""
    tokens.revoke_token(request.member, token_id, by=actor_of(request), at=now())
    messages.success(request, _("The token no longer works."))
    return redirect("account_tokens")


@public("Only says where to go next; the next page asks who it is.")
@require_safe
def after_sign_in(request: WorkspaceRequest) -> HttpResponseBase:
    """Go on after signing in: to the console, or for who is no member here to the portal."""
    return redirect("dashboard" if request.member else "home")


@public("Whoever is signed in may go to a workspace of theirs; it is checked here.")
@require_POST
def switch(request: WorkspaceRequest, slug: str) -> HttpResponseBase:
    """Go to another of the person's workspaces, by a handoff that carries the sign-in over.

    Not from a workspace's own domain: its owner may hold the session, too, which is worth nothing
    in other workspaces. Nor from a session in which something stood in for the second factor: it
    stands in for it in this workspace alone. From there one goes without, and signs in where that
    has not been done.
    """
    if not request.user.is_authenticated:
        return redirect(settings.LOGIN_URL)
    target = handoffs.membership_in(slug, request.user).workspace
    url = hosts.address_of(target, reverse("dashboard"))
    if not hosts.is_own_domain(request, request.workspace) and not exemption_of(request):
        host = hosts.host_of(target)
        secret = handoffs.offer(request.user, slug, host_of_slug=host, at=now())
        url = f"{hosts.address_of(target, '/handoff/')}?token={secret}"
    return render(request, "ui/forward.html", {"forward_url": url, "forward_name": target.name})


@public("The handoff itself proves who opens it.")
@never_cache
@require_http_methods(["GET", "POST"])
def handoff(request: WorkspaceRequest) -> HttpResponseBase:
    """Arrive from another workspace: show who continues, and on their word sign them in."""
    token = request.POST.get("token", "") or request.GET.get("token", "")
    offered = handoffs.look_at(token, host=request.get_host(), at=now())
    if request.method == "POST":
        comer = offered.membership.person
        by = actor_of(request, comer)
        person = handoffs.take(token, host=request.get_host(), by=by, at=now())
        login(request, person, backend=settings.AUTHENTICATION_BACKENDS[0])
        bind(request)
        UserSession.objects.create_from_request(request)
        return redirect("after_sign_in")
    return render(
        request, "workspaces/handoff.html", {"person": offered.membership.person, "token": token}
    )


def _rebased(form: WorkspaceForm, workspace: Workspace) -> dict[str, object]:
    """What was typed, based on what is saved now, and what saving it would change."""
    saved, typed = _initial(Workspace.objects.get(id=workspace.id)), form.cleaned_data
    return {
        "form": WorkspaceForm({**typed, "based_on": saved["based_on"]}),
        "changes": [
            Change(field=str(form[name].label), before=str(saved[name]), after=str(value))
            for name, value in typed.items()
            if name != "based_on" and saved[name] != value
        ],
    }


def _initial(workspace: Workspace) -> dict[str, object]:
    return {
        "name": workspace.name,
        "default_language": workspace.default_language,
        "time_zone": workspace.time_zone,
        "based_on": workspace.revision,
    }
