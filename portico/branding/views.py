"""The icons that browsers ask for by name, per host."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpResponse
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from portico.basic_settings.http import settings_of
from portico.branding.rules import KitImage, Variant, web_manifest
from portico.branding.section import section
from portico.branding.showing import address_of
from portico.branding.wearing import kit_of
from portico.files.services import file_of, read
from portico.kernel.access import public
from portico.kernel.ids import digest
from portico.workspaces.http import WorkspaceRequest

WHY = "Browsers ask for it before anybody signs in."


def _icon(variant: Variant) -> Callable[[WorkspaceRequest], HttpResponse]:
    @public(WHY)
    @require_safe
    def icon(request: WorkspaceRequest) -> HttpResponse:
        """The icon as it is now: unlike its immutable twin under /files/, this address changes."""
        image = kit_of(settings_of(request)).images[variant.value]
        return _fresh(
            request,
            image["sha256"],
            image["content_type"],
            lambda: read(file_of(request.workspace, image["sha256"])),
        )

    return icon


favicon = _icon(Variant.FAVICON_ICO)
apple_touch_icon = _icon(Variant.APPLE_TOUCH)


@public(WHY)
@require_safe
def manifest(request: WorkspaceRequest) -> HttpResponse:
    """The web manifest: name, icons and color of the workspace."""
    settings = settings_of(request)
    images = kit_of(settings).images
    icons = [
        (
            address_of(images[variant.value]),
            KitImage(
                variant,
                b"",
                images[variant.value]["content_type"],
                images[variant.value]["width"],
                images[variant.value]["height"],
            ),
        )
        for variant in (Variant.ICON_192, Variant.ICON_512, Variant.MASKABLE_512)
    ]
    text = web_manifest(
        name=request.workspace.name,
        icons=icons,
        color=settings.payload(section).brand_color or None,
    )
    return _fresh(request, digest(text), "application/manifest+json", text.encode)


def _fresh(
    request: WorkspaceRequest, name: str, content_type: str, content: Callable[[], bytes]
) -> HttpResponse:
    """An answer that caches must ask about each time, and that costs nothing if unchanged."""
    etag = f'"{name}"'
    response: HttpResponse | None = get_conditional_response(request, etag=etag)
    if response is None:
        response = HttpResponse(content(), content_type=content_type)
    response.headers["ETag"] = etag
    response.headers["Cache-Control"] = "no-cache"
    return response
