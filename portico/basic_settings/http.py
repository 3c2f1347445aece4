"""Settings as a request sees them: live, or with drafts laid over them in somebody's preview."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from django.http import HttpRequest, HttpResponseBase

from portico.basic_settings.models import SettingsDraft
from portico.basic_settings.registry import all_sections
from portico.basic_settings.services.read import LiveSettings, drafts_of
from portico.workspaces.gates import first_closed
from portico.workspaces.http import WorkspaceRequest

PREVIEW_KEY = "portico-preview"


def settings_of(request: HttpRequest) -> LiveSettings:
    """The settings that this request's pages show; read once a request."""
    known = cast("LiveSettings | None", getattr(request, "portico_settings", None))
    if known is None:
        known = LiveSettings(
            cast(WorkspaceRequest, request).workspace, _drafts(cast(WorkspaceRequest, request))
        )
        request.portico_settings = known  # type: ignore[attr-defined]
    return known


def start_preview(request: WorkspaceRequest, draft: SettingsDraft) -> None:
    """Show this session the draft from now on, until it is published or discarded."""
    shown = request.session.get(PREVIEW_KEY, {})
    request.session[PREVIEW_KEY] = {**shown, draft.section: str(draft.id)}


def end_preview(request: WorkspaceRequest) -> None:
    """Show this session what everybody sees."""
    request.session.pop(PREVIEW_KEY, None)


def is_preview(request: HttpRequest) -> bool:
    """Whether this request's page shows a draft."""
    return bool(settings_of(request).drafts)


class PreviewMiddleware:
    """Keep what shows a draft out of every cache, whichever view made it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request."""
        response = self.get_response(request)
        settings = cast("LiveSettings | None", getattr(request, "portico_settings", None))
        if settings is not None and settings.drafts:
            response.headers["Cache-Control"] = "private, no-store"
        return response


def _drafts(request: WorkspaceRequest) -> dict[str, dict[str, Any]]:
    """Payloads of drafts to show instead of what is live.

    The right to see them is checked on every request: a role can be taken away meanwhile, and a
    gate can close. The portal is for everybody, so no door asks there.
    """
    if request.method not in {"GET", "HEAD"} or request.session.session_key is None:
        return {}
    shown = request.session.get(PREVIEW_KEY, {})
    if not shown or not request.member or first_closed(request, request.member):
        return {}
    allowed = {section.name for section in all_sections() if request.member.may(section.change)}
    return {
        name: draft.payload
        for name, draft in drafts_of(request.workspace).items()
        if name in allowed and shown.get(name) == str(draft.id)
    }
