"""The verbs that fire one event at one release."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from portico.miniprograms.services import SetUp as Configuration
from portico.release_process.policy import RampStep
from portico.releases.acting import By
from portico.releases.models import Release
from portico.releases.rules.pipeline import Event
from portico.releases.services.case import Given
from portico.releases.services.firing import fire
from portico.releases.services.scene import on_target
from portico.releases.test_groups.choosing import Testers


def configure(
    release: Release,
    configuration: Configuration,
    *,
    by: By,
    at: datetime,
    revision: int | None = None,
) -> Release:
    """Change the server domains and variables that a release takes along.

    Where it has been approved already, the approval counts no more, and it has to be applied for
    anew. Raises `SameConfiguration`, and `InvalidFields` as the program's set-up does.
    """
    given = Given(configuration=configuration)
    return _fired(release, Event.CONFIGURE, given, by=by, at=at, revision=revision)


def withdraw(
    release: Release, *, by: By, at: datetime, revision: int | None = None, reason: str = ""
) -> Release:
    """Take back the request that a release is under review for."""
    given = Given(reason=reason)
    return _fired(release, Event.WITHDRAW, given, by=by, at=at, revision=revision)


def start_pilot(
    release: Release, testers: Testers, *, by: By, at: datetime, revision: int | None = None
) -> Release:
    """Give a release to its first testers. They are frozen: who joins a group later is not one."""
    given = Given(testers=testers)
    return _fired(release, Event.START_PILOT, given, by=by, at=at, revision=revision)


def update_pilot(
    release: Release, testers: Testers, *, by: By, at: datetime, revision: int | None = None
) -> Release:
    """Give a release to these testers, in the place of those before."""
    given = Given(testers=testers)
    return _fired(release, Event.UPDATE_PILOT, given, by=by, at=at, revision=revision)


def complete_pilot(
    release: Release, *, by: By, at: datetime, revision: int | None = None
) -> Release:
    """End a pilot that went well: in Production grayscale release follows, at 0 %, while the
    testers keep the version; in the Sandbox everybody gets it."""
    return _fired(release, Event.COMPLETE_PILOT, Given(), by=by, at=at, revision=revision)


def bypass_pilot(
    release: Release, *, reason: str, by: By, at: datetime, revision: int | None = None
) -> Release:
    """Go on without a pilot, or without the rest of one. There are no testers from now on."""
    given = Given(reason=reason)
    return _fired(release, Event.BYPASS_PILOT, given, by=by, at=at, revision=revision)


def set_rules(
    release: Release,
    rules: Mapping[str, object],
    *,
    by: By,
    at: datetime,
    revision: int | None = None,
) -> Release:
    """Narrow down who can be enrolled, in the form of `portico.delivery.targeting`.

    Once somebody is, rules only widen. Raises `RulesNarrower`, `SameRules`, and `InvalidFields`.
    """
    given = Given(rules=rules)
    return _fired(release, Event.SET_RULES, given, by=by, at=at, revision=revision)


def go_live(
    release: Release,
    *,
    by: By,
    at: datetime,
    share: int = 0,
    override: str = "",
    revision: int | None = None,
) -> Release:
    """Begin the grayscale release, at 0 % or at a first `share`, in thousandths of a percent."""
    given = Given(override=override)
    with on_target(release.program, release.target, release.id, at=at) as scene:
        held = scene.named(release.id)
        fire(scene, held, Event.GO_LIVE, given, by=by, at=at, revision=revision)
        if share:
            given = Given(override=override, share=share)
            fire(scene, held, Event.SCALE, given, by=by, at=at)
    return held


def scale(
    release: Release,
    share: int,
    *,
    by: By,
    at: datetime,
    override: str = "",
    revision: int | None = None,
) -> Release:
    """Give a release to a larger share of the users, in thousandths of a percent; to everybody at
    `EVERYBODY`. `override`: why an Admin does it against a limit of the release process."""
    given = Given(share=share, override=override)
    return _fired(release, Event.SCALE, given, by=by, at=at, revision=revision)


def start_ramp(
    release: Release,
    *,
    by: By,
    at: datetime,
    ramp: Sequence[RampStep] | None = None,
    revision: int | None = None,
) -> Release:
    """Have a release grow by itself, step by step; None: by the ramp of its policy. From the share
    that it has it goes on once it has been there as long as that step says.

    Raises `RampRefused`, `RampOver`, `RampTooSteep`."""
    given = Given(ramp=ramp)
    return _fired(release, Event.START_RAMP, given, by=by, at=at, revision=revision)


def stop_ramp(release: Release, *, by: By, at: datetime, revision: int | None = None) -> Release:
    """Have a release grow by hand alone. It keeps its share."""
    return _fired(release, Event.STOP_RAMP, Given(), by=by, at=at, revision=revision)


def pause(
    release: Release, *, by: By, at: datetime, revision: int | None = None, reason: str = ""
) -> Release:
    """Freeze the share: who is enrolled stays so, nobody more is, and a ramp waits."""
    given = Given(reason=reason)
    return _fired(release, Event.PAUSE, given, by=by, at=at, revision=revision)


def resume(release: Release, *, by: By, at: datetime, revision: int | None = None) -> Release:
    """Let the share grow again. A step of the ramp that came due meanwhile is due now, once."""
    return _fired(release, Event.RESUME, Given(), by=by, at=at, revision=revision)


def cancel(
    release: Release, *, reason: str, by: By, at: datetime, revision: int | None = None
) -> Release:
    """End a release that is on its way: everybody gets the full release again. Its version is used
    up on this target."""
    given = Given(reason=reason)
    return _fired(release, Event.CANCEL, given, by=by, at=at, revision=revision)


def _fired(
    release: Release,
    event: Event,
    given: Given,
    *,
    by: By,
    at: datetime,
    revision: int | None,
) -> Release:
    with on_target(release.program, release.target, release.id, at=at) as scene:
        held = scene.named(release.id)
        fire(scene, held, event, given, by=by, at=at, revision=revision)
    return held
