"""Handing a package back, as it was uploaded."""

from __future__ import annotations

from django.http import FileResponse, HttpResponseBase

from portico.miniprograms.models import Version
from portico.miniprograms.uploading.digests import as_base64
from portico.miniprograms.uploading.queries import file_of_version
from portico.miniprograms.uploading.services import MEDIA_TYPE


def package_response(version: Version) -> HttpResponseBase:
    """A package to be saved, never to be opened on our origin; raises `NotFound` for a hosted
    version."""
    response = FileResponse(
        file_of_version(version),
        as_attachment=True,
        filename=f"{version.program.app_id}-{version.code}.zip",
        content_type=MEDIA_TYPE,
    )
    response.headers["Content-Length"] = str(version.packed)
    response.headers["Content-Digest"] = f"sha-256=:{as_base64(version.package)}:"
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
