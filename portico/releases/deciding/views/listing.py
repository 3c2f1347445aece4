"""The lists of requests: what waits for somebody, what they asked for, and all."""

from __future__ import annotations

from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portico.approvals.models import ApprovalRequest
from portico.approvals.queries import (
    narrowed,
    page_of,
    requests_for,
    sees_all,
    waiting_for,
)
from portico.approvals.queries import (
    own_requests as requests_of,
)
from portico.kernel.access import requires
from portico.kernel.errors import Forbidden
from portico.kernel.ids import id_in
from portico.kernel.permissions import Permission
from portico.releases.deciding.forms import RequestFilterForm
from portico.releases.deciding.rows import request_rows, tabs_for
from portico.workspaces.http import MemberRequest

ON_A_PAGE = 25


@requires(Permission.RELEASES_READ)
@require_safe
def approvals(request: MemberRequest) -> HttpResponseBase:
    """My Approvals: what waits for this member, the oldest first.

    Who decides on nothing is sent to what there is for them instead.
    """
    if not request.member.may(Permission.REQUESTS_DECIDE):
        return redirect("all_requests" if sees_all(request.member) else "own_requests")
    return _list(request, waiting_for(request.member), "approvals", title=_("My Approvals"))


@requires(Permission.RELEASES_READ)
@require_safe
def own_requests(request: MemberRequest) -> HttpResponse:
    """My Requests: what this member asked for, the newest first."""
    return _list(request, requests_of(request.member), "own_requests", title=_("My Requests"))


@requires(Permission.RELEASES_READ)
@require_safe
def all_requests(request: MemberRequest) -> HttpResponse:
    """All requests of the workspace, for those who see them."""
    if not sees_all(request.member):
        raise Forbidden
    return _list(request, requests_for(request.member), "all_requests", title=_("All requests"))


def _list(
    request: MemberRequest, requests: QuerySet[ApprovalRequest], name: str, *, title: str
) -> HttpResponse:
    waits = name == "approvals"
    form = RequestFilterForm(request.GET, oldest_first=waits)
    after, before = id_in(request.GET.get("after")), id_in(request.GET.get("before"))
    page = page_of(
        narrowed(requests, request.member, form.filters(status="in_review" if waits else "")),
        size=ON_A_PAGE,
        oldest_first=form.oldest_first,
        after=after,
        before=before,
    )
    context = {
        "title": title,
        "name": name,
        "tabs": tabs_for(request.member, name),
        "form": form,
        "page": page,
        "rows": request_rows(request.workspace, page.requests),
        "asked": form.narrows or bool(after or before),
        "list_url": reverse(name),
        "query": f"?{urlencode(form.asked)}" if form.asked else "",
        "may_decide": request.member.may(Permission.REQUESTS_DECIDE),
    }
    return render(request, "releases/deciding/list.html", context)
