"""The checks of a version: a page that shows them as they happen, and running them again."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from portico.accounts.http import actor_of
from portico.automated_checks.errors import ChecksGoOn
from portico.automated_checks.panels import panel_for
from portico.automated_checks.services import check_again
from portico.kernel.access import requires
from portico.kernel.clock import now
from portico.kernel.permissions import Permission
from portico.miniprograms.access import Act, program_for
from portico.miniprograms.tabs import program_context
from portico.miniprograms.uploading.queries import version_of
from portico.ui.texts import say
from portico.workspaces.http import MemberRequest


@requires(Permission.PROGRAMS_READ)
@require_safe
def version_checks(request: MemberRequest, app_id: str, code: int) -> HttpResponse:
    """The checks of a version as they stand; htmx asks again and again and is answered where
    something changed."""
    program = program_for(request.member, app_id)
    asked = request.GET
    is_part = bool(getattr(request, "htmx", False))
    panel = panel_for(
        request,
        version_of(program, code),
        whole=not is_part or asked.get("whole") == "1",
        severity=asked.get("severity", ""),
        number=asked.get("page"),
    )
    if is_part and asked.get("seen") == panel.seen:
        response = HttpResponse(status=204)
    elif is_part:
        response = render(request, "automated_checks/checks.html#checks", {"checks": panel})
    else:
        context = program_context(request, program, tab="versions") | {"checks": panel}
        response = render(request, "automated_checks/checks.html", context)
    response.headers["Cache-Control"] = "private, no-store"
    return response


@requires(Permission.VERSIONS_UPLOAD)
@require_POST
def run_checks(request: MemberRequest, app_id: str, code: int) -> HttpResponseBase:
    """Check a version anew."""
    program = program_for(request.member, app_id, Act.UPLOAD)
    version = version_of(program, code)
    try:
        check_again(version, by=actor_of(request), at=now())
    except ChecksGoOn as refusal:
        messages.warning(request, say(refusal))
    else:
        messages.success(request, _("The checks run again."))
    return redirect("version_checks", program.app_id, version.code)
