"""A domain from one state into another: the only code that writes states.

One transaction: the row, its history, where the workspace is reached, the audit entry, the event.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from portico.audit.services import PLATFORM, Actor, Change, record
from portico.domains.checking import CheckName, Report, as_json
from portico.domains.models import AlternativeDomain, StateChange
from portico.domains.rules import (
    LINKED,
    SERVED,
    TRANSITIONS,
    Outcome,
    Sighting,
    Standing,
    State,
    after_check,
    moved_to,
    next_check,
)
from portico.outbox.services import publish
from portico.workspaces.services import set_hosts

# Codes of checks that are certain, whichever server is asked: there is no such record, and the name
# does not lead here. Where servers disagree or say nothing, nothing is certain.
PROOF_GONE = frozenset({"missing", "wrong", "another", "wildcard"})
LED_AWAY = frozenset({"elsewhere", "nowhere", "no_name", "not_registered", "dangling"})
WORSE = frozenset({Outcome.FAILING, Outcome.FAILED})


@dataclass(frozen=True)
class Looked:
    """What was looked at, and when: a result that came too late must not undo a newer one."""

    report: Report
    begun: datetime
    tls_elsewhere: bool


def sighting_of(report: Report, *, tls_elsewhere: bool) -> Sighting:
    """What a report says of a claim.

    Where a load balancer of the tenant's stands in between, only the workspace's own answer shows
    where the name leads, and that is to be had once the name is served.
    """
    unproven = report.check(CheckName.OWNERSHIP).code in PROOF_GONE
    elsewhere = tls_elsewhere or report.check(CheckName.ROUTING).code in LED_AWAY
    return Sighting(
        owned=report.owned,
        leads_here=report.leads_here or (tls_elsewhere and report.owned),
        served=report.served,
        clear=unproven and elsewhere and not report.served,
    )


def settle(
    domain: AlternativeDomain,
    looked: Looked,
    *,
    counts: bool,
    at: datetime,
    by: Actor = PLATFORM,
) -> AlternativeDomain:
    """Let what a check found have its consequences; returns the domain as it stands then.

    `counts`: whether bad news is counted. It is not where somebody asked for the check: who asks
    three times in a minute must not be told that the domain failed for long. Nothing happens where
    a newer check was settled meanwhile.
    """
    with transaction.atomic():
        current = (
            AlternativeDomain.objects.select_for_update(of=("self",))
            .select_related("workspace")
            .get(id=domain.id)
        )
        if _is_overtaken(current, looked):
            return current
        sighting = sighting_of(looked.report, tls_elsewhere=current.tls_elsewhere)
        step = after_check(current.standing, sighting, at=at, counts=counts)
        current.report, current.checked_at = dict(as_json(looked.report)), at
        if not _hold(current, step.standing.held):
            # Another workspace proved it before, or has not let go of it yet.
            current.rival = True
            _write(current, current.standing, at=at)
            return current
        current.rival = False
        before = State(current.state)
        _write(current, step.standing, at=at)
        if step.standing.state is not before:
            _tell(current, before, step.outcome, report=looked.report, by=by, at=at)
        if step.freed:
            _record("domain.freed", current, [], by=by, at=at)
    return current


def move(domain: AlternativeDomain, outcome: Outcome, *, by: Actor, at: datetime) -> None:
    """Do what somebody decided, in the caller's transaction. The row must be locked."""
    before = State(domain.state)
    standing = moved_to(domain.standing, TRANSITIONS[before, outcome], at=at)
    _write(domain, standing, at=at)
    if outcome is Outcome.CLAIMED:
        domain.due_at = at
        domain.save(update_fields=["due_at"])
    _tell(domain, before, outcome, report=None, by=by, at=at)


def _is_overtaken(current: AlternativeDomain, looked: Looked) -> bool:
    newer = current.checked_at is not None and current.checked_at > looked.begun
    return newer or current.tls_elsewhere != looked.tls_elsewhere


def _hold(domain: AlternativeDomain, held: bool) -> bool:
    """Hold the name; whether it could be. The unique index decides, whoever else is at it."""
    if domain.held or not held:
        return True
    try:
        with transaction.atomic():
            updated = AlternativeDomain.objects.filter(id=domain.id).update(held=True)
    except IntegrityError:
        return False
    return bool(updated)


def _write(domain: AlternativeDomain, standing: Standing, *, at: datetime) -> None:
    state, before = standing.state, domain.state
    domain.state, domain.since, domain.asked_at = state, standing.since, standing.asked_at
    domain.held, domain.misses = standing.held, standing.misses
    domain.clear_since = standing.clear_since
    domain.due_at = next_check(standing, key=str(domain.id), at=at)
    domain.queued_at = None
    domain.save()
    # Not else: where a tombstone is looked at, the workspace may be shown at another name by now.
    if state != before:
        set_hosts(
            domain.workspace,
            served=domain.name if state in SERVED else None,
            canonical=domain.name if state in LINKED else None,
        )


def _tell(
    domain: AlternativeDomain,
    before: State,
    outcome: Outcome,
    *,
    report: Report | None,
    by: Actor,
    at: datetime,
) -> None:
    """Write down that the state changed, and let everybody know who listens."""
    culprit = report.culprit if report and outcome in WORSE else None
    reason = culprit.value if culprit else outcome.value
    why: dict[str, object] = {}
    if report is not None and culprit is not None:
        why = next(dict(one) for one in as_json(report)["checks"] if one["name"] == culprit.value)
    StateChange.objects.create(
        domain=domain, before=before, after=domain.state, reason=reason, why=why, at=at
    )
    changes = [Change(field="domain_state", before=before, after=domain.state)]
    _record("domain.state_changed", domain, changes, by=by, at=at)
    publish(
        "domain.state_changed",
        workspace_id=domain.workspace_id,
        payload={
            "domain": domain.name,
            "from": before.value,
            "to": State(domain.state).value,
            "reason": reason,
        },
        at=at,
    )


def _record(
    action: str,
    domain: AlternativeDomain,
    changes: list[Change],
    *,
    by: Actor,
    at: datetime,
) -> None:
    record(
        action,
        by=by,
        at=at,
        workspace_id=domain.workspace_id,
        subject_kind="domain",
        subject_id=domain.id,
        subject_label=domain.name,
        changes=changes,
    )
