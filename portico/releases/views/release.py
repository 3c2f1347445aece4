"""The page of a release."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from portico.kernel.access import requires
from portico.kernel.permissions import Permission
from portico.releases.access import release_for
from portico.releases.views.shown import page_of, part_of
from portico.workspaces.http import MemberRequest


@requires(Permission.RELEASES_READ)
@require_safe
def release(request: MemberRequest, release_id: UUID) -> HttpResponse:
    """A release as it stands; htmx asks again and again and is answered where something changed."""
    found = release_for(request.member, release_id)
    if getattr(request, "htmx", False):
        response = part_of(request, found, seen=request.GET.get("seen", ""))
    else:
        response = page_of(request, found)
    response.headers["Cache-Control"] = "private, no-store"
    return response
