"""The pages about one mini program: making it, its overview, changing it, archiving it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portico.accounts.http import actor_of
from portico.kernel.access import requires
from portico.kernel.clock import now
from portico.kernel.errors import Conflict, Invalid, Stale
from portico.kernel.permissions import Permission
from portico.miniprograms import services
from portico.miniprograms.access import Act, program_for
from portico.miniprograms.forms import NewProgramForm, ProgramForm
from portico.miniprograms.models import MiniProgram, Version
from portico.miniprograms.queries import OF_A_VERSION, on_targets
from portico.miniprograms.showing import differences, program_facts, target_rows
from portico.miniprograms.tabs import overview, program_context
from portico.ui.forms import refuse
from portico.ui.texts import say
from portico.ui.values import Change
from portico.workspaces.http import MemberRequest, opened_on

NEWEST = 5  # versions, on the overview


@requires(Permission.PROGRAMS_CREATE)
@require_http_methods(["GET", "HEAD", "POST"])
def new_program(request: MemberRequest) -> HttpResponseBase:
    """Make a mini program; who makes it becomes its Admin."""
    at = now()
    if request.method != "POST":
        form = NewProgramForm(workspace=request.workspace, at=at)
        return render(request, "miniprograms/new.html", {"form": form})
    form = NewProgramForm(request.POST, request.FILES, workspace=request.workspace, at=at)
    form.receive(request)
    if form.is_valid():
        try:
            made = services.make_program(
                request.workspace,
                form.cleaned_data["app_id"],
                form.particulars(),
                kind=form.cleaned_data["kind"],
                creator=request.member,
                by=actor_of(request),
                at=at,
            )
        except Invalid as error:
            refuse(form, error)
        else:
            _remark(request, form)
            messages.success(request, _("“%(program)s” is made.") % {"program": made.name})
            return redirect("program", made.app_id)
    return render(request, "miniprograms/new.html", {"form": form}, status=422)


@requires(Permission.PROGRAMS_READ)
@require_safe
def program(request: MemberRequest, app_id: str) -> HttpResponse:
    """One mini program at a glance: what it is, where it is live, its newest versions."""
    shown = program_for(request.member, app_id)
    versions = Version.objects.filter(program=shown).only(*OF_A_VERSION).order_by("-code")
    context = {
        **program_context(request, shown, tab="overview"),
        "facts": program_facts(shown),
        "targets": target_rows(on_targets(request.workspace, shown)),
        "versions": list(versions[:NEWEST]),
        "panels": overview.drawn(request, shown),
    }
    return render(request, "miniprograms/overview.html", context)


@requires(Permission.PROGRAMS_CHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def edit_program(request: MemberRequest, app_id: str) -> HttpResponseBase:
    """Change a mini program's name, description, category or icon."""
    at, shown = now(), program_for(request.member, app_id, Act.CHANGE)
    if request.method != "POST":
        form = ProgramForm(workspace=request.workspace, at=at, program=shown)
        return _edit_page(request, form, shown)
    form = ProgramForm(
        request.POST, request.FILES, workspace=request.workspace, at=at, program=shown
    )
    form.receive(request)
    based_on = opened_on(request)
    if not form.is_valid():
        return _edit_page(request, form, shown, based_on=based_on, status=422)
    try:
        changed = services.change_program(
            shown, form.particulars(), revision=based_on, by=actor_of(request), at=at
        )
    except Invalid as error:
        refuse(form, error)
        return _edit_page(request, form, shown, based_on=based_on, status=422)
    except Stale:
        # What was typed stays. Whoever has read what is different now may save it on top of that.
        present = program_for(request.member, app_id, Act.CHANGE)
        changes = differences(present, form.particulars())
        return _edit_page(request, form, present, changes=changes, status=409)
    except Conflict as error:
        return _edit_page(request, form, shown, refused=say(error), status=409)
    _remark(request, form)
    messages.success(request, _("“%(program)s” is changed.") % {"program": changed.name})
    return redirect("program", app_id)


@requires(Permission.PROGRAMS_CHANGE)
@require_POST
def archive_program(request: MemberRequest, app_id: str) -> HttpResponseBase:
    """Keep a mini program for the record alone."""
    shown = program_for(request.member, app_id, Act.CHANGE)
    try:
        services.archive_program(shown, by=actor_of(request), at=now())
    except Conflict as error:
        messages.warning(request, say(error))
    else:
        messages.success(request, _("“%(program)s” is archived.") % {"program": shown.name})
    return redirect("program", app_id)


@requires(Permission.PROGRAMS_CHANGE)
@require_POST
def restore_program(request: MemberRequest, app_id: str) -> HttpResponseBase:
    """Bring an archived mini program back."""
    shown = program_for(request.member, app_id, Act.CHANGE)
    try:
        services.restore_program(shown, by=actor_of(request), at=now())
    except Conflict as error:
        messages.warning(request, say(error))
    else:
        messages.success(request, _("“%(program)s” is in use again.") % {"program": shown.name})
    return redirect("program", app_id)


def _edit_page(
    request: MemberRequest,
    form: ProgramForm,
    shown: MiniProgram,
    *,
    based_on: int | None = None,
    changes: list[Change] | None = None,
    refused: str = "",
    status: int = 200,
) -> HttpResponse:
    context = {
        "form": form,
        "program": shown,
        "based_on": shown.revision if based_on is None else based_on,
        "is_stale": changes is not None,
        "changes": changes,
        "refused": refused,
    }
    return render(request, "miniprograms/edit.html", context, status=status)


def _remark(request: MemberRequest, form: ProgramForm) -> None:
    for sentence in form.remarks():
        messages.info(request, sentence)
