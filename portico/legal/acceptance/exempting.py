"""Exemptions: members who need not accept anything, such as the account of a service."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from portico.audit.services import Actor, Change, record
from portico.kernel.errors import Conflict, Forbidden, Invalid, NotFound, gettext_noop
from portico.legal.acceptance.ledger import remember_member, write_exemption
from portico.legal.models import LedgerEvent, LegalExemption
from portico.workspaces.models import Membership, Workspace

MOST_OF_REASON = 500
LONGEST = timedelta(days=3650)


class NeedsReason(Invalid):
    code = "exemption_needs_reason"
    sentence = gettext_noop("Say in 1 to %(most)s characters why this member need not accept.")


class UnusableUntil(Invalid):
    code = "exemption_until"
    sentence = gettext_noop(
        "Choose a moment within the next %(years)s years, or leave it empty for an exemption for "
        "good."
    )


class AlreadyExempt(Conflict):
    code = "already_exempt"
    sentence = gettext_noop("%(who)s is exempt already. Withdraw that exemption first.")


class NotExempt(Conflict):
    code = "not_exempt"
    sentence = gettext_noop("%(who)s is not exempt.")


class OwnExemption(Forbidden):
    code = "own_exemption"
    sentence = gettext_noop("Nobody exempts themselves: another admin can do it.")


def exempt(
    workspace: Workspace,
    member_id: UUID,
    *,
    reason: str,
    until: datetime | None,
    by: Actor,
    at: datetime,
) -> LegalExemption:
    """Let a member off accepting anything, until a moment or for good; it counts from the next
    request.

    Raises `NeedsReason`, `UnusableUntil`, `AlreadyExempt`, `OwnExemption` or `NotFound`.
    """
    reason = " ".join(reason.replace("\x00", "").split())
    if not 1 <= len(reason) <= MOST_OF_REASON:
        raise NeedsReason(most=MOST_OF_REASON)
    if until is not None and not at < until <= at + LONGEST:
        raise UnusableUntil(years=LONGEST.days // 365)
    with transaction.atomic():
        member = _hold(workspace, member_id)
        if member.person_id == by.person_id:
            raise OwnExemption
        standing = LegalExemption.objects.filter(membership=member, ended_at=None).first()
        if standing is not None:
            if standing.until is None or standing.until > at:
                raise AlreadyExempt(who=member.person.display_name)
            # It is over already; that it is makes room for a new one.
            standing.ended_at = standing.until
            standing.save(update_fields=["ended_at"])
        made = LegalExemption.objects.create(
            membership=member, reason=reason, until=until, made_by_id=by.person_id, made_at=at
        )
        write_exemption(made, LedgerEvent.EXEMPTED, by=by, at=at)
        until_text = until.isoformat() if until else ""
        changes = [Change(field="until", before="", after=until_text)]
        _record("legal.exempted", member, by=by, at=at, reason=reason, changes=changes)
    return made


def end_exemption(
    workspace: Workspace, member_id: UUID, *, by: Actor, at: datetime
) -> LegalExemption:
    """Ask a member again from the next request on. Raises `NotExempt` or `NotFound`."""
    with transaction.atomic():
        member = _hold(workspace, member_id)
        standing = exemptions_of(workspace, at=at).filter(membership=member).first()
        if standing is None:
            raise NotExempt(who=member.person.display_name)
        standing.ended_at = at
        standing.save(update_fields=["ended_at"])
        standing.membership = member
        write_exemption(standing, LedgerEvent.EXEMPTION_ENDED, by=by, at=at)
        _record("legal.exemption_ended", member, by=by, at=at)
    return standing


def exemptions_of(workspace: Workspace, *, at: datetime) -> QuerySet[LegalExemption]:
    """The exemptions that count at a moment, newest first, each with member and person."""
    return (
        LegalExemption.objects.filter(membership__workspace=workspace, ended_at=None)
        .filter(Q(until=None) | Q(until__gt=at))
        .select_related("membership__person", "made_by")
        .order_by("-made_at", "-id")
    )


def _hold(workspace: Workspace, member_id: UUID) -> Membership:
    member = (
        Membership.objects.select_for_update(of=("self",), no_key=True)
        .select_related("person", "workspace")
        .filter(workspace=workspace, id=member_id)
        .first()
    )
    if member is None:
        raise NotFound
    return member


def _record(
    action: str,
    member: Membership,
    *,
    by: Actor,
    at: datetime,
    reason: str = "",
    changes: Sequence[Change] = (),
) -> None:
    # No label: the log keeps the person's id, which can be erased, and pages look up the name.
    remember_member(member)
    record(
        action,
        by=by,
        at=at,
        workspace_id=member.workspace_id,
        subject_kind="person",
        subject_id=member.person_id,
        reason=reason,
        changes=changes,
    )
