"""The domain's page, a check as it happens, mailing the instructions, and the public marker."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portico.accounts.http import actor_of
from portico.domains import runs
from portico.domains.forms import InstructionsForm
from portico.domains.instructions import send_instructions
from portico.domains.panels import Panel
from portico.domains.runs import CheckGoesOn
from portico.domains.services import marker_of
from portico.domains.showing import view_of
from portico.kernel.access import public, requires
from portico.kernel.clock import now
from portico.kernel.errors import Conflict, DomainError, Invalid, TooOften
from portico.kernel.permissions import Permission
from portico.ui.forms import refuse
from portico.ui.texts import say
from portico.workspaces.http import MemberRequest, WorkspaceRequest

SHOWN_CHANGES = 20


@requires(Permission.SETTINGS_CHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def check_domain(request: MemberRequest) -> HttpResponseBase:
    """The domain as it stands, with what has to be entered in its DNS; POST checks it now."""
    if request.method != "POST":
        return _page(request)
    try:
        run = runs.start(request.workspace, by=actor_of(request), at=now())
    except CheckGoesOn as refusal:
        # Whoever asks for what is under way is shown it.
        there = runs.run_under_way(request.workspace, at=now())
        if there is None:
            return _refused(request, refusal)
        run = there
    except (Conflict, TooOften) as refusal:
        return _refused(request, refusal)
    if getattr(request, "htmx", False):
        return _part(request, Panel(run, now()))
    return redirect("domain_check", run.id)


@requires(Permission.SETTINGS_CHANGE)
@require_safe
def domain_check(request: MemberRequest, run_id: UUID) -> HttpResponse:
    """A check as it stands; htmx asks again and again and is answered where something changed."""
    at = now()
    panel = Panel(runs.run_of(request.workspace, run_id, at=at), at)
    if not getattr(request, "htmx", False):
        response = render(request, "domains/run.html", {"panel": panel})
    elif request.GET.get("seen") == panel.version:
        response = HttpResponse(status=204)
    else:
        response = _part(request, panel)
    response.headers["Cache-Control"] = "private, no-store"
    return response


@requires(Permission.SETTINGS_CHANGE)
@require_POST
def cancel_domain_check(request: MemberRequest, run_id: UUID) -> HttpResponseBase:
    """Stop a check."""
    at = now()
    run = runs.cancel(request.workspace, run_id, at=at)
    if getattr(request, "htmx", False):
        return _part(request, Panel(run, at))
    return redirect("domain_check", run.id)


@requires(Permission.SETTINGS_CHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def domain_instructions(request: MemberRequest) -> HttpResponseBase:
    """Mail what has to be entered in the DNS to whoever can enter it."""
    if request.method != "POST":
        return _instructions_page(request, InstructionsForm())
    form = InstructionsForm(request.POST)
    if not form.is_valid():
        return _instructions_page(request, form, status=422)
    to: str = form.cleaned_data["to"]
    try:
        send_instructions(
            request.workspace,
            to=to,
            note=form.cleaned_data["note"],
            by=actor_of(request),
            at=now(),
        )
    except Invalid as error:
        refuse(form, error)
        return _instructions_page(request, form, status=422)
    except (Conflict, TooOften) as refusal:
        return _instructions_page(request, form, refusal=refusal, status=_status(refusal))
    messages.success(request, _("The instructions are on their way to %(to)s.") % {"to": to})
    return redirect("check_domain")


@public("Whoever checks where a domain leads has no account; the answer gives nothing away.")
@require_safe
def domain_marker(request: WorkspaceRequest) -> HttpResponse:
    """Which workspace answers here; a header tells over which scheme it believes it was asked."""
    response = HttpResponse(f"{marker_of(request.workspace)}\n", content_type="text/plain")
    response.headers["Cache-Control"] = "no-store"
    response.headers["Portico-Scheme"] = "https" if request.is_secure() else "http"
    return response


def _page(
    request: MemberRequest, *, refusal: DomainError | None = None, status: int = 200
) -> HttpResponse:
    at = now()
    view = view_of(request.workspace, at=at)
    context = {
        "view": view,
        "changes": view.history(most=SHOWN_CHANGES) if view else [],
        "under_way": runs.run_under_way(request.workspace, at=at),
        "refusal": say(refusal) if refusal else "",
    }
    return render(request, "domains/domain.html", context, status=status)


def _refused(request: MemberRequest, refusal: DomainError) -> HttpResponse:
    if getattr(request, "htmx", False):
        context = {"refusal": say(refusal)}
        return render(request, "domains/refused.html", context, status=422)
    return _page(request, refusal=refusal, status=_status(refusal))


def _instructions_page(
    request: MemberRequest,
    form: InstructionsForm,
    *,
    refusal: DomainError | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "form": form,
        "view": view_of(request.workspace, at=now()),
        "refusal": say(refusal) if refusal else "",
    }
    return render(request, "domains/instructions.html", context, status=status)


def _part(request: MemberRequest, panel: Panel) -> HttpResponse:
    return render(request, "domains/run.html#panel", {"panel": replace(panel, in_part=True)})


def _status(refusal: DomainError) -> int:
    return 429 if isinstance(refusal, TooOften) else 409
