"""Buttons that were pressed twice: the second press is answered as the first one was."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from portico.releases.models import Release, ReleaseEvent
from portico.releases.rules.pipeline import Event
from portico.releases.views.around import Surroundings
from portico.releases.views.event_forms import EventForm
from portico.releases.views.live_forms import RollBackForm
from portico.workspaces.models import Membership

TWICE: Final = timedelta(seconds=10)
"""Within this time the same by the same person is the second press of a button."""


def done_already(
    form: EventForm, events: Sequence[ReleaseEvent], member: Membership, at: datetime
) -> UUID | None:
    """The release that shows what the same person did just now, if that is what the form asks for
    once more; `events` is what happened since they looked."""
    if isinstance(form, RollBackForm):
        return _brought_back(form, member, at)
    first = events[0] if events else None
    if first is None or first.event != form.event or first.person_id != member.person_id:
        return None
    if at - first.at > TWICE or not _asks_the_same(form, first, events):
        return None
    return form.on.release.id


def asked_already(around: Surroundings, at: datetime) -> bool:
    """Whether the same person asked just now to take offline what is live."""
    found = around.offline
    return (
        found is not None
        and found.requested_by_id == around.member.person_id
        and at - found.requested_at <= TWICE
    )


def _asks_the_same(form: EventForm, first: ReleaseEvent, events: Sequence[ReleaseEvent]) -> bool:
    given = form.cleaned_data
    if given.get("reason", "").strip() != first.reason and "reason" in given:
        return False
    share = given.get("thousandths")
    scaled = next((one for one in events if one.event == Event.SCALE), None)
    return not share or (scaled is not None and scaled.details.get("to") == share)


def _brought_back(form: RollBackForm, member: Membership, at: datetime) -> UUID | None:
    here = form.on.release
    asked = form.data.get("to") or str(here.id)
    made = Release.objects.filter(
        program=here.program_id,
        target=here.target_id,
        created_by=member.person_id,
        created_at__gte=at - TWICE,
    )
    return next((one.id for one in made if str(one.rolled_back_to_id) == asked), None)
