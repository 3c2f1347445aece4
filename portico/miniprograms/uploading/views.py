"""The pages of a program's versions."""

from __future__ import annotations

from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from portico.kernel.access import requires
from portico.kernel.permissions import Permission
from portico.miniprograms.access import Act, program_for
from portico.miniprograms.models import Version
from portico.miniprograms.packages import read_index
from portico.miniprograms.tabs import program_context
from portico.miniprograms.uploading.downloads import package_response
from portico.miniprograms.uploading.panels import version_buttons, version_panels
from portico.miniprograms.uploading.queries import (
    LARGEST_CODE,
    file_of_version,
    page_of,
    version_of,
    versions_of,
)
from portico.miniprograms.uploading.showing import (
    File,
    files_of,
    manifest_facts,
    manifest_text,
    particulars_of,
)
from portico.workspaces.http import MemberRequest

ON_A_PAGE = 25
FILES_ON_A_PAGE = 100
LONGEST_SEARCH = 200


@requires(Permission.PROGRAMS_READ)
@require_safe
def program_versions(request: MemberRequest, app_id: str) -> HttpResponse:
    """A program's versions, newest first."""
    program = program_for(request.member, app_id)
    search = request.GET.get("q", "").strip()[:LONGEST_SEARCH]
    before, after = _code(request.GET.get("before")), _code(request.GET.get("after"))
    page = page_of(versions_of(program, search=search), size=ON_A_PAGE, before=before, after=after)
    context = program_context(request, program, tab="versions") | {
        "page": page,
        "search": search,
        "asked": bool(search or before or after),
        "query": f"?{urlencode({'q': search})}" if search else "",
        "list_url": reverse("program_versions", args=[program.app_id]),
    }
    return render(request, "miniprograms/versions/list.html", context)


@requires(Permission.PROGRAMS_READ)
@require_safe
def program_version(request: MemberRequest, app_id: str, code: int) -> HttpResponse:
    """One version: what it is, its manifest, its files, and what other features show of it."""
    program = program_for(request.member, app_id)
    version = version_of(program, code)
    above, below = version_panels.around(request, version)
    search = request.GET.get("q", "").strip()[:LONGEST_SEARCH]
    context = program_context(request, program, tab="versions") | {
        "version": version,
        "buttons": version_buttons.offered(request, version),
        "above": above,
        "below": below,
        "particulars": particulars_of(version),
        "manifest_facts": manifest_facts(version.manifest),
        "manifest_text": manifest_text(version.manifest),
        "search": search,
        "files": _files(version, search, request.GET.get("page")) if version.package else None,
    }
    return render(request, "miniprograms/versions/version.html", context)


@requires(Permission.VERSIONS_UPLOAD)
@require_safe
def version_package(request: MemberRequest, app_id: str, code: int) -> HttpResponseBase:
    """The package of a version, for those who may upload one."""
    program = program_for(request.member, app_id, Act.UPLOAD)
    return package_response(version_of(program, code))


def _files(version: Version, search: str, number: str | None) -> Page[File] | None:
    """A page of the files in the package; None where the storage has lost it."""
    try:
        with file_of_version(version) as file:
            index = read_index(file)
    except FileNotFoundError:
        return None
    return Paginator(files_of(index, search), FILES_ON_A_PAGE).get_page(number)


def _code(text: str | None) -> int | None:
    """A code in an address; what is none asks for nothing."""
    if text and text.isascii() and text.isdigit() and 0 < int(text[:20]) <= LARGEST_CODE:
        return int(text[:20])
    return None
