"""The page about who works on a mini program."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from portico.accounts.http import actor_of
from portico.kernel.access import requires
from portico.kernel.clock import now
from portico.kernel.errors import Conflict, Invalid
from portico.kernel.permissions import Permission
from portico.miniprograms import services
from portico.miniprograms.access import Act, program_for, role_in
from portico.miniprograms.forms import MemberForm
from portico.miniprograms.models import MiniProgram, ProgramRole
from portico.miniprograms.queries import members_of
from portico.miniprograms.showing import member_rows
from portico.miniprograms.tabs import program_context
from portico.ui.forms import refuse
from portico.ui.texts import say
from portico.workspaces.http import MemberRequest
from portico.workspaces.permissions import Role


@requires(Permission.PROGRAMS_READ)
@require_http_methods(["GET", "HEAD", "POST"])
def program_members(request: MemberRequest, app_id: str) -> HttpResponseBase:
    """Who works on a mini program; and have somebody work on it."""
    if request.method != "POST":
        return _page(request, program_for(request.member, app_id), MemberForm())
    shown = program_for(request.member, app_id, Act.CHANGE)
    form = MemberForm(request.POST)
    if not form.is_valid():
        return _page(request, shown, form, status=422)
    given = form.cleaned_data
    try:
        made = services.add_member(
            shown, given["email"], ProgramRole(given["role"]), by=actor_of(request), at=now()
        )
    except Invalid as error:
        refuse(form, error)
        return _page(request, shown, form, status=422)
    text = _("%(who)s works on “%(program)s” now.")
    who = made.membership.person.display_name
    messages.success(request, text % {"who": who, "program": shown.name})
    return redirect("program_members", app_id)


@requires(Permission.PROGRAMS_CHANGE)
@require_POST
def change_program_member(request: MemberRequest, app_id: str, member_id: UUID) -> HttpResponseBase:
    """Give somebody another role in a mini program."""
    shown = program_for(request.member, app_id, Act.CHANGE)
    wanted = request.POST.get("role", "")
    if wanted not in ProgramRole.values:
        messages.warning(request, _("Choose Admin or Developer."))
        return redirect("program_members", app_id)
    role = ProgramRole(wanted)
    try:
        member = services.change_member(shown, member_id, role, by=actor_of(request), at=now())
    except (Conflict, Invalid) as error:
        messages.warning(request, _sentence(error))
    else:
        text = _("%(who)s: the role in “%(program)s” is %(role)s now.")
        who = member.membership.person.display_name
        facts = {"who": who, "program": shown.name, "role": role.label}
        messages.success(request, text % facts)
    return redirect("program_members", app_id)


@requires(Permission.PROGRAMS_CHANGE)
@require_POST
def remove_program_member(request: MemberRequest, app_id: str, member_id: UUID) -> HttpResponseBase:
    """Have somebody work on a mini program no longer."""
    shown = program_for(request.member, app_id, Act.CHANGE)
    try:
        services.remove_member(shown, member_id, by=actor_of(request), at=now())
    except Conflict as error:
        messages.warning(request, say(error))
        return redirect("program_members", app_id)
    messages.success(request, _("They no longer work on “%(program)s”.") % {"program": shown.name})
    # Who took themselves off the list may not see it any more.
    is_admin = request.member.role == Role.ADMIN
    if is_admin or role_in(request.member, shown):
        return redirect("program_members", app_id)
    return redirect("programs")


def _sentence(error: Conflict | Invalid) -> str:
    of_fields = getattr(error, "errors", {})
    return " ".join(say(one) for one in of_fields.values()) if of_fields else say(error)


def _page(
    request: MemberRequest, program: MiniProgram, form: MemberForm, *, status: int = 200
) -> HttpResponse:
    context = {
        **program_context(request, program, tab="members"),
        "rows": member_rows(members_of(program)),
        "form": form,
    }
    return render(request, "miniprograms/members.html", context, status=status)
