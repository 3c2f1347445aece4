"""What the frame of every page shows of the documents: links to them, and what is coming."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.http import urlencode
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portico.kernel.clock import now
from portico.legal.acceptance.gate import kind_title
from portico.legal.acceptance.rules import in_force
from portico.legal.acceptance.standing import standing_of
from portico.legal.cookies.consent import asking_number, must_ask
from portico.legal.models import LegalKind
from portico.ui.frame import CookieBanner, Link, Notice
from portico.workspaces.http import WorkspaceRequest


def legal_links_of(request: HttpRequest) -> tuple[Link, ...]:
    """Links to the documents in force, and to the page about cookies where there is a notice."""
    versions, at = standing_of(request).versions, now()
    links = [
        Link(kind_title(kind), reverse("legal_document", kwargs={"kind": kind}))
        for kind in LegalKind.values
        if in_force(versions, kind, at=at)
    ]
    if asking_number(request) is not None:
        links.append(Link(_("Cookie settings"), reverse("cookies")))
    return tuple(links)


def cookie_banner_of(request: HttpRequest) -> CookieBanner | None:
    """The banner for who has not chosen yet; None for everybody else, and without a notice."""
    if not must_ask(request):
        return None
    return CookieBanner(
        action=reverse("cookies"),
        notice_url=reverse("legal_document", kwargs={"kind": LegalKind.COOKIES.value}),
        settings_url=reverse("cookies"),
        next_url=request.get_full_path(),
    )


def notices_of(request: WorkspaceRequest) -> tuple[Notice, ...]:
    """What a member is told in the console: which documents take effect soon, and when."""
    if not request.member:
        return ()
    soon = standing_of(request).asked(at=now()).soon
    if not soon:
        return ()
    first = min(soon, key=lambda version: version.effective_at)
    day = date_format(localtime(first.effective_at), "DATETIME_FORMAT")
    text = ngettext(
        "New on %(day)s: %(documents)s. From then on you can go on only after accepting it; you "
        "can read and accept it now.",
        "New from %(day)s on: %(documents)s. Once they take effect you can go on only after "
        "accepting them; you can read and accept them now.",
        len(soon),
    ) % {"day": day, "documents": ", ".join(kind_title(version.kind) for version in soon)}
    address = f"{reverse('accept_documents')}?{urlencode({'next': request.get_full_path()})}"
    return (Notice(text, Link(_("Read and accept"), address), tone="warning"),)
