"""The workspace's public pages."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language, get_language_info
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from portico.accounts.services import check_language
from portico.basic_settings.http import is_preview
from portico.kernel.access import public
from portico.legal.cookies.consent import may_remember, remember_language
from portico.workspaces.http import WorkspaceRequest


@public("The home page is for everybody.")
@require_safe
def home(request: WorkspaceRequest) -> HttpResponse:
    """The workspace's home page, in its brand; what an admin saves is on it at the next request."""
    languages = [
        {
            "code": code,
            "name": get_language_info(code)["name_local"],
            "current": "true" if code == get_language() else None,
        }
        for code, _name in settings.LANGUAGES
    ]
    response = render(request, "portal/home.html", {"languages": languages})
    response.headers["Cache-Control"] = (
        "private, no-store" if is_preview(request) else "private, no-cache"
    )
    return response


@public("Anyone may choose the language of the pages that they read.")
@csrf_exempt  # a forged choice of language harms nobody, and a token would make the page private
@require_POST
def choose_language(request: WorkspaceRequest) -> HttpResponseBase:
    """Remember a visitor's language, and go back. Raises `UnknownLanguage`.

    For a year for who agreed to that (see `portico.legal.cookies`), else for this visit.
    """
    language = check_language(request.POST.get("language", ""))
    here = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(
        here, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        here = "/"
    response = HttpResponseRedirect(here if here.startswith("/") else "/")
    remember_language(response, language, lasting=may_remember(request))
    return response
