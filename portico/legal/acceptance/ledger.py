"""Writing the ledger: what was shown, opened, accepted, declined and exempted, and to whom."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest
from django.utils.crypto import salted_hmac
from django.utils.translation import override

from portico.accounts.browsers import browser_of
from portico.audit.services import Actor, Via, remember
from portico.legal.models import LedgerEvent, LegalDocument, LegalExemption, LegalLedger
from portico.workspaces.models import Membership


@dataclass(frozen=True)
class Trace:
    """How somebody came to see or say something, as far as evidence needs it and no further.

    `session` ties what one session did together; nobody gets from it to the session. `browser` is
    as coarse as "Firefox on Windows", in English.
    """

    via: Via = Via.PAGE
    browser: str = ""
    session: str = ""


def trace_of(request: HttpRequest) -> Trace:
    """The trace of a request."""
    via = Via.API if getattr(request, "token", None) else Via.PAGE
    with override("en"):
        browser = browser_of(request.headers.get("User-Agent", ""))
    key = request.session.session_key if via is Via.PAGE else None
    digest = salted_hmac("portico.legal.session", key).hexdigest()[:16] if key else ""
    return Trace(via=via, browser=browser[:80], session=digest)


def write_documents(
    member: Membership,
    documents: Iterable[LegalDocument],
    event: LedgerEvent,
    *,
    trace: Trace,
    at: datetime,
) -> None:
    """Write that a member was shown these documents, opened, accepted or declined them.

    What can happen once is written once: a line that is there stays as it is. Each document comes
    with its version. Call it inside the transaction of the change.
    """
    remember_member(member)
    LegalLedger.objects.bulk_create(
        [
            LegalLedger(
                workspace_id=member.workspace_id,
                membership_id=member.id,
                person_id=member.person_id,
                event=event,
                version=document.version,
                kind=document.version.kind,
                number=document.version.number,
                language=document.language,
                sha256=document.sha256,
                via=trace.via,
                browser=trace.browser,
                session=trace.session,
                at=at,
            )
            for document in documents
        ],
        ignore_conflicts=True,
    )


def write_exemption(
    exemption: LegalExemption, event: LedgerEvent, *, by: Actor, at: datetime
) -> None:
    """Write that a member was exempted, or is not any more, and by whom."""
    member = exemption.membership
    remember_member(member)
    LegalLedger.objects.create(
        workspace_id=member.workspace_id,
        membership_id=member.id,
        person_id=member.person_id,
        event=event,
        via=by.via,
        by_id=by.person_id,
        reason=exemption.reason,
        until=exemption.until,
        at=at,
    )


def remember_member(member: Membership) -> None:
    """Have the ledger know who a member is, as long as nobody asks for them to be forgotten."""
    remember(member.person_id, email=member.person.email, name=member.person.name)
