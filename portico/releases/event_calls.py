"""From an event that was given by the API to the service that has it happen."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import singledispatch
from typing import Final

from portico.approvals.models import ReviewVerdict
from portico.kernel.errors import Conflict, gettext_noop
from portico.release_process.policy import RampStep, read
from portico.release_process.rules import thousandths
from portico.releases import services
from portico.releases.acting import By
from portico.releases.deciding.verbs import decide
from portico.releases.event_schemas import (
    ApplyGiven,
    ApproveGiven,
    BypassPilotGiven,
    CancelGiven,
    CompletePilotGiven,
    ConfigureGiven,
    EventGiven,
    GoLiveGiven,
    PauseGiven,
    RejectGiven,
    ResumeGiven,
    RollBackGiven,
    ScaleGiven,
    SetRulesGiven,
    StartPilotGiven,
    StartRampGiven,
    StopRampGiven,
    TestersPickedGiven,
    UpdatePilotGiven,
    WithdrawGiven,
)
from portico.releases.models import Release
from portico.releases.test_groups.choosing import chosen

MINUTE: Final = timedelta(minutes=1)
ANY_NUMBER: Final = 1_000_000


class NeverAppliedFor(Conflict):
    code = "never_applied_for"
    sentence = gettext_noop(
        "Version %(version)s was never applied for, so there is no request to decide on."
    )


@singledispatch
def call(given: EventGiven, release: Release, by: By, at: datetime) -> Release:
    """Have an event happen to a release; the release as it is then (of `roll_back`: the new one).

    Raises what the services raise.
    """
    raise NotImplementedError(type(given).__name__)


@call.register
def _(given: ConfigureGiven, release: Release, by: By, at: datetime) -> Release:
    wanted = services.Configuration(given.server_domains, list(given.variables.items()))
    return services.configure(release, wanted, by=by, at=at, revision=given.revision)


@call.register
def _(given: ApplyGiven, release: Release, by: By, at: datetime) -> Release:
    return services.apply(
        release,
        by=by,
        at=at,
        revision=given.revision,
        supersede=given.supersede,
        message=given.message,
    )


@call.register
def _(given: WithdrawGiven, release: Release, by: By, at: datetime) -> Release:
    return services.withdraw(release, by=by, at=at, revision=given.revision, reason=given.reason)


@call.register
def _(given: ApproveGiven, release: Release, by: By, at: datetime) -> Release:
    return _decided(release, ReviewVerdict.APPROVE, given, by, at)


@call.register
def _(given: RejectGiven, release: Release, by: By, at: datetime) -> Release:
    return _decided(release, ReviewVerdict.REJECT, given, by, at)


@call.register
def _(given: StartPilotGiven, release: Release, by: By, at: datetime) -> Release:
    testers = _testers(given, release)
    return services.start_pilot(release, testers, by=by, at=at, revision=given.revision)


@call.register
def _(given: UpdatePilotGiven, release: Release, by: By, at: datetime) -> Release:
    testers = _testers(given, release)
    return services.update_pilot(release, testers, by=by, at=at, revision=given.revision)


@call.register
def _(given: CompletePilotGiven, release: Release, by: By, at: datetime) -> Release:
    return services.complete_pilot(release, by=by, at=at, revision=given.revision)


@call.register
def _(given: BypassPilotGiven, release: Release, by: By, at: datetime) -> Release:
    return services.bypass_pilot(
        release, reason=given.reason, by=by, at=at, revision=given.revision
    )


@call.register
def _(given: SetRulesGiven, release: Release, by: By, at: datetime) -> Release:
    rules = given.rules.model_dump(by_alias=True)
    return services.set_rules(release, rules, by=by, at=at, revision=given.revision)


@call.register
def _(given: GoLiveGiven, release: Release, by: By, at: datetime) -> Release:
    return services.go_live(
        release,
        by=by,
        at=at,
        share=thousandths(given.percentage or 0),
        override=given.override,
        revision=given.revision,
    )


@call.register
def _(given: ScaleGiven, release: Release, by: By, at: datetime) -> Release:
    return services.scale(
        release,
        thousandths(given.percentage),
        by=by,
        at=at,
        override=given.override,
        revision=given.revision,
    )


@call.register
def _(given: StartRampGiven, release: Release, by: By, at: datetime) -> Release:
    ramp = None
    if given.ramp is not None:
        ramp = [RampStep(thousandths(one.percentage), one.minutes * MINUTE) for one in given.ramp]
    return services.start_ramp(release, by=by, at=at, ramp=ramp, revision=given.revision)


@call.register
def _(given: StopRampGiven, release: Release, by: By, at: datetime) -> Release:
    return services.stop_ramp(release, by=by, at=at, revision=given.revision)


@call.register
def _(given: PauseGiven, release: Release, by: By, at: datetime) -> Release:
    return services.pause(release, by=by, at=at, reason=given.reason, revision=given.revision)


@call.register
def _(given: ResumeGiven, release: Release, by: By, at: datetime) -> Release:
    return services.resume(release, by=by, at=at, revision=given.revision)


@call.register
def _(given: CancelGiven, release: Release, by: By, at: datetime) -> Release:
    return services.cancel(release, reason=given.reason, by=by, at=at, revision=given.revision)


@call.register
def _(given: RollBackGiven, release: Release, by: By, at: datetime) -> Release:
    return services.roll_back(release, reason=given.reason, by=by, at=at)


def _decided(
    release: Release,
    verdict: ReviewVerdict,
    given: ApproveGiven | RejectGiven,
    by: By,
    at: datetime,
) -> Release:
    if release.request is None:
        raise NeverAppliedFor(version=release.version.name)
    decide(
        release.request,
        verdict,
        by=by,
        at=at,
        reason=given.reason,
        findings=given.findings,
        screenshots=given.screenshots,
    )
    return release


def _testers(given: TestersPickedGiven, release: Release) -> services.Testers:
    # One that was never applied for has no pilot: the service says so.
    most = read(release.policy).most_testers if release.policy else ANY_NUMBER
    return chosen(
        release.workspace,
        release.program,
        given.groups,
        given.user_ids,
        most=most,
        target=release.target,
    )
