"""The pages on which a member reads, accepts or declines what is asked of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_GET,
    require_http_methods,
    require_POST,
    require_safe,
)

from portico.accounts.http import actor_of
from portico.kernel.access import public, requires, ungated
from portico.kernel.clock import now
from portico.kernel.permissions import Permission
from portico.legal.acceptance import answering
from portico.legal.acceptance.answering import NotWhatWasShown, Shown, Unticked, shown_in
from portico.legal.acceptance.gate import kind_title
from portico.legal.acceptance.ledger import trace_of
from portico.legal.acceptance.rules import AGREED, Published, asks, in_force, required
from portico.legal.acceptance.standing import Standing, standing_of
from portico.legal.models import LegalDocument
from portico.legal.services.read import languages_of
from portico.ui.texts import say
from portico.workspaces.http import MemberRequest, WorkspaceRequest

STAY = ungated("This is where the gate is opened.")


@dataclass(frozen=True)
class Paper:
    """A document on the page: what it is, and the box to tick."""

    title: str
    number: int
    effective_at: datetime
    change: str
    must: bool
    shown: str
    ticked: bool
    missing: bool
    open_url: str
    language: str
    others: tuple[tuple[str, str], ...]
    pages: int


@requires(Permission.CONSOLE)
@STAY
@require_http_methods(["GET", "POST"])  # a HEAD shows nothing, so nothing may be written as shown
def accept_documents(request: MemberRequest) -> HttpResponseBase:
    """What a member is asked to accept, in force or soon; POST accepts what is ticked."""
    if request.method != "POST":
        return _page(request)
    ticked, had = request.POST.getlist("accept"), request.POST.getlist("shown")
    must = {str(version.id) for version in standing_of(request).asked(at=now()).now}
    missing = {text for text in had if text[:36] in must and text not in ticked}
    if missing or not ticked:
        return _page(request, ticked=ticked, missing=missing, said=say(Unticked()), status=422)
    try:
        accepted = [shown_in(text) for text in ticked]
        answering.accept(
            request.member,
            accepted,
            by=actor_of(request),
            trace=trace_of(request),
            at=now(),
        )
    except NotWhatWasShown as error:
        return _page(request, ticked=ticked, said=say(error), status=409)
    except Unticked as error:
        return _page(request, ticked=ticked, said=say(error), status=422)
    standing = standing_of(request).once_accepted({one.version_id for one in accepted})
    if standing.asked(at=now()).now:
        # What was published while they read is asked for on its own.
        messages.info(request, _("Thank you. One more document was published meanwhile."))
        return redirect(f"{reverse('accept_documents')}?{urlencode({'next': _next(request)})}")
    messages.success(request, _("Thank you. What you accepted is on record."))
    return redirect(_next(request))


@requires(Permission.CONSOLE)
@STAY
@require_GET
def open_document(request: MemberRequest, version_id: UUID, language: str) -> HttpResponseBase:
    """Go to a document; that it was opened is written down."""
    document = answering.open_document(
        request.member, version_id, language, trace=trace_of(request), at=now()
    )
    version = document.version
    path = reverse("legal_version", kwargs={"kind": version.kind, "number": version.number})
    return redirect(f"{path}?{urlencode({'language': document.language})}")


@requires(Permission.CONSOLE)
@STAY
@require_POST
def decline_documents(request: MemberRequest) -> HttpResponseBase:
    """Decline what is in force, and sign out of this workspace."""
    try:
        answering.decline(
            request.member,
            _all_shown(request.POST.getlist("shown")),
            by=actor_of(request),
            trace=trace_of(request),
            at=now(),
        )
    except NotWhatWasShown as error:
        return _page(request, said=say(error), status=409)
    get_adapter().logout(request)
    return redirect("declined_documents")


@public("Says to who has just signed out what follows from declining, and how to come back.")
@require_safe
def declined_documents(request: WorkspaceRequest) -> HttpResponse:
    """What follows from declining."""
    return render(request, "legal/acceptance/declined.html")


def _page(
    request: MemberRequest,
    *,
    ticked: Sequence[str] = (),
    missing: set[str] | None = None,
    said: str = "",
    status: int = 200,
) -> HttpResponse:
    at = now()
    standing = standing_of(request)
    asked = standing.asked(at=at)
    documents = answering.show(
        request.member,
        [*asked.now, *asked.soon],
        get_language() or "en",
        trace=trace_of(request),
        at=at,
    )
    must = {version.id for version in asked.now}
    papers = [
        _paper(document, standing, must=document.version_id in must, ticked=ticked, missing=missing)
        for document in documents
    ]
    context = {
        "papers": papers,
        "must": [paper for paper in papers if paper.must],
        "may": [paper for paper in papers if not paper.must],
        "accepted": _accepted(standing, at=at),
        "exempt": standing.is_exempt(at=at) and bool(standing.versions),
        "said": said,
        "next": _next(request),
    }
    response = render(request, "legal/acceptance/accept.html", context, status=status)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _paper(
    document: LegalDocument,
    standing: Standing,
    *,
    must: bool,
    ticked: Sequence[str],
    missing: set[str] | None,
) -> Paper:
    version = document.version
    shown = str(Shown(version.id, document.language, document.sha256))
    return Paper(
        title=kind_title(version.kind),
        number=version.number,
        effective_at=version.effective_at,
        change=_change(next(one for one in standing.versions if one.id == version.id), standing),
        must=must,
        shown=shown,
        ticked=shown in ticked,
        missing=shown in (missing or ()),
        open_url=_open_url(version.id, document.language),
        language=document.language,
        others=tuple(
            (language, _open_url(version.id, language))
            for language in languages_of(version)
            if language != document.language
        ),
        pages=document.pages,
    )


def _change(version: Published, standing: Standing) -> str:
    """What kind of change a version brings to who reads it now."""
    before = [
        one
        for one in standing.versions
        if one.kind == version.kind and one.order < version.order and one.accepted
    ]
    if not before:
        return _("You have not accepted any version of it yet.")
    last = max(before, key=lambda one: one.order)
    if asks(version, standing.versions):
        return _("It says something new since version %(number)s, which you accepted.") % {
            "number": last.number
        }
    return _(
        "It is a correction of a version that says something new since version %(number)s, which "
        "you accepted."
    ) % {"number": last.number}


def _accepted(standing: Standing, *, at: datetime) -> list[tuple[str, int, str]]:
    """What counts for this member now and is not asked for: title, version, address."""
    asked = {version.kind for version in standing.asked(at=at).now}
    kinds = {one.kind for one in standing.versions if required(standing.versions, one.kind, at=at)}
    found = [in_force(standing.versions, kind, at=at) for kind in sorted(kinds - asked)]
    return [
        (
            kind_title(one.kind),
            one.number,
            reverse("legal_version", kwargs={"kind": one.kind, "number": one.number}),
        )
        for one in found
        if one is not None and one.kind in AGREED
    ]


def _open_url(version_id: UUID, language: str) -> str:
    return reverse("open_document", kwargs={"version_id": version_id, "language": language})


def _all_shown(texts: Sequence[str]) -> list[Shown]:
    return [shown_in(text) for text in texts]


def _next(request: WorkspaceRequest) -> str:
    """Where to go on: a path of this host, not this page again."""
    asked = request.POST.get("next", "") or request.GET.get("next", "")
    is_ours = asked.startswith("/") and url_has_allowed_host_and_scheme(
        asked, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return asked if is_ours and not asked.startswith("/legal/accept") else "/signed-in/"
