"""The topics that members choose mail about, and which of them each event belongs to."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from portico.kernel.permissions import Permission
from portico.service_email.topics.topics import Topic

WAITING: Final = Topic(
    "requests_waiting",
    _("Requests that wait for my decision"),
    _("One mail at most every half hour, with all that came in meanwhile."),
    Permission.REQUESTS_DECIDE,
)
REVIEWS: Final = Topic(
    "reviews",
    _("How requests come out"),
    _("Of mini programs that I am Admin of, and of what I asked for or made myself."),
    Permission.RELEASES_READ,
)
STEPS: Final = Topic(
    "release_steps",
    _("Each step of a release"),
    _("Pilots, shares, pauses: of the same mini programs."),
    Permission.RELEASES_READ,
)
OUTCOMES: Final = Topic(
    "release_outcomes",
    _("How releases end"),
    _("Fully released, canceled, rolled back, offline: of the same mini programs."),
    Permission.RELEASES_READ,
)
OWN: Final = Topic(
    "own_steps",
    _("What I do myself"),
    _("Such mail also where I took the step."),
    Permission.RELEASES_READ,
)
TOPICS: Final = (WAITING, REVIEWS, STEPS, OUTCOMES, OWN)
"""To be registered by `portico.config`."""
