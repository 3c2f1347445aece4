"""What the needs of the table mean. Each is held against a case and raises what is the matter."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from portico.approvals.services import check_may_decide
from portico.automated_checks.services import Verdict, verdict_of
from portico.kernel.errors import Conflict
from portico.miniprograms.rules.testers import Named, check_tester
from portico.release_process.calendar import closed_because
from portico.release_process.policy import EVERYBODY
from portico.release_process.rules import percentage
from portico.releases import errors
from portico.releases.models import ArchivedBecause, Release
from portico.releases.rules.approving import is_blocked_unless_clean
from portico.releases.rules.pipeline import ENDED, PIPELINE, Event, Need, Status
from portico.releases.rules.widening import are_wider
from portico.releases.services.case import Case
from portico.releases.words import DONE, status_name
from portico.ui.texts import tell

MOST_OF_REASON: Final = 2000


def check_text(text: str) -> str:
    """A reason or message without spaces around it; raises `TextTooLong`."""
    text = text.replace("\x00", "").strip()
    if len(text) > MOST_OF_REASON:
        raise errors.TextTooLong(length=len(text), most=MOST_OF_REASON)
    return text


def shown(share: int) -> str:
    """A share as sentences name it: `12.5`."""
    return f"{percentage(share):g}"


def _version_unused(case: Case) -> None:
    used = Release.objects.filter(
        version_id=case.release.version_id, target_id=case.release.target_id, rolled_back_to=None
    ).first()
    if used is not None:
        raise errors.VersionUsed(
            version=case.version, target=case.target, status=status_name(used.status)
        )


def _nothing_under_way_or_supersede(case: Case) -> None:
    other = case.scene.under_review
    if other is not None:
        raise errors.OtherUnderReview(other=other.version.name, target=case.target)
    candidate = case.scene.candidate
    if candidate is not None and case.given is not None and not case.given.supersede:
        raise errors.OtherUnderWay(**_in_the_way(case, candidate))


def _nothing_under_way(case: Case) -> None:
    candidate = case.scene.candidate
    if candidate is not None:
        raise errors.StillUnderWay(**_in_the_way(case, candidate))


def _in_the_way(case: Case, other: Release) -> dict[str, str]:
    return {
        "other": other.version.name,
        "target": case.target,
        "status": status_name(other.status),
    }


def _checks_clean(case: Case) -> None:
    """How many approvals are enough is for the effect to see; this is what blocks any."""
    if not is_blocked_unless_clean(case.policy):
        return
    verdict = verdict_of(case.release.version)
    if verdict is not Verdict.CLEAN:
        raise errors.ChecksNotClean(version=case.version, verdict=_said(verdict))


def _said(verdict: Verdict) -> str:
    return {
        Verdict.FINDINGS: _("there are findings"),
        Verdict.PENDING: _("they are not over yet"),
        Verdict.FAILED: _("they did not get to their end"),
        Verdict.CLEAN: "",
    }[verdict]


def _not_own_request(case: Case) -> None:
    request = case.request or case.release.request
    if request is not None:
        check_may_decide(request, by=case.by.actor)


def _reason(case: Case) -> None:
    if case.given is not None and not case.reason:
        raise errors.ReasonMissing


def _testers(case: Case) -> None:
    if case.given is None:
        return
    ids = case.given.testers.user_ids if case.given.testers else ()
    checked = {check_tester(Named(user_id)).user_id for user_id in ids}
    if not checked:
        raise errors.TestersMissing
    if len(checked) > case.policy.most_testers:
        raise errors.TooManyTesters(count=len(checked), most=case.policy.most_testers)
    if case.event is Event.UPDATE_PILOT and checked == set(case.release.testers):
        raise errors.SameTesters


def _pilot_started(case: Case) -> None:
    if case.release.pilot_started_at is None:
        raise errors.PilotNotStarted(version=case.version)


def _pilot_not_started(case: Case) -> None:
    if case.release.pilot_started_at is not None:
        raise errors.PilotStarted(version=case.version)


def _open_window(case: Case) -> None:
    closed = closed_because(case.policy, case.at)
    if closed is not None:
        opens = closed.opens_at
        held_back(
            case,
            errors.WindowClosed(
                why=tell(closed.sentence), opens=_clock(case, opens) if opens else _("not foreseen")
            ),
        )


def _greater_share(case: Case) -> None:
    release, stable = case.release, case.scene.full
    share = case.given.share if case.given else release.share + 1
    if not 0 < share <= EVERYBODY:
        raise errors.NotAScale(given=shown(share))
    if share <= release.share:
        raise errors.NotGreater(
            given=shown(share), present=shown(release.share), version=case.version
        )
    if stable is None:  # nobody loses what works
        return
    first_most = case.policy.largest_first_share
    if release.share == 0 and share > first_most:
        held_back(
            case,
            errors.FirstShareTooLarge(
                given=shown(share), most=shown(first_most), stable=stable.version.name
            ),
        )
    since = (release.first_share_at or case.at) + case.policy.shortest_soak
    if share == EVERYBODY and case.at < since:
        minutes = int(case.policy.shortest_soak.total_seconds()) // 60
        held_back(
            case,
            errors.SoakTooShort(
                version=case.version, minutes=minutes, **{"from": _clock(case, since)}
            ),
        )


def held_back(case: Case, error: errors.HeldBack) -> None:
    """Raise a limit, unless an Admin overrides it with a reason; then note that it was."""
    override = case.given.override.strip() if case.given else ""
    if not case.is_admin:
        raise errors.OverrideByAdmin if override else error
    if case.given is not None and not override:
        raise error
    case.overridden.append(error)
    if case.given is not None:
        case.reason = case.reason or check_text(override)


def _clock(case: Case, moment: datetime) -> str:
    """A moment on the clock of the workspace, as the policy has it."""
    local = moment.astimezone(ZoneInfo(case.policy.time_zone))
    return f"{date_format(local, 'DATETIME_FORMAT')} ({case.policy.time_zone})"


def _not_paused(case: Case) -> None:
    if case.release.paused_at is not None:
        raise errors.ReleasePaused(version=case.version, share=shown(case.release.share))


def _paused(case: Case) -> None:
    if case.release.paused_at is None:
        raise errors.ReleaseNotPaused(version=case.version)


def _ramp_on(case: Case) -> None:
    if not case.release.ramp_on:
        raise errors.RampOff(version=case.version)


def _ramp_off(case: Case) -> None:
    if case.release.ramp_on:
        raise errors.RampOn(version=case.version)


def _nobody_enrolled_or_wider(case: Case) -> None:
    release = case.release
    if case.given is None:
        if release.share and not release.rules:
            raise errors.RulesNarrower(share=shown(release.share), version=case.version)
        return
    if release.share and not are_wider(case.given.rules, release.rules):
        raise errors.RulesNarrower(share=shown(release.share), version=case.version)


def _archived_by_replacement(case: Case) -> None:
    release, full = case.release, case.scene.full
    because = _taken_away(release)
    if because is not None:
        label = str(because.label).lower()
        raise errors.NotReplaced(version=case.version, target=case.target, because=label)
    if full is not None and full.version_id == release.version_id:
        raise errors.LiveAlready(version=case.version, target=case.target)


def _taken_away(release: Release) -> ArchivedBecause | None:
    """How the version was taken from the target, also where it had been brought back to it."""
    taken = Release.objects.filter(
        version_id=release.version_id,
        target_id=release.target_id,
        archived_because__in=(ArchivedBecause.OFFLINE, ArchivedBecause.REMOVED),
    )
    found = taken.values_list("archived_because", flat=True).order_by("-ended_at").first()
    return ArchivedBecause(found) if found else None


NEEDS: Final[Mapping[Need, Callable[[Case], None]]] = {
    Need.VERSION_UNUSED: _version_unused,
    Need.NOTHING_UNDER_WAY_OR_SUPERSEDE: _nothing_under_way_or_supersede,
    Need.ENOUGH_APPROVALS: _checks_clean,
    Need.NOT_OWN_REQUEST: _not_own_request,
    Need.REASON: _reason,
    Need.TESTERS: _testers,
    Need.PILOT_STARTED: _pilot_started,
    Need.PILOT_NOT_STARTED: _pilot_not_started,
    Need.OPEN_WINDOW: _open_window,
    Need.GREATER_SHARE: _greater_share,
    Need.NOT_PAUSED: _not_paused,
    Need.PAUSED: _paused,
    Need.RAMP_ON: _ramp_on,
    Need.RAMP_OFF: _ramp_off,
    Need.NOBODY_ENROLLED_OR_WIDER: _nobody_enrolled_or_wider,
    Need.NOTHING_UNDER_WAY: _nothing_under_way,
    Need.ARCHIVED_BY_REPLACEMENT: _archived_by_replacement,
}


def not_in_this_status(case: Case) -> Conflict:
    """Why an event cannot happen in the status that a release is in."""
    status = Status(case.release.status)
    facts = {"version": case.version, "target": case.target, "status": status_name(status)}
    if status is Status.UNDER_REVIEW and case.event in {Event.APPLY, Event.CONFIGURE}:
        return errors.AlreadyUnderReview(version=case.version, target=case.target)
    if status in ENDED:
        return errors.ReleaseIsOver(**facts)
    where = [at for at, event in PIPELINE if event is case.event and at is not None]
    names = ", ".join(f"“{status_name(at)}”" for at in where)
    return errors.NotInThisStatus(**facts, done=str(DONE[case.event]), where=names)
