from __future__ import annotations

from django.core.files.storage import default_storage
from django.http import FileResponse, HttpResponseBase
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from portico.files.models import StoredFile
from portico.files.services import file_of
from portico.kernel.access import public
from portico.kernel.errors import NotFound
from portico.workspaces.http import WorkspaceRequest

# An SVG is a document: opened by itself it would run on our origin. In an <img> none of this
# matters; opened alone, it may load nothing, run nothing and is nobody.
SVG_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"


@public("Published brand images are for everyone; other files are not served here.")
@require_safe
def public_file(request: WorkspaceRequest, sha256: str, ending: str) -> HttpResponseBase:
    """Serve a public file of this workspace, for ever: its name is the hash of its bytes."""
    stored = file_of(request.workspace, sha256)
    if not stored.is_public or ending != ending_of(stored.content_type):
        raise NotFound
    etag = f'"{stored.sha256}"'
    response: HttpResponseBase | None = get_conditional_response(request, etag=etag)
    if response is None:
        file = default_storage.open(stored.path, "rb")
        response = FileResponse(file, content_type=stored.content_type)
        response.headers["Content-Length"] = str(stored.size)
        response.headers["Content-Disposition"] = f'inline; filename="{sha256[:12]}.{ending}"'
    if stored.content_type == "image/svg+xml":
        # On 304 too: what a cache keeps takes over the headers of the answer that renews it.
        response.headers["Content-Security-Policy"] = SVG_POLICY
    response.headers["ETag"] = etag
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


ENDINGS = {
    "image/png": "png",
    "image/jpeg": "jpg",
    "image/webp": "webp",
    "image/svg+xml": "svg",
    "image/x-icon": "ico",
}


def ending_of(content_type: str) -> str:
    """The file name ending for a content type."""
    return ENDINGS.get(content_type, "bin")


def url_of(stored: StoredFile) -> str:
    """The address of a public file, on any host of its workspace."""
    return f"/files/{stored.sha256}.{ending_of(stored.content_type)}"
