"""A release's page in words and pictures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from portico.kernel.clock import now
from portico.release_process.calendar import Closed, closed_because
from portico.release_process.wording import sentences_of
from portico.releases.models import Release, ReleaseStatus
from portico.releases.showing import (
    chart_of,
    ended_because,
    happened,
    status_chips,
    steps_of,
)
from portico.releases.views.actions import options_of
from portico.releases.views.around import Surroundings, surroundings_of
from portico.releases.views.event_forms import EventForm
from portico.releases.views.particulars import (
    decide_url,
    facts_of,
    policy_note,
    related_to,
    request_of,
    request_url,
    rules_of,
)
from portico.targets.icons import icon_of
from portico.ui.texts import tell
from portico.ui.values import Fact
from portico.workspaces.http import MemberRequest

ENDED: Final = frozenset({ReleaseStatus.CANCELED, ReleaseStatus.ARCHIVED})
# Where nothing live to compare with matters.
ON_ITS_WAY: Final = frozenset(
    {ReleaseStatus.PREPARATION, ReleaseStatus.PILOT, ReleaseStatus.GRAYSCALE}
)
MOST_TESTERS: Final = 20  # that are named without being asked for
# How often a page asks whether something happened; where nothing can any more, never.
PAUSES: Final = {ReleaseStatus.GRAYSCALE: "3s", ReleaseStatus.UNDER_REVIEW: "5s"}
SELDOM: Final = "15s"


@dataclass(frozen=True)
class Refusal:
    """Why what somebody wanted did not happen; `typed` is what they wrote, where no form is there
    any more to hold it."""

    title: str
    sentence: str
    typed: tuple[Fact, ...] = ()


def page_of(
    request: MemberRequest,
    release: Release,
    *,
    bound: EventForm | None = None,
    wanted: str = "",
    refusal: Refusal | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page of a release; `bound` is a form that came back, `wanted` names one to be open."""
    at = now()
    around = surroundings_of(release, request.member)
    context = shown(request, around, at=at) | {
        "options": options_of(around, at=at, bound=bound, wanted=wanted),
        "refusal": refusal,
    }
    return render(request, "releases/release.html", context, status=status)


def part_of(request: MemberRequest, release: Release, *, seen: str) -> HttpResponse:
    """What a page that is open has to show anew; nothing where it has that already."""
    at = now()
    version = version_of(release, at)
    if seen == version:
        return HttpResponse(status=204)
    around = surroundings_of(release, request.member)
    moved = seen.partition("-")[0] != str(release.revision)
    context = shown(request, around, at=at) | {
        "options": options_of(around, at=at) if moved else None,
        "swapped": True,
        "moved": moved,
    }
    return render(request, "releases/release.html#state", context)


def version_of(release: Release, at: datetime) -> str:
    """What a page shows, in a word: it changes with each event, and while a share can grow by the
    minute."""
    minute = int(at.timestamp()) // 60 if release.status == ReleaseStatus.GRAYSCALE else 0
    return f"{release.revision}-{minute}"


def shown(request: MemberRequest, around: Surroundings, *, at: datetime) -> dict[str, object]:
    """The context of the page but for its forms."""
    release, offline = around.release, around.offline
    url = reverse("release", args=[release.id])
    closed = _closed(around, at)
    return {
        "release": release,
        "program_icon": icon_of(request.workspace, release.program),
        "chips": status_chips(release),
        "note": ended_because(release),
        "steps": steps_of(release, around.events, around.policy, approvals=around.approvals),
        "chart": chart_of(release, around.events, at=at),
        "history": happened(reversed(around.events)),
        "facts": facts_of(around),
        "related": related_to(around),
        "request_shown": request_of(around),
        "policy": sentences_of(around.policy),
        "policy_note": policy_note(around),
        "closed": closed,
        "closed_why": tell(closed.sentence) if closed else "",
        "is_step_due": _is_step_due(release, at),
        "is_first": around.stable is None and release.status in ON_ITS_WAY,
        "decide_url": decide_url(around),
        "offline": offline,
        "offline_url": request_url(around, offline.id, offline.requested_by_id) if offline else "",
        "testers": release.testers[:MOST_TESTERS],
        "more_testers": release.testers[MOST_TESTERS:],
        "domains": release.configuration.get("server_domains", []),
        "variables": sorted(release.configuration.get("variables", {})),
        "rules": rules_of(release),
        "poll_url": "" if release.status in ENDED else f"{url}?seen={version_of(release, at)}",
        "pause": PAUSES.get(ReleaseStatus(release.status), SELDOM),
    }


def _is_step_due(release: Release, at: datetime) -> bool:
    """Whether the worker takes the next step of the ramp as soon as it comes round."""
    due = release.next_step_at
    return due is not None and due <= at and release.paused_at is None


def _closed(around: Surroundings, at: datetime) -> Closed | None:
    """What keeps more users from getting it at this moment, where that matters."""
    if not around.release.production or around.release.status not in ON_ITS_WAY:
        return None
    return closed_because(around.policy, at)
