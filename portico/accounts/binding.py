"""A session belongs to one host and one workspace, and is worth nothing elsewhere.

The cookie is host-only already. The binding also covers a cookie that somebody carries over by
hand, and a host name that later shows another workspace.
"""

from __future__ import annotations

from django.http import HttpRequest

HOST_KEY = "portico-host"
WORKSPACE_KEY = "portico-workspace"


def bind(request: HttpRequest) -> None:
    """Bind the session that has just begun to the request's host and workspace."""
    request.session[HOST_KEY] = request.get_host()
    request.session[WORKSPACE_KEY] = _workspace_id(request)


def is_bound_here(request: HttpRequest) -> bool:
    """Whether the request's session began on this host, in this workspace."""
    session = request.session
    return session.get(HOST_KEY) == request.get_host() and session.get(
        WORKSPACE_KEY
    ) == _workspace_id(request)


def _workspace_id(request: HttpRequest) -> str:
    return str(getattr(getattr(request, "workspace", None), "id", ""))
