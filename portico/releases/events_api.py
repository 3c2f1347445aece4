"""The events of releases over HTTP: fired, and read."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpResponse
from ninja import Query

from portico.kernel.access import requires
from portico.kernel.clock import now
from portico.kernel.permissions import Permission
from portico.releases.access import release_for
from portico.releases.acting import by_request
from portico.releases.api_answers import answer
from portico.releases.api_schemas import (
    ReleaseEventsAnswer,
    ReleaseEventsAsked,
    WholeReleaseAnswer,
    event_answer,
)
from portico.releases.errors import HappenedMeanwhile, StaleRelease
from portico.releases.event_calls import call
from portico.releases.event_schemas import AnyEventGiven, OnReleaseGiven
from portico.releases.models import Release, ReleaseEvent, ReleaseStatus
from portico.workspaces.api_door import ApiRouter, TokenLacksPermission
from portico.workspaces.http import TokenRequest
from portico.workspaces.idempotency import idempotent

router = ApiRouter(tags=["Releases"])
STALE = {"responses": {412: {"$ref": "#/components/responses/Problem"}}}


@router.post(
    "/{release_id}/events",
    response=WholeReleaseAnswer,
    operation_id="fire_release_event",
    summary="Have an event happen to a release",
    openapi_extra=STALE,
)
@requires(Permission.RELEASES_READ)
@idempotent
def fire_release_event(
    request: TokenRequest, release_id: UUID, given: AnyEventGiven
) -> HttpResponse:
    """Have one event happen, and answer the release as it is then (of `roll_back`: the new one).

    The token needs `requests:decide` to `approve` and `reject`, and `releases:act` for all others.
    409 where the event cannot happen now: `possible` of the release says what can.
    """
    event = given.root
    if event.needs not in request.token.effective_permissions():
        raise TokenLacksPermission(permission=event.needs.value)
    release = release_for(request.member, release_id)
    at = now()
    try:
        after = call(event, release, by_request(request), at)
    except StaleRelease as error:
        seen = event.revision if isinstance(event, OnReleaseGiven) else None
        happened = [event_answer(one) for one in _events_after(release, seen or 0)]
        details = {"meanwhile": [one.model_dump(mode="json") for one in happened]}
        raise HappenedMeanwhile(details, **error.facts) from None
    return answer(request, after.id, at=at)


@router.get(
    "/{release_id}/events",
    response=ReleaseEventsAnswer,
    operation_id="list_release_events",
    summary="Read what happened to a release",
)
@requires(Permission.RELEASES_READ)
def list_release_events(
    request: TokenRequest, release_id: UUID, asked: Query[ReleaseEventsAsked]
) -> ReleaseEventsAnswer:
    """All that happened, the first at first; `after` an event, to hear what is new."""
    release = release_for(request.member, release_id)
    found = list(_events_after(release, asked.after)[: asked.limit + 1])
    shown = found[: asked.limit]
    return ReleaseEventsAnswer(
        items=[event_answer(event) for event in shown],
        next=shown[-1].number if len(found) > asked.limit else None,
        status=ReleaseStatus(release.status),
        revision=release.revision,
    )


def _events_after(release: Release, number: int) -> QuerySet[ReleaseEvent]:
    return (
        ReleaseEvent.objects.filter(release=release, number__gt=number)
        .select_related("person")
        .order_by("number")
    )
