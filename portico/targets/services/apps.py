"""Making and changing apps, archiving and restoring them, and saying which one is the web app."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from portico.audit.services import Actor, Change, named
from portico.kernel.errors import Invalid, InvalidFields
from portico.targets.icons import check_icon, use_icon
from portico.targets.models import App, Environment, ReleaseTarget
from portico.targets.queries import web_app_of
from portico.targets.rules import check_code, check_name
from portico.targets.services.errors import (
    AlreadyArchived,
    AlreadyWebApp,
    AppArchived,
    AppChanged,
    CodeTaken,
    NotArchived,
    NotWebApp,
    WebAppChanged,
    WebAppTaken,
)
from portico.targets.services.holding import lock_apps, locked_app, record_app
from portico.workspaces.models import Workspace

ICON_USER = "app"


@dataclass(frozen=True)
class Wanted:
    """What somebody wants of an app, unchecked. `icon` is the hash of a file, or empty.

    `is_web` counts when the app is made; later the mark is moved by `make_web_app`.
    """

    name: str
    code: str
    icon: str = ""
    is_web: bool = False


def make_app(workspace: Workspace, wanted: Wanted, *, by: Actor, at: datetime) -> App:
    """A new app with both of its targets. Raises `InvalidFields`."""
    with transaction.atomic():
        lock_apps(workspace)
        wanted = _checked(workspace, wanted)
        app = App.objects.create(
            workspace=workspace,
            name=wanted.name,
            code=wanted.code,
            icon=wanted.icon,
            is_web=wanted.is_web,
            created_at=at,
            created_by=named(by),
        )
        ReleaseTarget.objects.bulk_create(
            ReleaseTarget(workspace=workspace, app=app, environment=environment, created_at=at)
            for environment in Environment
        )
        use_icon(workspace, wanted.icon, user_kind=ICON_USER, user_id=app.id)
        changes = _changes(Wanted("", ""), wanted)
        if wanted.is_web:
            changes.append(_mark(before="", after=app.name))
        record_app("app.made", app, by=by, at=at, changes=changes)
    return app


def change_app(
    workspace: Workspace, app_id: UUID, wanted: Wanted, *, based_on: int, by: Actor, at: datetime
) -> App:
    """Give an app another name, code or icon; `wanted.is_web` is not looked at.

    Raises `NotFound`, `AppArchived`, `InvalidFields`, or `AppChanged` unless `based_on` is its
    revision.
    """
    with transaction.atomic():
        lock_apps(workspace)
        app = locked_app(workspace, app_id)
        if app.revision != based_on:
            raise AppChanged(name=app.name, app_code=app.code, revision=app.revision)
        _refuse_archived(app)
        before = Wanted(app.name, app.code, app.icon)
        wanted = _checked(workspace, Wanted(wanted.name, wanted.code, wanted.icon), app)
        app.name, app.code, app.icon = wanted.name, wanted.code, wanted.icon
        _save(app)
        use_icon(workspace, app.icon, user_kind=ICON_USER, user_id=app.id)
        record_app("app.changed", app, by=by, at=at, changes=_changes(before, wanted))
    return app


def archive_app(workspace: Workspace, app_id: UUID, *, by: Actor, at: datetime) -> App:
    """Put an app away: none of its keys works from now on, and nothing can be released to it.

    If it was the web app, the workspace has none then. Raises `NotFound` or `AlreadyArchived`.
    """
    with transaction.atomic():
        lock_apps(workspace)
        app = locked_app(workspace, app_id)
        if app.archived_at:
            raise AlreadyArchived(app=app.name)
        changes = [_mark(before=app.name, after="")] if app.is_web else []
        app.archived_at, app.is_web = at, False
        _save(app)
        record_app("app.archived", app, by=by, at=at, changes=changes)
    return app


def restore_app(workspace: Workspace, app_id: UUID, *, by: Actor, at: datetime) -> App:
    """Take an archived app into use again, with the keys that were not revoked and have not ended.

    It is not the web app again, if it was. Raises `NotFound` or `NotArchived`.
    """
    with transaction.atomic():
        lock_apps(workspace)
        app = locked_app(workspace, app_id)
        if not app.archived_at:
            raise NotArchived(app=app.name)
        app.archived_at = None
        _save(app)
        record_app("app.restored", app, by=by, at=at)
    return app


def make_web_app(
    workspace: Workspace, app_id: UUID, *, instead_of: UUID | None, by: Actor, at: datetime
) -> App:
    """Have the public web pages serve what is released to this app.

    `instead_of` is the app that was the web app when somebody decided this, None for none. Raises
    `NotFound`, `AppArchived`, `AlreadyWebApp`, or `WebAppChanged` where it is another one by now.
    """
    with transaction.atomic():
        lock_apps(workspace)
        app, present = locked_app(workspace, app_id), web_app_of(workspace)
        _refuse_archived(app)
        if app.is_web:
            raise AlreadyWebApp(app=app.name)
        if (present.id if present else None) != instead_of:
            raise WebAppChanged(app=f"“{present.name}”" if present else "–")
        if present is not None:
            present.is_web = False
            _save(present)
        app.is_web = True
        _save(app)
        mark = _mark(before=present.name if present else "", after=app.name)
        record_app("app.made_web", app, by=by, at=at, changes=[mark])
    return app


def end_web_app(workspace: Workspace, app_id: UUID, *, by: Actor, at: datetime) -> App:
    """Leave the workspace without a web app. Raises `NotFound` or `NotWebApp`."""
    with transaction.atomic():
        lock_apps(workspace)
        app = locked_app(workspace, app_id)
        if not app.is_web:
            raise NotWebApp(app=app.name)
        app.is_web = False
        _save(app)
        record_app("app.web_ended", app, by=by, at=at, changes=[_mark(before=app.name, after="")])
    return app


def _save(app: App) -> None:
    app.revision += 1
    app.save()


def _refuse_archived(app: App) -> None:
    if app.archived_at:
        raise AppArchived(app=app.name)


def _checked(workspace: Workspace, wanted: Wanted, app: App | None = None) -> Wanted:
    """What is wanted, as it is kept; `app` is the one that is changed."""
    errors: dict[str, Invalid] = {}

    def check(field: str, rule: Callable[[], str]) -> str:
        try:
            return rule()
        except Invalid as error:
            errors[field] = error
            return ""

    name = check("name", lambda: check_name(wanted.name))
    code = check("code", lambda: _free_code(workspace, check_code(wanted.code), app))
    # What it shows already was checked when it was chosen.
    known = app.icon if app else ""
    icon = wanted.icon
    if icon != known:
        icon = check("icon", lambda: check_icon(workspace, wanted.icon))
    if wanted.is_web and (present := web_app_of(workspace)) is not None:
        errors["is_web"] = WebAppTaken(app=present.name, app_code=present.code)
    if errors:
        raise InvalidFields(errors)
    return Wanted(name, code, icon, wanted.is_web)


def _free_code(workspace: Workspace, code: str, app: App | None) -> str:
    others = App.objects.filter(workspace=workspace, code=code)
    other = others.exclude(id=app.id).first() if app else others.first()
    if other is not None:
        raise CodeTaken(app=other.name)
    return code


def _mark(*, before: str, after: str) -> Change:
    return Change(field="web_app", before=before, after=after)


def _changes(before: Wanted, after: Wanted) -> list[Change]:
    pairs = (
        ("name", before.name, after.name),
        ("app_code", before.code, after.code),
        ("icon", before.icon[:12], after.icon[:12]),
    )
    return [Change(field=field, before=old, after=new) for field, old, new in pairs if old != new]
