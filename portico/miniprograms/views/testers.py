"""The pages about who tries a mini program on its targets."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portico.accounts.http import actor_of
from portico.kernel.access import requires
from portico.kernel.clock import now
from portico.kernel.errors import Conflict, InvalidFields
from portico.kernel.permissions import Permission
from portico.miniprograms import services
from portico.miniprograms.access import Act, program_for
from portico.miniprograms.models import MiniProgram
from portico.miniprograms.queries import on_targets, page_of_testers, target_at, who_tests
from portico.miniprograms.showing import target_rows
from portico.miniprograms.tabs import program_context
from portico.miniprograms.target_forms import AddTestersForm
from portico.targets.models import ReleaseTarget
from portico.ui.texts import say
from portico.workspaces.http import MemberRequest

ON_A_PAGE = 50


@requires(Permission.PROGRAMS_READ)
@require_safe
def program_testers(request: MemberRequest, app_id: str) -> HttpResponse:
    """How many try a mini program on each target."""
    shown = program_for(request.member, app_id)
    context = {
        **program_context(request, shown, tab="testers"),
        "targets": target_rows(on_targets(request.workspace, shown)),
    }
    return render(request, "miniprograms/testers.html", context)


@requires(Permission.PROGRAMS_READ)
@require_http_methods(["GET", "HEAD", "POST"])
def target_testers(
    request: MemberRequest, app_id: str, code: str, environment: str
) -> HttpResponseBase:
    """Who tries a mini program on one target; and let others try it, too."""
    act = Act.CHANGE if request.method == "POST" else Act.SEE
    shown = program_for(request.member, app_id, act)
    target = target_at(request.workspace, code, environment)
    if request.method != "POST":
        return _page(request, shown, target, AddTestersForm())
    form = AddTestersForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, shown, target, form, status=422)
    named, unread = form.named()
    if unread:
        form.refuse({f"testers.{number}": error for number, error in unread.items()})
        return _page(request, shown, target, form, status=422)
    try:
        added = services.add_testers(shown, target, named, by=actor_of(request), at=now())
    except InvalidFields as error:
        form.refuse(error.errors)
        return _page(request, shown, target, form, status=422)
    except Conflict as error:
        return _page(request, shown, target, form, refused=say(error), status=409)
    messages.success(request, _what_came_of(added))
    return redirect("target_testers", app_id, code, environment)


@requires(Permission.PROGRAMS_CHANGE)
@require_POST
def remove_tester(
    request: MemberRequest, app_id: str, code: str, environment: str, tester_id: UUID
) -> HttpResponseBase:
    """Let somebody try a mini program on one target no longer."""
    shown = program_for(request.member, app_id, Act.CHANGE)
    target = target_at(request.workspace, code, environment)
    try:
        gone = services.remove_tester(shown, target, tester_id, by=actor_of(request), at=now())
    except Conflict as error:
        messages.warning(request, say(error))
    else:
        text = _("%(tester)s is no longer a tester on %(target)s.")
        messages.success(request, text % {"tester": gone.user_id, "target": str(target)})
    return redirect("target_testers", app_id, code, environment)


@requires(Permission.PROGRAMS_CHANGE)
@require_POST
def clear_testers(
    request: MemberRequest, app_id: str, code: str, environment: str
) -> HttpResponseBase:
    """Empty the list of testers of one target."""
    shown = program_for(request.member, app_id, Act.CHANGE)
    target = target_at(request.workspace, code, environment)
    try:
        services.remove_all_testers(shown, target, by=actor_of(request), at=now())
    except Conflict as error:
        messages.warning(request, say(error))
    else:
        messages.success(
            request, _("Nobody is a tester on %(target)s any more.") % {"target": str(target)}
        )
    return redirect("target_testers", app_id, code, environment)


def _page(
    request: MemberRequest,
    program: MiniProgram,
    target: ReleaseTarget,
    form: AddTestersForm,
    *,
    refused: str = "",
    status: int = 200,
) -> HttpResponse:
    search = request.GET.get("q", "")[:200]
    after, before = request.GET.get("after", ""), request.GET.get("before", "")
    page = page_of_testers(
        who_tests(program, target, search=search), size=ON_A_PAGE, after=after, before=before
    )
    context = {
        **program_context(request, program, tab="testers"),
        "target": target,
        "form": form,
        "page": page,
        "count": who_tests(program, target).count(),
        "search": search,
        "refused": refused,
    }
    return render(request, "miniprograms/target_testers.html", context, status=status)


def _what_came_of(added: services.Added) -> str:
    sentences = [
        ngettext("%(count)s tester was added.", "%(count)s testers were added.", added.new)
        % {"count": added.new}
    ]
    if added.known:
        sentences.append(
            ngettext("%(count)s was there already.", "%(count)s were there already.", added.known)
            % {"count": added.known}
        )
    if added.noted:
        sentences.append(
            ngettext(
                "%(count)s of them has another note now.",
                "%(count)s of them have another note now.",
                added.noted,
            )
            % {"count": added.noted}
        )
    return " ".join(sentences)
