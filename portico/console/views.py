"""The console: what members see first, and the audit log."""

from __future__ import annotations

from urllib.parse import urlencode

from django.db import transaction
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_safe

from portico.accounts.http import actor_of
from portico.audit.queries import entries_of, page_of, people_of
from portico.audit.services import record
from portico.console.dashboard import settings_states
from portico.console.entries import rows_of
from portico.console.export import csv_of
from portico.console.failed_lately import failed_lately
from portico.console.forms import AuditForm
from portico.console.rolling_out import rolling_out
from portico.console.subjects import invitations_named
from portico.console.waiting import waits_for
from portico.kernel.access import requires
from portico.kernel.clock import now
from portico.kernel.errors import Invalid, gettext_noop
from portico.kernel.ids import id_in
from portico.kernel.permissions import Permission
from portico.workspaces.http import MemberRequest

LATEST = 5
ON_A_PAGE = 50


class UnreadableFilters(Invalid):
    code = "unreadable_filters"
    sentence = gettext_noop(
        "The filters in the address cannot be read, so nothing was exported. Please choose them "
        "on the audit page."
    )


@requires(Permission.CONSOLE)
@require_safe
def dashboard(request: MemberRequest) -> HttpResponse:
    """What there is to know and to do for this member now."""
    may_audit = request.member.may(Permission.AUDIT_READ)
    latest = page_of(entries_of(request.workspace.id), size=LATEST).entries if may_audit else []
    context = {
        "states": settings_states(request),
        "may_read_settings": request.member.may(Permission.SETTINGS_READ),
        "may_audit": may_audit,
        "latest": rows_of(latest),
        "waiting": waits_for(request.member),
        "rollouts": rolling_out(request.member),
        "failures": failed_lately(request.member, at=now()),
    }
    return render(request, "console/dashboard.html", context)


@requires(Permission.AUDIT_READ)
@require_safe
def audit_log(request: MemberRequest) -> HttpResponse:
    """What happened in the workspace, newest first."""
    form = AuditForm(request.GET, people=people_of(request.workspace.id))
    context: dict[str, object] = {"form": form}
    if not form.is_valid():
        return render(request, "console/audit.html", context, status=422)
    before, after = id_in(request.GET.get("before")), id_in(request.GET.get("after"))
    found = entries_of(request.workspace.id, form.filters(), invitations_named)
    page = page_of(found, size=ON_A_PAGE, before=before, after=after)
    asked = form.asked()
    context |= {
        "page": page,
        "rows": rows_of(page.entries),
        "asked": bool(asked or before or after),
        "query": f"?{urlencode(asked)}" if asked else "",
    }
    return render(request, "console/audit.html", context)


@requires(Permission.AUDIT_READ)
@require_GET
def audit_csv(request: MemberRequest) -> StreamingHttpResponse:
    """The filtered log as CSV. That it was exported is an entry too. Raises `UnreadableFilters`."""
    form = AuditForm(request.GET, people=people_of(request.workspace.id))
    if not form.is_valid():
        raise UnreadableFilters
    asked = ", ".join(f"{name}: {value}" for name, value in form.asked().items())
    with transaction.atomic():
        exported = record(
            "audit.exported",
            by=actor_of(request),
            at=now(),
            workspace_id=request.workspace.id,
            subject_kind="audit_log",
            subject_label=asked,
        )
    found = entries_of(request.workspace.id, form.filters(), invitations_named)
    name = f"audit-{request.workspace.slug}-{timezone.localdate().isoformat()}.csv"
    return StreamingHttpResponse(
        csv_of(found.exclude(id=exported.id)),
        headers={
            "Content-Type": "text/csv; charset=utf-8",
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "private, no-store",
        },
    )
