"""Apps over HTTP: the same verbs as the pages. An app is named by its code or its id."""

from __future__ import annotations

from django.http import HttpResponse
from ninja import Query
from pydantic_core import to_json

from portico.accounts.http import actor_of
from portico.basic_settings.api_etags import IF_MATCH, etag_of, if_match
from portico.kernel.access import requires
from portico.kernel.clock import now
from portico.kernel.permissions import Permission
from portico.targets import services
from portico.targets.api_schemas import (
    AppAnswer,
    AppGiven,
    AppsAnswer,
    AppsAsked,
    AppValues,
    WebAppGiven,
    app_answers,
)
from portico.targets.models import App
from portico.targets.queries import AppFilters, app_named, apps_of
from portico.workspaces.api_door import ApiRouter
from portico.workspaces.http import TokenRequest
from portico.workspaces.idempotency import idempotent

router = ApiRouter(tags=["Apps"])


@router.get("", response=AppsAnswer, operation_id="list_apps", summary="List apps")
@requires(Permission.APPS_READ)
def list_apps(request: TokenRequest, asked: Query[AppsAsked]) -> AppsAnswer:
    """The apps of this workspace, with their release targets."""
    filters = AppFilters(words=asked.q, state=asked.state or "")
    found = apps_of(request.workspace, filters).prefetch_related("targets").order_by("id")
    if asked.cursor:
        found = found.filter(id__gt=asked.cursor)
    rows = list(found[: asked.limit + 1])
    page = rows[: asked.limit]
    return AppsAnswer(
        items=app_answers(request.workspace, page),
        next=page[-1].id if len(rows) > asked.limit else None,
    )


@router.post("", response={201: AppAnswer}, operation_id="make_app", summary="Add an app")
@requires(Permission.APPS_CHANGE)
@idempotent
def make_app(request: TokenRequest, given: AppGiven) -> HttpResponse:
    """Add an app. It comes with a Production and a Sandbox."""
    app = services.make_app(request.workspace, given.wanted(), by=actor_of(request), at=now())
    return _answer(request, app, status=201)


@router.get("/{app}", response=AppAnswer, operation_id="get_app", summary="Read an app")
@requires(Permission.APPS_READ)
def get_app(request: TokenRequest, app: str) -> HttpResponse:
    """One app. Its ETag is what a change has to send back."""
    return _answer(request, app_named(request.workspace, app))


@router.put(
    "/{app}",
    response=AppAnswer,
    operation_id="change_app",
    summary="Change an app",
    openapi_extra=IF_MATCH,
)
@requires(Permission.APPS_CHANGE)
def change_app(request: TokenRequest, app: str, given: AppValues) -> HttpResponse:
    """Give an app these values. Needs `If-Match`."""
    changed = services.change_app(
        request.workspace,
        app_named(request.workspace, app).id,
        given.wanted(),
        based_on=if_match(request),
        by=actor_of(request),
        at=now(),
    )
    return _answer(request, changed)


@router.post(
    "/{app}/archive", response=AppAnswer, operation_id="archive_app", summary="Archive an app"
)
@requires(Permission.APPS_CHANGE)
def archive_app(request: TokenRequest, app: str) -> HttpResponse:
    """None of its keys works from now on, and nothing can be released to it."""
    found = app_named(request.workspace, app)
    return _answer(
        request,
        services.archive_app(request.workspace, found.id, by=actor_of(request), at=now()),
    )


@router.post(
    "/{app}/restore", response=AppAnswer, operation_id="restore_app", summary="Restore an app"
)
@requires(Permission.APPS_CHANGE)
def restore_app(request: TokenRequest, app: str) -> HttpResponse:
    """Take an archived app into use again, with the keys that were not revoked."""
    found = app_named(request.workspace, app)
    return _answer(
        request,
        services.restore_app(request.workspace, found.id, by=actor_of(request), at=now()),
    )


@router.put("/{app}/web", response=AppAnswer, operation_id="make_web_app", summary="Make web app")
@requires(Permission.APPS_CHANGE)
def make_web_app(request: TokenRequest, app: str, given: WebAppGiven) -> HttpResponse:
    """Have the public web pages show what is released to Production of this app. Name the app that
    is the web app now; 412 where it is another one."""
    found = app_named(request.workspace, app)
    present = app_named(request.workspace, given.instead_of) if given.instead_of else None
    made = services.make_web_app(
        request.workspace,
        found.id,
        instead_of=present.id if present else None,
        by=actor_of(request),
        at=now(),
    )
    return _answer(request, made)


@router.delete("/{app}/web", response=AppAnswer, operation_id="end_web_app", summary="End web app")
@requires(Permission.APPS_CHANGE)
def end_web_app(request: TokenRequest, app: str) -> HttpResponse:
    """Leave the workspace without a web app: the public web pages show nothing."""
    found = app_named(request.workspace, app)
    return _answer(
        request,
        services.end_web_app(request.workspace, found.id, by=actor_of(request), at=now()),
    )


def _answer(request: TokenRequest, app: App, *, status: int = 200) -> HttpResponse:
    (answer,) = app_answers(request.workspace, [app])
    response = HttpResponse(to_json(answer.model_dump(mode="json")), status=status)
    response.headers["Content-Type"] = "application/json; charset=utf-8"
    response.headers["ETag"] = etag_of(app.revision)
    return response
