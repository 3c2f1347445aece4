"""What page and API have in common: which sections somebody may see, and what was uploaded."""

from __future__ import annotations

from collections.abc import Container, Sequence
from datetime import datetime
from typing import Final, Protocol

from django.http import HttpRequest, HttpResponse

from portico.basic_settings.as_code.document import Document
from portico.basic_settings.as_code.exporting import NAME, export
from portico.basic_settings.as_code.packing import zipped
from portico.basic_settings.registry import AnySection, all_sections
from portico.files.uploads import oversized, take_larger
from portico.kernel.errors import Forbidden, Invalid, gettext_noop
from portico.kernel.permissions import Permission
from portico.workspaces.models import Workspace

LARGEST: Final = 48 * 1024 * 1024
PATHS: Final = ("/settings/tenant/as-code/", "/api/v1/settings/plan", "/api/v1/settings/apply")
FIELD: Final = "file"

for path in PATHS:
    take_larger(path, LARGEST)


class NoSettingsFile(Invalid):
    code = "no_file"
    sentence = gettext_noop("Choose a file: settings.yaml, or a ZIP file as it was exported.")


class SettingsFileTooLarge(Invalid):
    code = "upload_too_large"
    sentence = gettext_noop(
        "The file is larger than %(limit)s MiB, the most that is taken here. The command "
        "`portico settings apply` takes larger ones."
    )


class SectionForbidden(Forbidden):
    code = "section_forbidden"
    sentence = gettext_noop("You may not change %(section)s, which is in the file.")


class Uploaded(Protocol):
    """A file that came with a form."""

    def read(self) -> bytes:
        """What is in it."""


def readable_sections(permissions: Container[Permission]) -> tuple[AnySection, ...]:
    """The sections that somebody with these permissions may read, in the order of the page."""
    return tuple(section for section in all_sections() if section.read in permissions)


def refuse_forbidden(document: Document, permissions: Container[Permission]) -> None:
    """Raise `SectionForbidden` where the file has a section that one may not change."""
    for given in document.sections:
        if given.section.change not in permissions:
            raise SectionForbidden(section=given.section.title)


def content_of(request: HttpRequest, file: Uploaded | None) -> bytes:
    """What was uploaded; raises `NoSettingsFile` or `SettingsFileTooLarge`."""
    if FIELD in oversized(request):
        raise SettingsFileTooLarge(limit=LARGEST // 1024 // 1024)
    if file is None:
        raise NoSettingsFile
    return file.read()


def answer_with_export(
    workspace: Workspace, sections: Sequence[AnySection], *, as_zip: bool, at: datetime
) -> HttpResponse:
    """The export as a download."""
    exported = export(workspace, sections, at=at)
    name, kind = (
        (f"{workspace.slug}-settings.zip", "application/zip")
        if as_zip
        else (NAME, "application/yaml; charset=utf-8")
    )
    response = HttpResponse(zipped(exported) if as_zip else exported.text, content_type=kind)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response
