"""Verify: one real call from each chosen address to the echo address, and what was seen."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import transaction

from portico.audit.services import Actor, Change, record
from portico.egress.calls import CallTrouble, Limits, call
from portico.egress.configuration import Egress, OutboundAddress
from portico.egress.models import OutboundVerification
from portico.egress.outbound.results import (
    Result,
    no_longer_offered,
    result_of,
    result_of_trouble,
)
from portico.egress.services import announced_choice, choice_in_force, egress
from portico.kernel.clock import now
from portico.kernel.errors import Conflict, TooOften, gettext_noop
from portico.workspaces.models import Workspace

MOST_RUNS: Final = 10
WITHIN: Final = timedelta(minutes=10)
KEPT_FOR: Final = timedelta(days=30)
AT_ONCE: Final = 8
LIMITS: Final = Limits(connect=4.0, read=4.0, whole=8.0, most_read=2048)


class NoEchoAddress(Conflict):
    code = "no_echo_address"
    sentence = gettext_noop(
        "There is no address to call that would say where calls come from. The operator of this "
        "platform can set one with PORTICO_EGRESS_ECHO_URL."
    )


class NothingChosen(Conflict):
    code = "no_outbound_address_chosen"
    sentence = gettext_noop(
        "No outbound address is chosen, so calls may leave from any address of this installation, "
        "and there is nothing to compare. Choose one first, and save."
    )


class VerifiedTooOften(TooOften):
    code = "verified_too_often"
    sentence = gettext_noop(
        "The outbound addresses were verified %(most)s times within %(minutes)s minutes, which is "
        "as often as they may be. Please wait a few minutes."
    )


def verify(workspace: Workspace, *, by: Actor, at: datetime) -> OutboundVerification:
    """Call the echo address from each address that is chosen or announced, and keep what was seen.

    Takes as long as the slowest call, 8 seconds at the most for up to 8 addresses. Raises
    NoEchoAddress, NothingChosen or VerifiedTooOften.
    """
    echo: str = settings.PORTICO_ECHO_URL
    publics = addresses_to_verify(workspace, at=at)
    if not publics:
        raise NothingChosen
    if not echo:
        raise NoEchoAddress
    verification = _begin(workspace, echo, at=at)
    results = seen_from(publics, echo, egress())
    _finish(verification, results, by=by, at=now())
    return verification


def addresses_to_verify(workspace: Workspace, *, at: datetime) -> tuple[str, ...]:
    """The public addresses that are in use, and those that will be."""
    choices = (choice_in_force(workspace, at=at), announced_choice(workspace, at=at))
    found = [address for choice in choices if choice for address in choice.addresses]
    return tuple(dict.fromkeys(found))


def seen_from(publics: Sequence[str], echo: str, configured: Egress) -> list[Result]:
    """Call the echo address from each of these public addresses, all at once."""
    offered = {str(one.public): one for one in configured.outbound}

    def ask(public: str) -> Result:
        if public not in offered:
            return no_longer_offered(public)
        return _call(offered[public], echo, configured)

    with ThreadPoolExecutor(max_workers=AT_ONCE, thread_name_prefix="verify") as pool:
        return list(pool.map(ask, publics))


def latest_verification(workspace: Workspace) -> OutboundVerification | None:
    """The newest one that came to an end."""
    return (
        OutboundVerification.objects.filter(workspace=workspace, finished_at__isnull=False)
        .order_by("-started_at")
        .first()
    )


def _call(source: OutboundAddress, echo: str, configured: Egress) -> Result:
    try:
        answer = call("GET", echo, egress=replace(configured, sources=(source,)), limits=LIMITS)
    except CallTrouble as trouble:
        return result_of_trouble(str(source.public), trouble)
    return result_of(str(source.public), answer)


def _begin(workspace: Workspace, echo: str, *, at: datetime) -> OutboundVerification:
    with transaction.atomic():
        Workspace.objects.select_for_update(no_key=True).get(id=workspace.id)
        made = OutboundVerification.objects.filter(workspace=workspace)
        if made.filter(started_at__gt=at - WITHIN).count() >= MOST_RUNS:
            raise VerifiedTooOften(most=MOST_RUNS, minutes=int(WITHIN.total_seconds() // 60))
        made.filter(started_at__lt=at - KEPT_FOR).delete()
        return OutboundVerification.objects.create(
            workspace=workspace, started_at=at, echo_url=echo
        )


def _finish(
    verification: OutboundVerification, results: Sequence[Result], *, by: Actor, at: datetime
) -> None:
    verification.results = [result.kept() for result in results]
    verification.finished_at = at
    with transaction.atomic():
        verification.save(update_fields=["results", "finished_at"])
        record(
            "outbound.verified",
            by=by,
            at=at,
            workspace_id=verification.workspace_id,
            subject_kind="section",
            subject_id="domain-preference",
            subject_label="Domain Preference",
            changes=[
                Change(field=result.public, before="", after=result.seen or result.verdict.value)
                for result in results
            ],
        )
