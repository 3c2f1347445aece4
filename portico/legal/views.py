"""The legal pages that everybody can read, now and for ever."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from itertools import zip_longest

from django.conf import settings
from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from portico.kernel.access import public
from portico.kernel.clock import now
from portico.kernel.errors import NotFound
from portico.legal.models import PAGE_BREAK, LegalDocument, LegalKind, LegalVersion
from portico.legal.services.pages import chunks_of, page_image
from portico.legal.services.read import (
    document_for,
    languages_of,
    version_in_force,
    version_numbered,
)
from portico.legal.showing import ShownVersion, kinds_of, language_name, shown
from portico.workspaces.http import WorkspaceRequest

WHY = "Legal documents are for everybody, signed in or not."
# A PDF is a document on our origin: opened by itself it may load nothing and is nobody.
PDF_POLICY = "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'; sandbox"
FOR_EVER = "public, max-age=31536000, immutable"
MOST_IN_PAGE = 300_000
"""Characters of text in a page; of longer documents the PDF is what there is."""


@public(WHY)
@require_safe
def overview(request: WorkspaceRequest) -> HttpResponse:
    """Which legal documents there are; a 404 where there is none."""
    kinds = [kind for kind in kinds_of(request.workspace, at=now()) if kind.in_force or kind.coming]
    if not kinds:
        raise NotFound
    return _page(request, "legal/overview.html", {"kinds": kinds})


@public(WHY)
@require_safe
def document_in_force(request: WorkspaceRequest, kind: LegalKind) -> HttpResponse:
    """The version of a kind that is in force, in the reader's language or the governing one."""
    found = version_in_force(request.workspace, kind, at=now())
    if found is None:
        raise NotFound
    return _document_page(request, found, found)


@public(WHY)
@require_safe
def version(request: WorkspaceRequest, kind: LegalKind, number: int) -> HttpResponse:
    """One version, whatever has come after it; 410 for one that was withdrawn."""
    found = version_numbered(request.workspace, kind, number)
    in_force = version_in_force(request.workspace, kind, at=now())
    if found.withdrawn_at is not None:
        context = {
            "shown": shown(found, in_force, at=now()),
            "in_force": _shown_or_none(in_force),
        }
        return _page(request, "legal/withdrawn.html", context, status=HTTPStatus.GONE)
    return _document_page(request, found, in_force)


@public(WHY)
@require_safe
def pdf(request: WorkspaceRequest, kind: LegalKind, number: int) -> HttpResponseBase:
    """The PDF of a version, in `?language=` or else the reader's or the governing one."""
    found = _readable(request, kind, number)
    document = document_for(found, _wanted(request, found))
    etag = f'"{document.sha256}"'
    response: HttpResponseBase | None = get_conditional_response(request, etag=etag)
    if response is None:
        pieces = chunks_of(request.workspace.id, document.sha256)
        response = StreamingHttpResponse(pieces, content_type="application/pdf")
        response.headers["Content-Length"] = str(document.size)
    name = f"{kind.value}-{number}-{document.language}.pdf"
    how = "attachment" if "download" in request.GET else "inline"
    response.headers["Content-Disposition"] = f'{how}; filename="{name}"'
    response.headers["Content-Security-Policy"] = PDF_POLICY
    response.headers["ETag"] = etag
    _let_be_kept(response, found, fixed=request.GET.get("language") == document.language)
    return response


@public(WHY)
@require_safe
def page(
    request: WorkspaceRequest, kind: LegalKind, number: int, language: str, page: int
) -> HttpResponseBase:
    """The image of one page of a version."""
    found = _readable(request, kind, number)
    document = document_for(found, language)
    if document.language != language or not 1 <= page <= document.pages:
        raise NotFound
    etag = f'"{document.sha256[:32]}-{page}"'
    response: HttpResponseBase | None = get_conditional_response(request, etag=etag)
    if response is None:
        image = page_image(request.workspace.id, document.sha256, page)
        response = HttpResponse(image, content_type="image/png")
    response.headers["ETag"] = etag
    _let_be_kept(response, found, fixed=True)
    return response


def _document_page(
    request: WorkspaceRequest, found: LegalVersion, in_force: LegalVersion | None
) -> HttpResponse:
    wanted = _wanted(request, found)
    document = document_for(found, wanted)
    context = {
        "shown": shown(found, in_force, at=now()),
        "in_force": _shown_or_none(in_force),
        "document": document,
        "language": language_name(document.language),
        "missing_language": language_name(wanted) if document.language != wanted else "",
        "pages": _pages(document),
        "text_is_left_out": len(document.text) > MOST_IN_PAGE,
    }
    return _page(request, "legal/document.html", context)


def _pages(document: LegalDocument) -> list[dict[str, object]]:
    """Each page's number, the size of its image, and what it says."""
    texts = document.text.split(PAGE_BREAK) if len(document.text) <= MOST_IN_PAGE else []
    return [
        {"number": number, "width": size[0], "height": size[1], "text": text}
        for number, (size, text) in enumerate(
            zip_longest(document.sizes, texts[: document.pages], fillvalue=""), start=1
        )
    ]


def _shown_or_none(in_force: LegalVersion | None) -> ShownVersion | None:
    return shown(in_force, in_force, at=now()) if in_force else None


def _readable(request: WorkspaceRequest, kind: LegalKind, number: int) -> LegalVersion:
    """A version whose documents may be read; raises `NotFound` for one that was withdrawn."""
    found = version_numbered(request.workspace, kind, number)
    if found.withdrawn_at is not None:
        raise NotFound
    return found


def _wanted(request: WorkspaceRequest, found: LegalVersion) -> str:
    """The language that the address names, else the reader's; what names none is not repeated."""
    named = request.GET.get("language", "")
    if named in {*dict(settings.LANGUAGES), *languages_of(found)}:
        return named
    return get_language() or "en"


def _let_be_kept(response: HttpResponseBase, found: LegalVersion, *, fixed: bool) -> None:
    """For ever, once the version cannot be withdrawn and the address says all there is to say."""
    for_ever = fixed and found.effective_at <= now()
    response.headers["Cache-Control"] = FOR_EVER if for_ever else "public, no-cache"
    if not fixed:
        patch_vary_headers(response, ["Accept-Language", "Cookie"])


def _page(
    request: WorkspaceRequest,
    template: str,
    context: Mapping[str, object],
    *,
    status: HTTPStatus = HTTPStatus.OK,
) -> HttpResponse:
    response = render(request, template, dict(context), status=status)
    response.headers["Cache-Control"] = "private, no-cache"
    return response
