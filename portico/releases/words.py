"""What statuses, events and those who fire them are called."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from portico.releases.models import ReleaseStatus
from portico.releases.rules.pipeline import Event, Status, Who

DONE: Final[Mapping[Event, Promise]] = {
    Event.CREATE: _("created"),
    Event.CONFIGURE: _("configured"),
    Event.APPLY: _("applied for"),
    Event.WITHDRAW: _("withdrawn"),
    Event.REJECT: _("rejected"),
    Event.APPROVE: _("approved"),
    Event.START_PILOT: _("given to testers"),
    Event.UPDATE_PILOT: _("given to other testers"),
    Event.COMPLETE_PILOT: _("through its pilot"),
    Event.BYPASS_PILOT: _("let past its pilot"),
    Event.SET_RULES: _("given other targeting rules"),
    Event.GO_LIVE: _("taken live"),
    Event.SCALE: _("scaled"),
    Event.START_RAMP: _("put on a ramp"),
    Event.STOP_RAMP: _("taken off its ramp"),
    Event.PAUSE: _("paused"),
    Event.RESUME: _("resumed"),
    Event.CANCEL: _("canceled"),
    Event.REPLACE: _("replaced by a newer one"),
    Event.TAKE_OFFLINE: _("taken offline"),
    Event.FORCE_REMOVE: _("removed by force"),
    Event.ROLL_BACK: _("brought back"),
}
"""What has been done to a release by an event: “It was …”."""

CALLED: Final[Mapping[Who, Promise]] = {
    Who.RELEASE_ACTOR: _("release actor"),
    Who.REQUESTER: _("requester"),
    Who.REVIEWER: _("reviewer"),
    Who.INSPECTOR: _("inspector"),
    Who.AUTOMATED_REVIEW: _("automated review"),
    Who.RAMP: _("ramp"),
    Who.GUARDRAIL: _("guardrail"),
    Who.PLATFORM: _("platform"),
}


def status_name(status: Status | str) -> str:
    """A status, in the current language."""
    return str(ReleaseStatus(str(status)).label)
