"""The legal documents as admins see them: what there is, what there was, and what changed."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from portico.kernel.access import requires
from portico.kernel.clock import now
from portico.kernel.errors import NotFound
from portico.kernel.permissions import Permission
from portico.legal.models import LegalKind
from portico.legal.rules.redline import redline
from portico.legal.services.intake import checked_pdf
from portico.legal.services.pages import page_image
from portico.legal.services.read import document_for, text_of, version_before, version_numbered
from portico.legal.services.searching import hits_in, versions_of_kind
from portico.legal.showing import all_shown, kinds_of, language_name
from portico.workspaces.http import MemberRequest

MOST_IN_QUERY = 100


@requires(Permission.SETTINGS_READ)
@require_safe
def documents(request: MemberRequest) -> HttpResponse:
    """Each kind, with what is in force of it and what is to come."""
    context = {
        "kinds": kinds_of(request.workspace, at=now()),
        "may_change": request.member.may(Permission.SETTINGS_CHANGE),
    }
    return render(request, "legal/manage/documents.html", context)


@requires(Permission.SETTINGS_READ)
@require_safe
def versions(request: MemberRequest, kind: LegalKind) -> HttpResponse:
    """All versions of a kind, or those in which some words stand."""
    words = " ".join(request.GET.get("q", "").split())[:MOST_IN_QUERY]
    found = versions_of_kind(request.workspace, kind)
    context = {
        "kind": kind,
        "title": kind.label,
        "versions": all_shown(found, at=now()),
        "words": words,
        "hits": hits_in(request.workspace, kind, words) if words else (),
        "may_change": request.member.may(Permission.SETTINGS_CHANGE),
    }
    return render(request, "legal/manage/versions.html", context)


@requires(Permission.SETTINGS_READ)
@require_safe
def changes(request: MemberRequest, kind: LegalKind, number: int) -> HttpResponse:
    """What a version says that the one before it did not, and the other way round."""
    version = version_numbered(request.workspace, kind, number)
    before = version_before(version)
    if before is None:
        raise NotFound
    document = document_for(version, request.GET.get("language", version.governing_language))
    there = {one.language: one for one in before.documents.all()}.get(document.language)
    context = {
        "kind": kind,
        "title": kind.label,
        "version": version,
        "before": before,
        "language": language_name(document.language),
        "code": document.language,
        "languages": [
            (one.language, language_name(one.language)) for one in version.documents.all()
        ],
        "redline": redline(text_of(there), text_of(document)) if there else None,
    }
    return render(request, "legal/manage/changes.html", context)


@requires(Permission.SETTINGS_READ)
@require_safe
def upload_page(request: MemberRequest, sha256: str, page: int) -> HttpResponse:
    """A page of a PDF that was uploaded, published or not."""
    pdf = checked_pdf(request.workspace, sha256)
    if not 1 <= page <= pdf.pages:
        raise NotFound
    response = HttpResponse(
        page_image(request.workspace.id, sha256, page), content_type="image/png"
    )
    response.headers["Cache-Control"] = "private, max-age=86400, immutable"
    return response
