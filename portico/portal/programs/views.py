"""The landing page of a mini program: in the workspace's brand, with the program in a frame."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.utils.encoding import iri_to_uri
from django.views.decorators.http import require_safe

from portico.kernel.access import public
from portico.kernel.clock import now
from portico.portal.programs.policy import SANDBOX
from portico.portal.programs.showing import (
    NoProgramHere,
    Shown,
    context_of,
    live_program,
    previewed_program,
)
from portico.targets.icons import icon_of
from portico.workspaces.gates import first_closed
from portico.workspaces.http import WorkspaceRequest


@public("What is live is for everybody; a preview looks at who asks, and is nothing to all others.")
@require_safe
def landing(
    request: WorkspaceRequest, app_id: str, version: str | None = None, page: str | None = None
) -> HttpResponseBase:
    """`/miniapp/<app_id>`, with `;version=` behind it for those who may preview, and a page's path.

    The query goes on to the program. Raises `NoProgramHere`.
    """
    page = (page or "").strip("/").removesuffix(".html")
    query = iri_to_uri(request.META.get("QUERY_STRING", ""))
    if not version:
        shown = live_program(request.workspace, app_id, page, query)
        return _page(request, shown)
    member = request.member or None
    if member is None:
        raise NoProgramHere
    shown = previewed_program(member, app_id, version, page, query, at=now())
    closed = first_closed(request, member)
    if closed is not None:
        back = urlencode({"next": request.get_full_path()})
        return HttpResponseRedirect(f"{closed.path}?{back}")
    return _page(request, shown)


def _page(request: WorkspaceRequest, shown: Shown) -> HttpResponse:
    origin = f"{request.scheme}://{request.get_host().lower()}"
    context = {
        "shown": shown,
        "program": shown.program,
        "icon": icon_of(request.workspace, shown.program),
        "sandbox": SANDBOX,
        "frame_name": context_of(shown, origin),
    }
    response = render(request, "portal/programs/landing.html", context)
    # Exactly this one: from its frame a program cannot go anywhere else.
    response._csp_update = {"frame-src": [shown.origin]}  # type: ignore[attr-defined]
    response.headers["Cache-Control"] = (
        "private, no-store" if shown.preview else "private, no-cache"
    )
    return response
