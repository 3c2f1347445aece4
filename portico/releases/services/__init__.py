"""What can be done with a release: one function per verb.

Each is one transaction: the release, its history, the audit log, the approval, the plan that
delivery answers from, and the event for whoever listens, or nothing of it. `by` says who; whether
they may is looked at here. `revision` is what the caller saw: a release that has changed since is
refused with what happened; verbs about a target take `seen`, the release that the caller looked
at there. What is refused is a `DomainError` (`portico.releases.errors`).
"""

from portico.miniprograms.services import SetUp as Configuration
from portico.releases.services.applying import apply, create, release_version
from portico.releases.services.automated import approve_what_is_checked
from portico.releases.services.case import Seen
from portico.releases.services.deciding import approve, reject, withdraw_offline
from portico.releases.services.ramping import take_ramp_step
from portico.releases.services.rolling_back import roll_back
from portico.releases.services.taking_away import force_remove, request_offline
from portico.releases.services.verbs import (
    bypass_pilot,
    cancel,
    complete_pilot,
    configure,
    go_live,
    pause,
    resume,
    scale,
    set_rules,
    start_pilot,
    start_ramp,
    stop_ramp,
    update_pilot,
    withdraw,
)
from portico.releases.test_groups.choosing import Testers

__all__ = [
    "Configuration",
    "Seen",
    "Testers",
    "apply",
    "approve",
    "approve_what_is_checked",
    "bypass_pilot",
    "cancel",
    "complete_pilot",
    "configure",
    "create",
    "force_remove",
    "go_live",
    "pause",
    "reject",
    "release_version",
    "request_offline",
    "resume",
    "roll_back",
    "scale",
    "set_rules",
    "start_pilot",
    "start_ramp",
    "stop_ramp",
    "take_ramp_step",
    "update_pilot",
    "withdraw",
    "withdraw_offline",
]
