"""The first link of a request's chain: host -> workspace -> URLconf -> view -> service."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from django.core.exceptions import DisallowedHost
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponsePermanentRedirect,
)
from django.template.loader import render_to_string

from portico.kernel.site import names_of
from portico.workspaces.hosts import site, workspace_at
from portico.workspaces.http import WorkspaceRequest


class HostMiddleware:
    """Put the workspace on the request; where there is none, a plain 404 that names nobody."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Find the workspace and hand the request on."""
        try:
            workspace = workspace_at(request.get_host())
        except DisallowedHost:
            return HttpResponse("Bad host name.\n", content_type="text/plain", status=400)
        if workspace is None:
            return HttpResponse(render_to_string("ui/plain_error.html"), status=404)
        cast(WorkspaceRequest, request).workspace = workspace
        if site().scheme == "https" and not request.is_secure():
            # The same name, without the port: at that one there is no HTTPS.
            name = names_of(request.get_host(), site()).host
            return HttpResponsePermanentRedirect(f"https://{name}{request.get_full_path()}")
        return self.get_response(request)
