"""The list of releases."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from portico.kernel.access import requires
from portico.kernel.permissions import Permission
from portico.miniprograms.access import SEES_ALL
from portico.releases.forms import ReleaseFilterForm
from portico.releases.listing import UnknownPlace, page_of, releases_found
from portico.releases.showing import release_rows
from portico.targets.queries import targets_of
from portico.workspaces.http import MemberRequest
from portico.workspaces.permissions import Role

ON_A_PAGE = 25


@requires(Permission.RELEASES_READ)
@require_safe
def releases(request: MemberRequest) -> HttpResponse:
    """The releases that the member may see."""
    form = ReleaseFilterForm(request.GET, targets=targets_of(request.workspace))
    found = releases_found(request.member, form.filters())
    order = request.GET.get("sort", "")
    after, before = request.GET.get("after", ""), request.GET.get("before", "")
    try:
        page = page_of(found, order=order, size=ON_A_PAGE, after=after, before=before)
    except UnknownPlace:  # an old address, or one that was cut off: begin anew
        page = page_of(found, order=order, size=ON_A_PAGE)
    context = {
        "form": form,
        "page": page,
        "rows": release_rows(request.workspace, page.releases),
        "asked": form.asks or bool(after or before),
        "sees_all": Role(request.member.role) in SEES_ALL,
        "may_act": request.member.may(Permission.RELEASES_ACT),
    }
    return render(request, "releases/list.html", context)
