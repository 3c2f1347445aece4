"""What operations about one release answer: the release as it is now."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.http import HttpResponse
from pydantic_core import to_json

from portico.basic_settings.api_etags import etag_of
from portico.releases.access import release_for
from portico.releases.api_schemas import whole_release_answer
from portico.releases.possible import possible
from portico.workspaces.http import TokenRequest


def answer(
    request: TokenRequest, release_id: UUID, *, at: datetime, status: int = 200
) -> HttpResponse:
    """The release, read anew, and what can happen to it. Raises `NotFound`."""
    release = release_for(request.member, release_id)
    body = whole_release_answer(release, possible(release, request.member, at=at))
    response = HttpResponse(
        to_json(body.model_dump(mode="json")),
        status=status,
        content_type="application/json; charset=utf-8",
    )
    response.headers["ETag"] = etag_of(release.revision)
    if status == 201:
        response.headers["Location"] = f"/api/v1/releases/{release.id}"
    return response
