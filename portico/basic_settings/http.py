"""Settings as a request sees them: live, or with drafts laid over them in somebody's preview."""

from __future__ import annotations

from typing import Any, cast

from django.http import HttpRequest

from portico.basic_settings.registry import AnySection, all_sections
from portico.basic_settings.services.read import LiveSettings, drafts_of
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


def start_preview(request: WorkspaceRequest, section: AnySection) -> None:
    """Show this session the section's draft from now on."""
    request.session[PREVIEW_KEY] = [*request.session.get(PREVIEW_KEY, []), section.name]


def end_preview(request: WorkspaceRequest) -> None:
    """Show this session what everybody sees."""
    request.session.pop(PREVIEW_KEY, None)


def is_preview(request: HttpRequest) -> bool:
    """Whether this request's page shows a draft."""
    return bool(settings_of(request).drafts)


def _drafts(request: WorkspaceRequest) -> dict[str, dict[str, Any]]:
    """Payloads of drafts to show instead of what is live.

    The right to see them is checked on every request: a role can be taken away meanwhile.
    """
    if request.method not in {"GET", "HEAD"} or request.session.session_key is None:
        return {}
    names = set(request.session.get(PREVIEW_KEY, []))
    if not names or not request.member:
        return {}
    allowed = {section.name for section in all_sections() if request.member.may(section.change)}
    return {
        name: draft.payload
        for name, draft in drafts_of(request.workspace).items()
        if name in names & allowed
    }
