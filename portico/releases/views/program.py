"""The releases of one mini program: what is live where, what is on its way, what was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from portico.kernel.access import requires
from portico.kernel.permissions import Permission
from portico.miniprograms.access import program_for
from portico.miniprograms.models import MiniProgram, ProgramRole
from portico.miniprograms.tabs import Tab, add_tab, program_context
from portico.releases.access import acts_as, releases_for, role_in_program
from portico.releases.models import Release, ReleaseStatus
from portico.releases.rules.pipeline import CANDIDATE, Event
from portico.releases.showing import ReleaseRow, release_rows
from portico.targets.models import ReleaseTarget
from portico.targets.queries import targets_of
from portico.workspaces.http import MemberRequest

ON_THE_PAGE: Final = 20
UNDER_WAY: Final = (ReleaseStatus.UNDER_REVIEW, *CANDIDATE)

add_tab(Tab("releases", _("Releases"), "program_releases", place=25))


@dataclass(frozen=True)
class OnTarget:
    """A mini program on one target. The addresses are empty where this member cannot do that."""

    target: ReleaseTarget
    live: ReleaseRow | None
    under_way: list[ReleaseRow]
    release_url: str
    roll_back_url: str
    offline_url: str
    remove_url: str


@requires(Permission.RELEASES_READ)
@require_safe
def program_releases(request: MemberRequest, app_id: str) -> HttpResponse:
    """What is live of a mini program on each target, what is on its way there, and the newest
    releases."""
    program = program_for(request.member, app_id)
    targets = targets_of(request.workspace)
    found = releases_for(request.member).filter(program=program).order_by("-id")
    present = list(found.filter(status__in=(ReleaseStatus.FULL, *UNDER_WAY), target__in=targets))
    newest = list(found[: ON_THE_PAGE + 1])
    assigned = role_in_program(request.member, program)
    on = [_on(request, program, one, present, assigned) for one in targets]
    context = {
        **program_context(request, program, tab="releases"),
        "on": on,
        "rows": release_rows(request.workspace, newest[:ON_THE_PAGE], icons=False),
        "more_url": f"{reverse('release_list')}?program={program.app_id}"
        if len(newest) > ON_THE_PAGE
        else "",
        "new_url": reverse("release_new", args=[program.app_id])
        if any(one.release_url for one in on) and program.highest_code
        else "",
    }
    return render(request, "releases/program.html", context)


def _on(
    request: MemberRequest,
    program: MiniProgram,
    target: ReleaseTarget,
    present: Sequence[Release],
    assigned: ProgramRole | None,
) -> OnTarget:
    here = [one for one in present if one.target_id == target.id]
    rows = release_rows(request.workspace, here, icons=False)
    live = next((row for row in rows if row.release.status == ReleaseStatus.FULL), None)
    acts = acts_as(request.member, assigned, target) and not program.is_archived
    removes = request.member.may(Permission.RELEASES_REMOVE)
    new_url = f"{reverse('release_new', args=[program.app_id])}?target={target.id}"
    return OnTarget(
        target=target,
        live=live,
        under_way=[row for row in rows if row is not live],
        release_url=new_url if acts and program.highest_code else "",
        roll_back_url=_form_url(live, Event.ROLL_BACK) if acts else "",
        offline_url=_form_url(live, Event.TAKE_OFFLINE) if acts else "",
        remove_url=_form_url(live, Event.FORCE_REMOVE) if removes else "",
    )


def _form_url(live: ReleaseRow | None, event: Event) -> str:
    """The page of what is live, with the form for an event open."""
    if live is None:
        return ""
    address = reverse("release_event", args=[live.release.id, event.value])
    return f"{address}#action-{event.value}"
