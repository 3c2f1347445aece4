"""The pages about how a mini program is set up on its targets."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from portico.accounts.http import actor_of
from portico.kernel.access import requires
from portico.kernel.clock import now
from portico.kernel.errors import Conflict, InvalidFields, Stale
from portico.kernel.permissions import Permission
from portico.miniprograms import services
from portico.miniprograms.access import Act, program_for
from portico.miniprograms.models import MiniProgram, ProgramOnTarget
from portico.miniprograms.queries import on_targets, set_up_of, target_at
from portico.miniprograms.showing import environment_note, set_up_differences, target_rows
from portico.miniprograms.tabs import program_context
from portico.miniprograms.target_forms import SetUpForm
from portico.ui.texts import say
from portico.ui.values import Change
from portico.workspaces.http import MemberRequest, opened_on


@requires(Permission.PROGRAMS_READ)
@require_safe
def program_set_up(request: MemberRequest, app_id: str) -> HttpResponse:
    """How a mini program is set up on each target."""
    shown = program_for(request.member, app_id)
    context = {
        **program_context(request, shown, tab="set_up"),
        "targets": target_rows(on_targets(request.workspace, shown)),
    }
    return render(request, "miniprograms/set_up.html", context)


@requires(Permission.PROGRAMS_CHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def edit_set_up(
    request: MemberRequest, app_id: str, code: str, environment: str
) -> HttpResponseBase:
    """Set a mini program up on one target."""
    shown = program_for(request.member, app_id, Act.CHANGE)
    target = target_at(request.workspace, code, environment)
    present = set_up_of(shown, target)
    if request.method != "POST":
        return _page(request, SetUpForm(present=present), shown, present)
    form = SetUpForm(request.POST)
    based_on = opened_on(request)
    if not form.is_valid():
        return _page(request, form, shown, present, based_on=based_on, status=422)
    wanted = form.set_up()
    try:
        services.set_up(shown, target, wanted, revision=based_on, by=actor_of(request), at=now())
    except InvalidFields as error:
        form.refuse(error)
        return _page(request, form, shown, present, based_on=based_on, status=422)
    except Stale:
        # What was typed stays. Whoever has read what is different now may save it on top of that.
        present = set_up_of(shown, target)
        changes = set_up_differences(present, wanted.server_domains, wanted.variables)
        return _page(request, form, shown, present, changes=changes, status=409)
    except Conflict as error:
        return _page(request, form, shown, present, refused=say(error), status=409)
    messages.success(request, _("The set-up for %(target)s is saved.") % {"target": str(target)})
    return redirect("program_set_up", app_id)


def _page(
    request: MemberRequest,
    form: SetUpForm,
    program: MiniProgram,
    present: ProgramOnTarget,
    *,
    based_on: int | None = None,
    changes: list[Change] | None = None,
    refused: str = "",
    status: int = 200,
) -> HttpResponse:
    context = {
        "form": form,
        "program": program,
        "target": present.target,
        "note": environment_note(present.target),
        "based_on": present.revision if based_on is None else based_on,
        "is_stale": changes is not None,
        "changes": changes,
        "refused": refused,
    }
    return render(request, "miniprograms/edit_set_up.html", context, status=status)
