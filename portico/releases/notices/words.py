"""What a mail says of each event of a release: one row an event."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from portico.releases.notices.topics import OUTCOMES, REVIEWS, STEPS
from portico.service_email.topics.topics import Topic


@dataclass(frozen=True)
class Words:
    """The topic an event belongs to, its mail's title in the log, its subject, and what it means
    for whom. Subject and meaning name `program`, `version`, `target`, `percentage`."""

    topic: Topic
    title: Promise
    subject: Promise
    means: Promise


WORDS: Final[Mapping[str, Words]] = {
    "created": Words(
        STEPS,
        _("Release made"),
        _("A release of %(program)s %(version)s was made"),
        _("It is to go to %(target)s. Nothing happens until somebody applies for it."),
    ),
    "configured": Words(
        STEPS,
        _("Release configured"),
        _("The release of %(program)s %(version)s was configured"),
        _("What it takes along to %(target)s was edited. An approval that it had counts no more."),
    ),
    "applied": Words(
        REVIEWS,
        _("Release applied for"),
        _("The release of %(program)s %(version)s was applied for"),
        _("It is on its way to %(target)s. Where a review is asked for, reviewers have been told."),
    ),
    "withdrawn": Words(
        REVIEWS,
        _("Request withdrawn"),
        _("The request to release %(program)s %(version)s was withdrawn"),
        _("It is not reviewed for %(target)s any more. It can be applied for again."),
    ),
    "rejected": Words(
        REVIEWS,
        _("Release rejected"),
        _("The release of %(program)s %(version)s was rejected"),
        _("It does not go to %(target)s. Mend what the reviewer says, and apply again."),
    ),
    "approved": Words(
        REVIEWS,
        _("Release approved"),
        _("The release of %(program)s %(version)s was approved"),
        _("It may go on to %(target)s. The release page shows the next step."),
    ),
    "pilot_started": Words(
        STEPS,
        _("Pilot started"),
        _("Testers get %(program)s %(version)s"),
        _("The pilot testing on %(target)s has begun. Nobody else gets this version."),
    ),
    "pilot_updated": Words(
        STEPS,
        _("Pilot updated"),
        _("Other testers get %(program)s %(version)s"),
        _("The group of testers on %(target)s was changed."),
    ),
    "pilot_completed": Words(
        STEPS,
        _("Pilot completed"),
        _("The pilot of %(program)s %(version)s is over"),
        _("The release goes on to its next step on %(target)s."),
    ),
    "pilot_bypassed": Words(
        STEPS,
        _("Pilot bypassed"),
        _("The pilot of %(program)s %(version)s was left out"),
        _("The release goes on to its next step on %(target)s without a pilot."),
    ),
    "rules_set": Words(
        STEPS,
        _("Targeting set"),
        _("Other users can get %(program)s %(version)s"),
        _("Which users of %(target)s can be enrolled, beside the share, was changed."),
    ),
    "went_live": Words(
        STEPS,
        _("Grayscale release begun"),
        _("%(program)s %(version)s is in grayscale release"),
        _("Its share of the users of %(target)s can grow from now on."),
    ),
    "scaled": Words(
        STEPS,
        _("Release scaled"),
        _("%(program)s %(version)s goes to %(percentage)s %% of the users"),
        _("Whoever had it on %(target)s before keeps it."),
    ),
    "ramp_started": Words(
        STEPS,
        _("Ramp started"),
        _("%(program)s %(version)s grows by itself"),
        _("Its share on %(target)s follows the ramp of the release from now on."),
    ),
    "ramp_stopped": Words(
        STEPS,
        _("Ramp stopped"),
        _("%(program)s %(version)s no longer grows by itself"),
        _("Its share on %(target)s stays as it is until somebody scales it."),
    ),
    "paused": Words(
        STEPS,
        _("Release paused"),
        _("The release of %(program)s %(version)s was paused"),
        _("Whoever has it on %(target)s keeps it, and nobody more gets it until it is resumed."),
    ),
    "resumed": Words(
        STEPS,
        _("Release resumed"),
        _("The release of %(program)s %(version)s goes on"),
        _("Its share of the users of %(target)s can grow again."),
    ),
    "canceled": Words(
        OUTCOMES,
        _("Release canceled"),
        _("The release of %(program)s %(version)s was canceled"),
        _("Everybody on %(target)s gets what was fully released there before."),
    ),
    "fully_released": Words(
        OUTCOMES,
        _("Fully released"),
        _("%(program)s %(version)s is fully released"),
        _("Everybody on %(target)s gets this version."),
    ),
    "archived": Words(
        OUTCOMES,
        _("Release archived"),
        _("%(program)s %(version)s was replaced"),
        _("A newer release took its place on %(target)s. It can be rolled back to."),
    ),
    "rolled_back": Words(
        OUTCOMES,
        _("Rolled back"),
        _("%(program)s was rolled back to %(version)s"),
        _("Everybody on %(target)s gets this version again."),
    ),
    "offline_requested": Words(
        REVIEWS,
        _("Taking offline asked for"),
        _("%(program)s is to be taken offline"),
        _("Version %(version)s stays live on %(target)s until a reviewer approves."),
    ),
    "offline_rejected": Words(
        REVIEWS,
        _("Taking offline rejected"),
        _("%(program)s stays live"),
        _("A reviewer rejected the request to take it offline on %(target)s."),
    ),
    "offline_withdrawn": Words(
        REVIEWS,
        _("Taking offline withdrawn"),
        _("%(program)s stays live"),
        _("The request to take it offline on %(target)s was taken back."),
    ),
    "taken_offline": Words(
        OUTCOMES,
        _("Taken offline"),
        _("%(program)s was taken offline"),
        _("Nobody on %(target)s gets it any more. What it stored is kept."),
    ),
    "removed": Words(
        OUTCOMES,
        _("Removed by force"),
        _("%(program)s was removed"),
        _("Nobody on %(target)s gets it any more. A new release needs a new review."),
    ),
}
"""By the event's name in the outbox, without `release.`."""
