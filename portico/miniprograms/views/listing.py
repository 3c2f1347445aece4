"""The list of mini programs."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from portico.kernel.access import requires
from portico.kernel.permissions import Permission
from portico.miniprograms.access import SEES_ALL
from portico.miniprograms.forms import ProgramFilterForm
from portico.miniprograms.listing import (
    UnknownPage,
    page_of,
    programs_found,
)
from portico.miniprograms.showing import program_rows
from portico.targets.queries import targets_of
from portico.workspaces.http import MemberRequest
from portico.workspaces.permissions import Role

ON_A_PAGE = 20


@requires(Permission.PROGRAMS_READ)
@require_safe
def programs(request: MemberRequest) -> HttpResponse:
    """The mini programs that the member may see."""
    sees_all = Role(request.member.role) in SEES_ALL
    targets = targets_of(request.workspace)
    form = ProgramFilterForm(request.GET, targets=targets)
    found = programs_found(request.member, form.filters())
    order = request.GET.get("sort", "")
    after, before = request.GET.get("after", ""), request.GET.get("before", "")
    try:
        page = page_of(found, order=order, size=ON_A_PAGE, after=after, before=before)
    except UnknownPage:  # an old address, or one that was cut off: begin anew
        page = page_of(found, order=order, size=ON_A_PAGE)
    context = {
        "form": form,
        "page": page,
        "rows": program_rows(request.workspace, page.programs, targets),
        "asked": form.asks or bool(after or before),
        "sees_all": sees_all,
        "may_create": request.member.may(Permission.PROGRAMS_CREATE),
    }
    return render(request, "miniprograms/programs.html", context)
