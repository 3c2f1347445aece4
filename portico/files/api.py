"""Uploads by API: a file is taken in first, then named by its id in a section's values."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext
from ninja import File, Form, Schema
from ninja.files import UploadedFile
from pydantic import Field
from pydantic_core import to_json

from portico.files.models import StoredFile
from portico.files.purposes import taker_for
from portico.files.services import file_of
from portico.files.uploads import most_for, oversized
from portico.files.views import url_of
from portico.kernel.access import requires
from portico.kernel.clock import now
from portico.kernel.errors import Invalid, gettext_noop
from portico.kernel.permissions import Permission
from portico.workspaces.api_door import ApiRouter
from portico.workspaces.http import TokenRequest


class UploadTooLarge(Invalid):
    """A file that was refused while it streamed in (413)."""

    code = "upload_too_large"
    sentence = gettext_noop("The file is larger than %(limit)s MiB, the most that is taken here.")


class NoFile(Invalid):
    code = "no_file"
    sentence = gettext_noop("Send the file as the part “file” of a multipart/form-data body.")


class FileAnswer(Schema):
    """A stored file. `id` is what a section's values name: the SHA-256 of the stored bytes."""

    id: str
    name: str
    content_type: str
    size: int
    width: int | None
    height: int | None
    url: str | None
    removed: list[str] = Field(
        default_factory=list,
        description="What was taken out of the upload so that it can do no harm; only said once.",
    )


router = ApiRouter(tags=["Files"])
ICON = "app_icon"  # a purpose


@router.post("", response={201: FileAnswer}, operation_id="upload_file", summary="Upload a file")
@requires(Permission.SETTINGS_CHANGE)
def upload(
    request: TokenRequest,
    purpose: Form[str],
    file: File[UploadedFile | None] = None,
) -> HttpResponse:
    """Check a file, make it harmless and keep it for two days, or as long as something names it.

    What is stored may differ from what was sent: images are re-encoded, SVG is sanitized.
    """
    return _taken_in(request, purpose, file)


@router.post(
    "/icons", response={201: FileAnswer}, operation_id="upload_icon", summary="Upload an icon"
)
@requires(Permission.PROGRAMS_CHANGE)
def upload_icon(request: TokenRequest, file: File[UploadedFile | None] = None) -> HttpResponse:
    """The same for the purpose `app_icon` alone: for who works on mini programs."""
    return _taken_in(request, ICON, file)


@router.get(
    "/{file_id}", response=FileAnswer, operation_id="read_file", summary="Read about a file"
)
@requires(Permission.SETTINGS_READ)
def read(request: TokenRequest, file_id: str) -> HttpResponse:
    """What is known of a stored file of this workspace."""
    return _answer(file_of(request.workspace, file_id), [], status=200)


def _taken_in(request: TokenRequest, purpose: str, file: UploadedFile | None) -> HttpResponse:
    if "file" in oversized(request):
        raise UploadTooLarge(limit=most_for(request) // 1024 // 1024)
    if file is None:
        raise NoFile
    take_in = taker_for(purpose)
    stored, removed = take_in(request.workspace, file.read(), name=file.name or "", at=now())
    return _answer(stored, [gettext(sentence) for sentence in removed], status=201)


def _answer(stored: StoredFile, removed: list[str], *, status: int) -> HttpResponse:
    body: dict[str, Any] = FileAnswer(
        id=stored.sha256,
        name=stored.name,
        content_type=stored.content_type,
        size=stored.size,
        width=stored.width,
        height=stored.height,
        url=url_of(stored) if stored.is_public else None,
        removed=removed,
    ).model_dump()
    return HttpResponse(to_json(body), status=status, content_type="application/json")
