"""What outgoing calls may reach, and from where those of a workspace leave."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from portico.audit.services import Actor, Change, record
from portico.egress.configuration import Egress, OutboundAddress
from portico.egress.local_addresses import addresses_here, missing_here
from portico.egress.models import OutboundChoice
from portico.kernel.clock import now
from portico.kernel.errors import Invalid, gettext_noop
from portico.workspaces.models import Workspace

MOST_NOTICE = 30  # days


class NotOffered(Invalid):
    code = "outbound_address_not_offered"
    sentence = gettext_noop(
        "%(address)s is not among the outbound addresses that the operator of this platform "
        "offers. Accepted are: %(offered)s."
    )


class NoneOffered(Invalid):
    code = "no_outbound_address_offered"
    sentence = gettext_noop(
        "No outbound addresses can be chosen here. The operator of this platform can offer "
        "addresses with PORTICO_EGRESS_IPS."
    )


class LocalAddressMissing(Invalid):
    code = "outbound_address_not_of_this_machine"
    sentence = gettext_noop(
        "Calls cannot leave from %(public)s: the machine that Portico runs on does not have the "
        "address %(local)s. It has %(present)s. The operator of this platform has to mend "
        "PORTICO_EGRESS_IPS."
    )


class NoticeRefused(Invalid):
    code = "outbound_notice_refused"
    sentence = gettext_noop("A change is announced 0 to %(most)s days ahead.")


def egress() -> Egress:
    """The installation's, as configured; its calls leave from any address."""
    configured: Egress = settings.PORTICO_EGRESS
    return configured


def egress_of(workspace: Workspace, *, at: datetime | None = None) -> Egress:
    """What a workspace's calls go by: as the installation's, and from the addresses it has chosen.

    One query. No choice: `sources` is None. Of chosen addresses that the operator has taken out
    since, the others are used; where none is left, `sources` is empty and calls are refused.
    """
    configured = egress()
    choice = choice_in_force(workspace, at=at or now())
    if choice is None or not choice.addresses:
        return configured
    return replace(configured, sources=still_offered(choice.addresses))


def choice_in_force(workspace: Workspace, *, at: datetime) -> OutboundChoice | None:
    """The workspace's choice as it is at this time; None: it never made one."""
    return (
        OutboundChoice.objects.filter(workspace=workspace, withdrawn_at=None, valid_from__lte=at)
        .order_by("-number")
        .first()
    )


def announced_choice(workspace: Workspace, *, at: datetime) -> OutboundChoice | None:
    """The choice that is still to come, if one is announced."""
    return (
        OutboundChoice.objects.filter(workspace=workspace, withdrawn_at=None, valid_from__gt=at)
        .order_by("-number")
        .first()
    )


def still_offered(publics: Iterable[str]) -> tuple[OutboundAddress, ...]:
    """Those of the operator's addresses that are among these."""
    wanted = frozenset(publics)
    return tuple(one for one in egress().outbound if str(one.public) in wanted)


def normal(publics: Iterable[str]) -> tuple[str, ...]:
    """Addresses in one spelling and order, each once; what is no address stays as it is."""
    return tuple(sorted({_one_spelling(text) for text in publics}))


def check_choice(
    workspace: Workspace, publics: Sequence[str], *, at: datetime | None = None
) -> None:
    """Raise an `Invalid` unless this workspace may choose these public addresses.

    What it has chosen already may stay, even where the operator offers it no longer: to let it go
    silently could make calls leave from anywhere.
    """
    kept = frozenset(_newest(workspace, at=at or now()))
    offered = {str(one.public): one for one in egress().outbound}
    for public in normal(publics):
        if public in kept:
            continue
        if not offered:
            raise NoneOffered
        if public not in offered:
            raise NotOffered(address=public[:60], offered=", ".join(offered))
        if missing_here((offered[public],)):
            present = ", ".join(str(one) for one in addresses_here())
            raise LocalAddressMissing(public=public, local=offered[public].local, present=present)


def choose(
    workspace: Workspace,
    publics: Sequence[str],
    *,
    by: Actor,
    at: datetime,
    notice_days: int = 0,
) -> OutboundChoice | None:
    """Have the workspace's calls leave from these public addresses; none: from any.

    With a notice the change is announced in the public list now and takes effect by itself after
    so many days. It takes the place of a change that is still announced. What is chosen, or
    announced, already stays as it is: then nothing is written, and it is returned (None: there
    never was a choice). Raises an `Invalid`.
    """
    if not 0 <= notice_days <= MOST_NOTICE:
        raise NoticeRefused(most=MOST_NOTICE)
    with transaction.atomic():
        Workspace.objects.select_for_update(no_key=True).get(id=workspace.id)
        check_choice(workspace, publics, at=at)
        wanted, before = normal(publics), _newest(workspace, at=at)
        if wanted == before:
            return announced_choice(workspace, at=at) or choice_in_force(workspace, at=at)
        _of(workspace).filter(withdrawn_at=None, valid_from__gt=at).update(withdrawn_at=at)
        newest = _of(workspace).order_by("-number").first()
        choice = OutboundChoice.objects.create(
            workspace=workspace,
            number=newest.number + 1 if newest else 1,
            addresses=list(wanted),
            made_at=at,
            valid_from=at + timedelta(days=notice_days),
        )
        _record(workspace, before, choice, by=by, at=at)
    return choice


def _record(
    workspace: Workspace,
    before: Sequence[str],
    choice: OutboundChoice,
    *,
    by: Actor,
    at: datetime,
) -> None:
    changes = [
        Change(field="outbound_ips", before=", ".join(before), after=", ".join(choice.addresses))
    ]
    if choice.valid_from > at:
        starts = f"{choice.valid_from:%Y-%m-%d %H:%M} UTC"
        changes.append(Change(field="valid_from", before="", after=starts))
    record(
        "outbound.chosen",
        by=by,
        at=at,
        workspace_id=workspace.id,
        subject_kind="section",
        subject_id="domain-preference",
        subject_label="Domain Preference",
        changes=changes,
    )


def _newest(workspace: Workspace, *, at: datetime) -> tuple[str, ...]:
    """What was chosen last, be it in force or only announced."""
    newest = announced_choice(workspace, at=at) or choice_in_force(workspace, at=at)
    return tuple(newest.addresses) if newest else ()


def _of(workspace: Workspace) -> QuerySet[OutboundChoice]:
    return OutboundChoice.objects.filter(workspace=workspace)


def _one_spelling(text: str) -> str:
    try:
        return str(ipaddress.ip_address(text.strip()))
    except ValueError:
        return text.strip()
