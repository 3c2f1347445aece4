"""Keys of release targets over HTTP. A key is found through its target, never beside it."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.http import HttpResponse
from ninja import Query, Schema
from pydantic_core import to_json

from portico.accounts.http import actor_of
from portico.kernel.access import requires
from portico.kernel.clock import now
from portico.kernel.permissions import Permission
from portico.targets import services
from portico.targets.api_schemas import (
    KeyAnswer,
    KeyGiven,
    KeyRotationGiven,
    KeysAnswer,
    KeysAsked,
    MadeKeyAnswer,
    RotatedKeyAnswer,
    key_answer,
)
from portico.targets.models import ReleaseTarget
from portico.targets.queries import app_named, key_of, keys_of, target_in, working
from portico.workspaces.api_door import ApiRouter
from portico.workspaces.http import TokenRequest
from portico.workspaces.idempotency import idempotent

router = ApiRouter(tags=["Apps"])

KEYS = "/{app}/targets/{environment}/keys"


@router.get(KEYS, response=KeysAnswer, operation_id="list_target_keys", summary="List keys")
@requires(Permission.APPS_READ)
def list_target_keys(
    request: TokenRequest, app: str, environment: str, asked: Query[KeysAsked]
) -> KeysAnswer:
    """The keys of a target, newest first; never the keys themselves."""
    at = now()
    found = keys_of([_target(request, app, environment)])
    if asked.working:
        found = working(found, at=at)
    if asked.cursor:
        found = found.filter(id__lt=asked.cursor)
    rows = list(found[: asked.limit + 1])
    page = rows[: asked.limit]
    return KeysAnswer(
        items=[key_answer(key, at=at) for key in page],
        next=page[-1].id if len(rows) > asked.limit else None,
    )


@router.post(
    KEYS, response={201: MadeKeyAnswer}, operation_id="make_target_key", summary="Make a key"
)
@requires(Permission.APPS_CHANGE)
@idempotent
def make_target_key(
    request: TokenRequest, app: str, environment: str, given: KeyGiven
) -> HttpResponse:
    """Make a key of a target. The answer holds it this once; it cannot be read again."""
    at, target = now(), _target(request, app, environment)
    key, secret = services.make_key(target, given.name, by=actor_of(request), at=at)
    return _private(MadeKeyAnswer(**key_answer(key, at=at).model_dump(), secret=secret))


@router.post(
    f"{KEYS}/{{key_id}}/rotate",
    response={201: RotatedKeyAnswer},
    operation_id="rotate_target_key",
    summary="Rotate a key",
)
@requires(Permission.APPS_CHANGE)
@idempotent
def rotate_target_key(
    request: TokenRequest, app: str, environment: str, key_id: UUID, given: KeyRotationGiven
) -> HttpResponse:
    """Make a key of the same name in the place of this one, which works beside it for a while. The
    answer holds the new one this once. Send an `Idempotency-Key`, so that no answer gets lost."""
    at, target = now(), _target(request, app, environment)
    overlap = timedelta(hours=given.overlap_hours)
    key, secret = services.rotate_key(
        key_of(target, key_id), overlap=overlap, by=actor_of(request), at=at
    )
    old = key_answer(key_of(target, key_id), at=at)
    made = key_answer(key, at=at)
    return _private(RotatedKeyAnswer(**made.model_dump(), secret=secret, old=old))


@router.post(
    f"{KEYS}/{{key_id}}/revoke",
    response=KeyAnswer,
    operation_id="revoke_target_key",
    summary="Revoke a key",
)
@requires(Permission.APPS_CHANGE)
def revoke_target_key(request: TokenRequest, app: str, environment: str, key_id: UUID) -> KeyAnswer:
    """End a key at once, also one that was rotated and still works."""
    at, key = now(), key_of(_target(request, app, environment), key_id)
    return key_answer(services.revoke_key(key, by=actor_of(request), at=at), at=at)


def _target(request: TokenRequest, app: str, environment: str) -> ReleaseTarget:
    return target_in(app_named(request.workspace, app), environment)


def _private(answer: Schema) -> HttpResponse:
    response = HttpResponse(to_json(answer.model_dump(mode="json")), status=201)
    response.headers["Content-Type"] = "application/json; charset=utf-8"
    response.headers["Cache-Control"] = "private, no-store"
    return response
