"""What each event changes about a release, beside its status."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from portico.approvals import services as approvals
from portico.approvals.models import ApprovalRequest, RequestKind, RequestStatus, ReviewVerdict
from portico.approvals.queries import approvals_of
from portico.approvals.services import Asked
from portico.automated_checks.services import verdict_of
from portico.delivery.targeting import parse_rules, rules_json
from portico.miniprograms.rules.testers import Named, check_tester
from portico.miniprograms.services import check_set_up
from portico.release_process.policy import stored
from portico.release_process.services import policy_now
from portico.releases import errors
from portico.releases.models import ArchivedBecause
from portico.releases.rules.approving import approvals_needed
from portico.releases.rules.pipeline import Event
from portico.releases.rules.ramp import check_ramp, next_step, read_ramp, soak_at, stored_ramp
from portico.releases.services.case import Case
from portico.releases.services.needs import shown


def _configure(case: Case) -> None:
    release, given = case.release, case.wanted.configuration
    if given is None:
        raise LookupError("A configuration has to be given.")
    domains, variables = check_set_up(given, public_only=release.production)
    wanted = {"server_domains": list(domains), "variables": variables}
    if wanted == release.configuration:
        raise errors.SameConfiguration
    release.configuration = wanted
    case.details["voided"] = _void(case)


def _void(case: Case) -> bool:
    """Have the approval count no more; whether there was one."""
    release, request = case.release, case.release.request
    release.approved_at = None
    if request is None or request.status != RequestStatus.APPROVED or request.voided_at:
        return False
    approvals.void(request, at=case.at)
    return True


def _apply(case: Case) -> None:
    release = case.release
    now = policy_now(release.workspace, production=release.production)
    release.policy, release.policy_revision = stored(now.policy), now.revision
    release.supersedes = case.scene.candidate
    release.request = None
    if now.policy.review:
        release.request = approvals.open_request(
            asked_of(case, RequestKind.RELEASE), by=case.by.actor, at=case.at
        )
    case.details["policy_revision"] = now.revision
    if release.supersedes is not None:
        case.details["supersedes"] = str(release.supersedes.id)


def asked_of(case: Case, kind: RequestKind) -> Asked:
    """A request about a release, with the policy that the release bears."""
    release = case.release
    return Asked(
        kind=kind,
        program=release.program,
        target=release.target,
        version=release.version,
        release=release.id,
        policy=case.policy,
        policy_revision=release.policy_revision or 0,
        configuration={**release.configuration, "rules": release.rules},
        message=case.reason,
    )


def _withdraw(case: Case) -> None:
    approvals.close(
        _request(case),
        RequestStatus.WITHDRAWN,
        by=case.by.actor,
        at=case.at,
        reason=case.reason,
    )


def _reject(case: Case) -> None:
    _decide(case, ReviewVerdict.REJECT)
    approvals.close(_request(case), RequestStatus.REJECTED, by=case.by.actor, at=case.at)


def _approve(case: Case) -> None:
    _decide(case, ReviewVerdict.APPROVE)
    if not enough(case, _request(case)):
        case.stays = True
        return
    approvals.close(_request(case), RequestStatus.APPROVED, by=case.by.actor, at=case.at)
    case.release.approved_at = case.at


def enough(case: Case, request: ApprovalRequest) -> bool:
    """Whether enough have approved; noted with the event."""
    count, needed = len(approvals_of(request)), approvals_needed(case.policy)
    case.details |= {"approvals": count, "needed": needed}
    return count >= needed


def _decide(case: Case, verdict: ReviewVerdict) -> None:
    case.details["checks"] = verdict_of(case.release.version).value
    approvals.decide(
        _request(case),
        verdict,
        by=case.by.actor,
        at=case.at,
        reason=case.reason,
        findings=case.wanted.findings,
        screenshots=case.wanted.screenshots,
    )


def _request(case: Case) -> ApprovalRequest:
    request = case.request or case.release.request
    if request is None:
        raise LookupError(f"{case.release.id} has no request.")
    return request


def _set_testers(case: Case) -> None:
    release, testers = case.release, case.wanted.testers
    ids = testers.user_ids if testers else ()
    release.testers = sorted({check_tester(Named(one)).user_id for one in ids})
    release.groups = list(testers.groups) if testers else []
    release.pilot_started_at = release.pilot_started_at or case.at
    case.details |= {"testers": len(release.testers), "groups": list(release.groups)}


def _bypass_pilot(case: Case) -> None:
    release = case.release
    release.testers, release.groups, release.pilot_started_at = [], [], None


def _set_rules(case: Case) -> None:
    rules = rules_json(parse_rules(case.wanted.rules))
    if rules == case.release.rules:
        raise errors.SameRules
    case.release.rules = rules
    case.details["rules"] = dict(rules)


def _scale(case: Case) -> None:
    release, share = case.release, case.wanted.share
    baseline = case.scene.full is not None
    case.details |= {"from": release.share, "to": share, "baseline": baseline}
    release.share = share
    release.first_share_at = release.first_share_at or case.at
    if release.ramp_on:
        _go_on(case)


def _go_on(case: Case) -> None:
    """Set when the next step of the ramp is due; after the last one it is over."""
    release = case.release
    ramp = read_ramp(release.ramp)
    release.ramp_on = next_step(ramp, release.share) is not None
    release.next_step_at = case.at + soak_at(ramp, release.share) if release.ramp_on else None


def _start_ramp(case: Case) -> None:
    release, given = case.release, case.wanted.ramp
    ramp = check_ramp(given if given is not None else case.policy.ramp)
    first = next_step(ramp, release.share)
    if first is None:
        raise errors.RampOver(version=case.version, share=shown(release.share))
    most, stable = case.policy.largest_first_share, case.scene.full
    if stable is not None and release.share == 0 and first.share > most:
        raise errors.RampTooSteep(given=shown(first.share), most=shown(most))
    release.ramp = stored_ramp(ramp)
    case.details["ramp"] = release.ramp
    _go_on(case)


def _stop_ramp(case: Case) -> None:
    case.release.ramp_on, case.release.next_step_at = False, None


def _pause(case: Case) -> None:
    case.release.paused_at = case.at


def _resume(case: Case) -> None:
    release = case.release
    release.paused_at = None
    if release.next_step_at is not None:
        release.next_step_at = max(release.next_step_at, case.at)


def _archived(because: ArchivedBecause) -> Callable[[Case], None]:
    def effect(case: Case) -> None:
        case.release.archived_because = because

    return effect


def _nothing(_case: Case) -> None:
    """The status alone."""


EFFECTS: Final[Mapping[Event, Callable[[Case], None]]] = {
    Event.CREATE: _nothing,
    Event.CONFIGURE: _configure,
    Event.APPLY: _apply,
    Event.WITHDRAW: _withdraw,
    Event.REJECT: _reject,
    Event.APPROVE: _approve,
    Event.START_PILOT: _set_testers,
    Event.UPDATE_PILOT: _set_testers,
    Event.COMPLETE_PILOT: _nothing,
    Event.BYPASS_PILOT: _bypass_pilot,
    Event.SET_RULES: _set_rules,
    Event.GO_LIVE: _nothing,
    Event.SCALE: _scale,
    Event.START_RAMP: _start_ramp,
    Event.STOP_RAMP: _stop_ramp,
    Event.PAUSE: _pause,
    Event.RESUME: _resume,
    Event.CANCEL: _nothing,
    Event.REPLACE: _archived(ArchivedBecause.REPLACED),
    Event.TAKE_OFFLINE: _archived(ArchivedBecause.OFFLINE),
    Event.FORCE_REMOVE: _archived(ArchivedBecause.REMOVED),
}
