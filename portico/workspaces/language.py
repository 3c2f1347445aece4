"""The language and time zone that a page is in."""

from __future__ import annotations

import zoneinfo
from collections.abc import Callable
from functools import lru_cache
from typing import cast

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers
from django.utils.translation.trans_real import parse_accept_lang_header

from portico.workspaces.http import WorkspaceRequest


class LanguageMiddleware:
    """Choose for the person if signed in, else by cookie and browser, else by workspace."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request in its language and time zone."""
        workspace_request = cast(WorkspaceRequest, request)
        language = language_for(workspace_request)
        request.LANGUAGE_CODE = language
        with translation.override(language), timezone.override(time_zone_for(workspace_request)):
            response = self.get_response(request)
            render = getattr(response, "render", None)
            if callable(render) and not getattr(response, "is_rendered", True):
                response = render()
        if "immutable" not in response.headers.get("Cache-Control", ""):
            response.headers.setdefault("Content-Language", language)
            patch_vary_headers(response, ("Accept-Language", "Cookie"))
        return response


def language_for(request: WorkspaceRequest) -> str:
    """A code from `settings.LANGUAGES`."""
    if request.user.is_authenticated and request.user.language in dict(settings.LANGUAGES):
        return str(request.user.language)
    return visitor_language(request, request.workspace.default_language)


def visitor_language(request: HttpRequest, default: str) -> str:
    """What a visitor chose, else what their browser asks for as far as we have it, else default."""
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    if chosen in dict(settings.LANGUAGES):
        return chosen
    return accepted_language(request.META.get("HTTP_ACCEPT_LANGUAGE", "")) or default


@lru_cache(maxsize=1024)
def accepted_language(header: str) -> str:
    """The first language of an Accept-Language header that pages come in, or none."""
    for accepted, _quality in parse_accept_lang_header(header):
        try:
            return translation.get_supported_language_variant(accepted)
        except LookupError:
            continue
    return ""


def time_zone_for(request: WorkspaceRequest) -> zoneinfo.ZoneInfo:
    """The person's own time zone, or the workspace's."""
    own = request.user.time_zone if request.user.is_authenticated else ""
    return zoneinfo.ZoneInfo(own or request.workspace.time_zone)
