"""Send Test Email: the page that starts a test, and the page that shows one as it happens."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portico.accounts.http import actor_of
from portico.basic_settings.cards import Card
from portico.basic_settings.editing import editor_again, sent_form
from portico.basic_settings.http import settings_of
from portico.basic_settings.services import draft_of
from portico.kernel.access import requires
from portico.kernel.clock import now
from portico.kernel.errors import Conflict, DomainError, Invalid, TooOften
from portico.kernel.permissions import Permission
from portico.service_email.doctor import runs
from portico.service_email.doctor.forms import RecipientForm
from portico.service_email.doctor.panels import Panel
from portico.service_email.doctor.wishes import saved_values, unsaved_values
from portico.service_email.models import TestRun
from portico.service_email.section import section
from portico.service_email.servers import saved_server
from portico.service_email.services import language_of
from portico.ui.forms import refuse
from portico.ui.texts import say
from portico.workspaces.http import MemberRequest

SHOWN_RUNS = 5


@requires(Permission.SETTINGS_CHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def test_email(request: MemberRequest) -> HttpResponseBase:
    """Test the saved values, or those of the section's form that is sent here."""
    if request.method != "POST":
        return _page(request, RecipientForm(initial={"to": request.user.email}))
    if "host" in request.POST:
        return _test_form(request)
    form = RecipientForm(request.POST)
    if not form.is_valid():
        return _page(request, form, status=422)
    try:
        run = runs.start(
            request.workspace,
            saved_values(request.workspace),
            to=form.cleaned_data["to"],
            language=language_of(form.cleaned_data["to"], request.workspace),
            by=actor_of(request),
            at=now(),
        )
    except Invalid as error:
        refuse(form, error)
        return _page(request, form, status=422)
    except (Conflict, TooOften) as refusal:
        return _page(request, form, refusal=refusal, status=_status(refusal))
    return redirect("test_run", run.id)


@requires(Permission.SETTINGS_CHANGE)
@require_safe
def test_run(request: MemberRequest, run_id: UUID) -> HttpResponse:
    """A test as it stands; htmx asks again and again and is answered where something changed."""
    at = now()
    run = runs.run_of(request.workspace, run_id, at=at)
    panel = Panel(run, at, in_form=request.GET.get("in") == "form")
    if not getattr(request, "htmx", False):
        response = render(request, "service_email/doctor/run.html", {"panel": panel})
    elif request.GET.get("seen") == panel.version:
        response = HttpResponse(status=204)
    else:
        response = _part(request, panel)
    response.headers["Cache-Control"] = "private, no-store"
    return response


@requires(Permission.SETTINGS_CHANGE)
@require_POST
def cancel_test(request: MemberRequest, run_id: UUID) -> HttpResponseBase:
    """Stop a test."""
    at = now()
    run = runs.cancel(request.workspace, run_id, at=at)
    if getattr(request, "htmx", False):
        return _part(request, Panel(run, at, in_form=request.GET.get("in") == "form"))
    return redirect("test_run", run.id)


def _test_form(request: MemberRequest) -> HttpResponseBase:
    """Test what stands in the section's form, which stays as it is."""
    live, draft = settings_of(request).live(section), draft_of(request.workspace, section)
    card = Card(section, request.workspace, live, draft, now())
    form, usable = sent_form(request, card)
    to = request.POST.get("to", "") or request.user.email
    refusal: DomainError | None = None
    run: TestRun | None = None
    if usable:
        try:
            run = runs.start(
                request.workspace,
                unsaved_values(
                    request.workspace,
                    form.values(),
                    at=now(),
                    opened_on=request.POST.get("opened_on", "live"),
                ),
                to=to,
                language=language_of(to, request.workspace),
                by=actor_of(request),
                at=now(),
            )
        except Invalid as error:
            refuse(form, error)
        except (Conflict, TooOften) as error:
            refusal = error
    if run is not None and getattr(request, "htmx", False):
        return _part(request, Panel(run, now(), in_form=True))
    if run is not None:
        return redirect("test_run", run.id)
    context = {"form": form, "refusal": say(refusal) if refusal else ""}
    if getattr(request, "htmx", False):
        return render(request, "service_email/doctor/refused.html", context, status=422)
    editor = editor_again(request, card, form)
    context |= {"editor": editor, "card": card, "section": section, **editor.extras}
    status = _status(refusal) if refusal else 422
    return render(request, "service_email/doctor/form_refused.html", context, status=status)


def _page(
    request: MemberRequest,
    form: RecipientForm,
    *,
    refusal: DomainError | None = None,
    status: int = 200,
) -> HttpResponse:
    context: dict[str, object] = {"form": form}
    try:
        context["server"] = saved_server(request.workspace)
    except Conflict as error:
        refusal = refusal or error
        context["unusable"] = True
    at = now()
    context |= {
        "panels": [Panel(run, at) for run in runs.latest_runs(request.workspace, most=SHOWN_RUNS)],
        "refusal": say(refusal) if refusal else "",
    }
    return render(request, "service_email/doctor/test.html", context, status=status)


def _part(request: MemberRequest, panel: Panel) -> HttpResponse:
    return render(request, "service_email/doctor/run.html#panel", {"panel": panel})


def _status(refusal: DomainError) -> int:
    return 429 if isinstance(refusal, TooOften) else 409
