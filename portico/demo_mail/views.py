"""The inbox of the demo's mail server, in the browser. There is none without that server."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from csp.constants import SELF
from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from portico.demo_mail.inbox import Inbox, received_at
from portico.demo_mail.ports import folder_in
from portico.demo_mail.reading import Headers, headers_of, letter_of
from portico.kernel.access import requires
from portico.kernel.errors import NotFound
from portico.kernel.permissions import Permission
from portico.service_email.models import Mail
from portico.workspaces.http import MemberRequest
from portico.workspaces.models import Workspace

ON_A_PAGE = 25
OWN_ID = re.compile(r"<([0-9a-f]{32})@")
# A stranger's markup: it may look like something, and do nothing.
FRAMED = (
    "sandbox; default-src 'none'; img-src data:; style-src 'unsafe-inline'; frame-ancestors 'self'"
)
PRIVATE = {"Cache-Control": "private, no-store", "Content-Security-Policy": FRAMED}


@dataclass(frozen=True)
class Row:
    """A mail in the list."""

    id: UUID
    headers: Headers
    at: datetime


@requires(Permission.MAIL_READ)
@require_safe
def inbox(request: MemberRequest) -> HttpResponse:
    """What the workspace's mails looked like when they came, the newest first."""
    page = Paginator(_rows(request.workspace), ON_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "demo_mail/inbox.html", {"page": page, "rows": page.object_list})


@requires(Permission.MAIL_READ)
@require_safe
def message(request: MemberRequest, number: UUID) -> HttpResponse:
    """One mail: its head, how it looks, its text and its source."""
    letter = letter_of(_raw(request.workspace, number))
    context = {"letter": letter, "number": number, "at": received_at(number)}
    response = render(request, "demo_mail/message.html", context)
    response._csp_update = {"frame-src": [SELF]}  # type: ignore[attr-defined]
    return response


@requires(Permission.MAIL_READ)
@require_safe
@xframe_options_sameorigin
def message_html(request: MemberRequest, number: UUID) -> HttpResponse:
    """The HTML of a mail, for the frame in its page."""
    html = letter_of(_raw(request.workspace, number)).html
    return HttpResponse(html, headers=PRIVATE)


@requires(Permission.MAIL_READ)
@require_safe
def message_source(request: MemberRequest, number: UUID) -> HttpResponse:
    """The mail as it came, as a file."""
    return HttpResponse(
        _raw(request.workspace, number),
        content_type="message/rfc822",
        headers={
            "Content-Disposition": f'attachment; filename="{number}.eml"',
            **PRIVATE,
        },
    )


def _rows(workspace: Workspace) -> list[Row]:
    """The workspace's mails.

    All workspaces of a demo share the server, and anybody can write anything into a mail's head.
    Whose a mail is therefore says the workspace's own log: it knows its ids.
    """
    found = _inbox()
    read = ((number, found.read(number)) for number in found.ids())
    rows = [Row(one, headers_of(raw), received_at(one)) for one, raw in read if raw is not None]
    ours = _sent_by(workspace, {row.headers.message_id for row in rows})
    return [row for row in rows if row.headers.message_id in ours]


def _raw(workspace: Workspace, number: UUID) -> bytes:
    raw = _inbox().read(number)
    if raw is None:
        raise NotFound
    message_id = headers_of(raw).message_id
    if message_id not in _sent_by(workspace, {message_id}):
        raise NotFound
    return raw


def _sent_by(workspace: Workspace, message_ids: set[str]) -> set[str]:
    """Those of these Message-IDs that are of the workspace's mails. They begin with a mail's id."""
    ids = {found[1] for found in map(OWN_ID.match, message_ids) if found}
    sent = Mail.objects.filter(workspace=workspace, id__in=ids)
    return message_ids & set(sent.values_list("message_id", flat=True))


def _inbox() -> Inbox:
    if not settings.PORTICO_DEMO_MAIL_PORT:
        raise NotFound
    return Inbox(folder_in(settings.DATA_DIR))
