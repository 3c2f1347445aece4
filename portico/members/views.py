"""The pages about members: the list, one member, and what can be done about them."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth import logout
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST, require_safe

from portico.accounts.http import actor_of
from portico.audit.services import record
from portico.kernel.access import requires
from portico.kernel.clock import now
from portico.kernel.errors import Conflict
from portico.kernel.permissions import Permission
from portico.members import services
from portico.members.export import csv_of
from portico.members.forms import MEMBER_STATES, MemberFilterForm, RoleForm
from portico.members.queries import (
    ORDERS,
    MemberState,
    in_order,
    is_last_admin,
    member_of,
    members_of,
    state_of,
)
from portico.members.tabs import tabs_of
from portico.members.two_factor import said_of_reset, two_factor_of
from portico.two_factor.services import reset
from portico.ui.texts import say
from portico.ui.values import Fact, State
from portico.workspaces.http import MemberRequest
from portico.workspaces.models import Membership
from portico.workspaces.permissions import Role

ON_A_PAGE = 50
STATE_TONES = {
    MemberState.ACTIVE: "good",
    MemberState.BLOCKED: "danger",
    MemberState.CLOSED: "neutral",
}


@requires(Permission.MEMBERS_READ)
@require_safe
def members(request: MemberRequest) -> HttpResponse:
    """Who belongs to the workspace."""
    form = MemberFilterForm(request.GET)
    order = request.GET.get("sort", "")
    found = in_order(members_of(request.workspace, form.filters()), order)
    page = Paginator(found, ON_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page": page,
        "rows": [(one, state_of(one)) for one in page.object_list],
        "tabs": tabs_of(request),
        "sort": order if order in ORDERS else "",
        "asked": any(request.GET.get(name) for name in ("q", "role", "state")),
        "may_change": request.member.may(Permission.MEMBERS_CHANGE),
    }
    return render(request, "members/members.html", context)


@requires(Permission.MEMBERS_READ)
@require_GET
def members_csv(request: MemberRequest) -> StreamingHttpResponse:
    """The members that the filters name, as CSV. That they were exported is recorded."""
    found = in_order(
        members_of(request.workspace, MemberFilterForm(request.GET).filters()),
        request.GET.get("sort", ""),
    )
    with transaction.atomic():
        record(
            "member.exported",
            by=actor_of(request),
            at=now(),
            workspace_id=request.workspace.id,
            subject_kind="members",
        )
    name = f"members-{request.workspace.slug}-{timezone.localdate().isoformat()}.csv"
    return StreamingHttpResponse(
        csv_of(found),
        headers={
            "Content-Type": "text/csv; charset=utf-8",
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "private, no-store",
        },
    )


@requires(Permission.MEMBERS_READ)
@require_safe
def member(request: MemberRequest, member_id: UUID) -> HttpResponse:
    """One member, and what can be done about them."""
    shown = member_of(request.workspace, member_id)
    form = RoleForm(initial={"role": shown.role}, asks=_is_own_admin(request, shown))
    return _page(request, shown, form)


@requires(Permission.MEMBERS_CHANGE)
@require_POST
def change_role(request: MemberRequest, member_id: UUID) -> HttpResponseBase:
    """Give a member another role."""
    shown = member_of(request.workspace, member_id)
    form = RoleForm(request.POST, asks=_is_own_admin(request, shown))
    if not form.is_valid():
        return _page(request, shown, form, status=422)
    role = Role(form.cleaned_data["role"])
    try:
        changed = services.change_role(
            request.workspace, member_id, role, by=actor_of(request), at=now()
        )
    except Conflict as error:
        shown = member_of(request.workspace, member_id)
        return _page(request, shown, form, status=409, refused=say(error))
    messages.success(
        request,
        _("%(who)s: the role is %(role)s now.")
        % {"who": changed.person.display_name, "role": role.label},
    )
    # Who gave up their own rights could not open that page again.
    return redirect("dashboard") if _is_self(request, changed) else redirect("member", member_id)


@requires(Permission.MEMBERS_CHANGE)
@require_POST
def block(request: MemberRequest, member_id: UUID) -> HttpResponseBase:
    """Keep a member out from now on."""
    blocked = services.block(request.workspace, member_id, by=actor_of(request), at=now())
    if _is_self(request, blocked):
        return _left(request)
    messages.success(request, _("%(who)s is blocked.") % {"who": blocked.person.display_name})
    return redirect("member", member_id)


@requires(Permission.MEMBERS_CHANGE)
@require_POST
def unblock(request: MemberRequest, member_id: UUID) -> HttpResponseBase:
    """Let a blocked member in again."""
    member = services.unblock(request.workspace, member_id, by=actor_of(request), at=now())
    messages.success(
        request,
        _("%(who)s has access to this workspace again.") % {"who": member.person.display_name},
    )
    return redirect("member", member_id)


@requires(Permission.MEMBERS_CHANGE)
@require_POST
def remove(request: MemberRequest, member_id: UUID) -> HttpResponseBase:
    """End a membership."""
    shown = member_of(request.workspace, member_id)
    services.remove(request.workspace, member_id, by=actor_of(request), at=now())
    if _is_self(request, shown):
        return _left(request)
    messages.success(
        request,
        _("%(who)s is no longer a member.") % {"who": shown.person.display_name},
    )
    return redirect("members")


@requires(Permission.MEMBERS_CHANGE)
@require_POST
def reset_two_factor(request: MemberRequest, member_id: UUID) -> HttpResponseBase:
    """Hold a member no more to a second factor that they have lost."""
    shown = member_of(request.workspace, member_id)
    try:
        made, way = reset(request.workspace, member_id, by=actor_of(request), at=now())
    except Conflict as error:
        form = RoleForm(initial={"role": shown.role}, asks=_is_own_admin(request, shown))
        return _page(request, shown, form, status=409, refused=say(error))
    messages.success(request, said_of_reset(shown, way, made.until))
    return redirect("member", member_id)


def _left(request: MemberRequest) -> HttpResponseBase:
    """Where who has just shut themselves out lands. Their session is gone already."""
    logout(request)
    messages.success(request, _("You have no access to this workspace any more."))
    return redirect("home")


def _page(
    request: MemberRequest,
    shown: Membership,
    form: RoleForm,
    *,
    status: int = 200,
    refused: str = "",
) -> HttpResponse:
    context = {
        "shown": shown,
        "state": state_of(shown),
        "form": form,
        "refused": refused,
        "is_self": _is_self(request, shown),
        "is_last_admin": is_last_admin(shown),
        "may_change": request.member.may(Permission.MEMBERS_CHANGE),
        "facts": _facts(shown),
        "two_factor": two_factor_of(shown, at=now()),
    }
    return render(request, "members/member.html", context, status=status)


def _facts(shown: Membership) -> list[Fact]:
    person = shown.person
    verified = (
        State(_("Verified"), "good") if person.verified_at else State(_("Not verified"), "warning")
    )
    state = state_of(shown)
    return [
        Fact(_("Email address"), (person.email, verified)),
        Fact(_("Role"), shown.get_role_display()),
        Fact(_("State"), State(str(MEMBER_STATES[state.value]), STATE_TONES[state])),
        Fact(_("Member since"), shown.created_at),
    ]


def _is_self(request: MemberRequest, shown: Membership) -> bool:
    return shown.person_id == request.user.id


def _is_own_admin(request: MemberRequest, shown: Membership) -> bool:
    return _is_self(request, shown) and shown.role == Role.ADMIN
