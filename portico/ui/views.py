"""The gallery: every component in every state, in development only."""

from __future__ import annotations

from datetime import timedelta

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from portico.kernel.access import public
from portico.kernel.clock import now
from portico.ui import gallery
from portico.ui.frame import Link
from portico.ui.icons import ICONS
from portico.ui.values import AppIcon

FRAMES = {
    "portal": "ui/gallery/portal.html",
    "entrance": "ui/gallery/entrance.html",
    "console": "ui/gallery/console.html",
    "settings": "ui/gallery/settings.html",
    "error": "ui/error.html",
    "plain-error": "ui/plain_error.html",
    "forward": "ui/forward.html",
}


@public("The design system's gallery holds no workspace's data, and is not there in production.")
@require_safe
def components(request: HttpRequest) -> HttpResponse:
    """All components on one page."""
    at = now()
    context = {
        **_common(request, "gallery"),
        "frames": tuple(FRAMES),
        "icons": tuple(ICONS),
        "form": gallery.sample_form(),
        "filters": gallery.SampleFilters(request.GET or None),
        "wrong_form": gallery.sample_form(wrong=True),
        "facts": gallery.sample_facts(),
        "changes": gallery.sample_changes(),
        "stages": gallery.sample_stages(),
        "plan": gallery.sample_plan(),
        "pipeline": gallery.sample_pipeline(),
        "failure": gallery.sample_failure(),
        "page": Paginator(range(240), 20).get_page(request.GET.get("page", 4)),
        "rows": [(at - timedelta(minutes=7**power), 11**power) for power in range(1, 6)],
        "soon": at + timedelta(hours=5),
        "sign": AppIcon("AP"),
        "tones": ("neutral", "info", "good", "warning", "danger"),
    }
    return render(request, "ui/gallery/components.html", context)


@public("The design system's gallery holds no workspace's data, and is not there in production.")
@require_safe
def frame(request: HttpRequest, name: str) -> HttpResponse:
    """One frame with sample content; `?signed_out`, `?preview`, `?empty` change its state."""
    if name not in FRAMES:
        raise Http404
    if name == "console":
        messages.success(request, "The profile is saved.")
    context = {
        **_common(request, name),
        "form": gallery.sample_form(wrong="wrong" in request.GET),
        "empty": "empty" in request.GET,
        "facts": gallery.sample_facts(),
        "status": 404,
        "title": "There is nothing here",
        "sentence": "The address may be mistyped, or what was here is gone.",
        "links": (Link("Go to the dashboard", "/ui/console/"), Link("Home", "/ui/portal/")),
        "forward_url": "/ui/",
        "forward_name": "Zenith Bank",
    }
    return render(request, FRAMES[name], context)


def _common(request: HttpRequest, page: str) -> dict[str, object]:
    scheme = request.GET.get("scheme", "")
    return {
        "frame": gallery.sample_frame(
            page,
            signed_in="signed_out" not in request.GET,
            preview="preview" in request.GET,
        ),
        "settings_frame": gallery.sample_settings(),
        "scheme": scheme if scheme in {"light", "dark"} else "",
    }
