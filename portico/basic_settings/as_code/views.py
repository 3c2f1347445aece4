"""The page *Settings as code*: export, and apply a file once its plan was looked at."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portico.accounts.http import actor_of
from portico.basic_settings.as_code.applying import Wish, apply, plan
from portico.basic_settings.as_code.doors import (
    FIELD,
    answer_with_export,
    content_of,
    readable_sections,
    refuse_forbidden,
)
from portico.basic_settings.as_code.faults import FaultyFile
from portico.basic_settings.as_code.forms import SECRET_PREFIX, ApplyForm, UploadForm
from portico.basic_settings.as_code.keeping import UploadGone, keep_upload, kept_upload
from portico.basic_settings.as_code.packing import Bundle, opened
from portico.basic_settings.as_code.plans import CannotBeApplied, FileIsOld, Plan, PlanIsOld
from portico.basic_settings.as_code.showing import STANDINGS
from portico.kernel.access import requires
from portico.kernel.clock import now
from portico.kernel.errors import DomainError, Invalid
from portico.kernel.permissions import Permission
from portico.ui.texts import say
from portico.workspaces.http import MemberRequest


@requires(Permission.SETTINGS_READ)
@require_safe
def as_code(request: MemberRequest) -> HttpResponse:
    """Download the settings, or choose a file to apply."""
    context = {"form": UploadForm(), "may_change": request.member.may(Permission.SETTINGS_CHANGE)}
    return render(request, "as_code/page.html", context)


@requires(Permission.SETTINGS_READ)
@require_safe
def export_as_code(request: MemberRequest) -> HttpResponse:
    """The settings as a file; `?files=zip`: with the files that they name."""
    sections = readable_sections(request.member.permissions)
    as_zip = request.GET.get("files") == "zip"
    return answer_with_export(request.workspace, sections, as_zip=as_zip, at=now())


@requires(Permission.SETTINGS_CHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def plan_as_code(request: MemberRequest) -> HttpResponseBase:
    """What a file would do. It is kept until it is applied, for two days at most."""
    if request.method != "POST":
        return redirect("as_code")
    try:
        kept = request.POST.get("kept", "")
        content = (
            kept_upload(request.workspace, kept)
            if kept
            else content_of(request, request.FILES.get(FIELD))
        )
        bundle = _opened(request, content)
    except (Invalid, UploadGone) as error:
        return _refused(request, error)
    kept = keep_upload(request.workspace, content, at=now())
    wish = _wish(request, bundle)
    made = plan(request.workspace, wish, by=actor_of(request), at=now())
    return _show(request, made, kept=kept, rebase=wish.rebase)


@requires(Permission.SETTINGS_CHANGE)
@require_POST
def apply_as_code(request: MemberRequest) -> HttpResponseBase:
    """Apply the file whose plan was looked at, if it still does just that."""
    kept = request.POST.get("kept", "")
    try:
        bundle = _opened(request, kept_upload(request.workspace, kept))
    except (Invalid, UploadGone) as error:
        return _refused(request, error)
    wish = _wish(request, bundle)
    try:
        done = apply(
            request.workspace,
            wish,
            by=actor_of(request),
            at=now(),
            digest=request.POST.get("plan", "") or "-",
            reason=request.POST.get("reason", ""),
        )
    except (PlanIsOld, FileIsOld) as error:
        return _show(request, error.plan, kept=kept, rebase=wish.rebase, error=error, status=409)
    except CannotBeApplied as error:
        return _show(request, error.plan, kept=kept, rebase=wish.rebase, error=error, status=422)
    except Invalid as error:  # the reason for the change
        made = plan(request.workspace, wish, by=actor_of(request), at=now())
        return _show(request, made, kept=kept, rebase=wish.rebase, error=error, status=422)
    return _done(request, done)


def _opened(request: MemberRequest, content: bytes) -> Bundle:
    bundle = opened(content)
    refuse_forbidden(bundle.document, request.member.permissions)
    return bundle


def _wish(request: MemberRequest, bundle: Bundle) -> Wish:
    typed = {
        name.removeprefix(SECRET_PREFIX): str(text)
        for name, text in request.POST.items()
        if name.startswith(SECRET_PREFIX) and text
    }
    return Wish(bundle, secrets=typed, rebase=bool(request.POST.get("rebase")))


def _refused(request: MemberRequest, error: DomainError) -> HttpResponse:
    """The page again, with what is wrong with the file."""
    found = error.problems if isinstance(error, FaultyFile) else ()
    context = {
        "form": UploadForm(),
        "may_change": True,
        "sentence": say(error),
        "problems": [say(problem.said) for problem in found],
    }
    return render(request, "as_code/page.html", context, status=422)


def _show(
    request: MemberRequest,
    made: Plan,
    *,
    kept: str,
    rebase: bool,
    error: DomainError | None = None,
    status: int = 200,
) -> HttpResponse:
    form = ApplyForm(made, reason=request.POST.get("reason", ""))
    context = {
        "plan": made,
        "kept": kept,
        "rebase": rebase,
        "form": form if made.is_pending or made.waits_for_secrets else None,
        "is_stale": made.has_stale and not rebase,
        "sentence": say(error) if error else "",
        "problems": [say(problem.said) for problem in made.problems],
        "sections": [
            {
                "planned": one,
                "standing": STANDINGS[one.standing],
                "problems": [say(problem.said) for problem in one.problems],
            }
            for one in made.sections
        ],
        "files": [(file, [_(sentence) for sentence in file.removed]) for file in made.files],
    }
    return render(request, "as_code/plan.html", context, status=status)


def _done(request: MemberRequest, done: Plan) -> HttpResponseBase:
    for one in done.sections:
        if one.is_pending:
            said = str(one.section.saved % {"section": one.section.title})
            messages.success(request, said, extra_tags=one.section.name)
    if not done.is_pending:
        messages.info(request, _("The file changes nothing: its values are the live ones."))
    return redirect("tenant_settings")
