"""Whether the About Us link leads anywhere: shown on the card, and asked for there."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from portico.about_us.link_check import Standing, ask, standing_of
from portico.about_us.section import section
from portico.basic_settings.services import live
from portico.kernel.access import requires
from portico.kernel.clock import now
from portico.kernel.permissions import Permission
from portico.workspaces.http import MemberRequest


@requires(Permission.SETTINGS_READ)
@require_safe
def link(request: MemberRequest) -> HttpResponseBase:
    """How the link stands: a part of the card, which asks for it while a check is under way."""
    if not request.headers.get("HX-Request"):
        return _to_card()
    return _part(request)


@requires(Permission.SETTINGS_CHANGE)
@require_POST
def check_link(request: MemberRequest) -> HttpResponseBase:
    """Check the saved address now, in the worker."""
    ask(request.workspace, at=now())
    return _part(request) if request.headers.get("HX-Request") else _to_card()


def _part(request: MemberRequest) -> HttpResponse:
    return render(request, "about_us/link.html", {"link": _standing(request)})


def _standing(request: MemberRequest) -> Standing:
    return standing_of(request.workspace, live(request.workspace, section).payload, at=now())


def _to_card() -> HttpResponseBase:
    return redirect(f"{reverse('tenant_settings')}#{section.name}")
