"""Reading apps, their targets and keys. Whatever is asked, the workspace comes first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Lower

from portico.kernel.errors import NotFound
from portico.kernel.ids import digest
from portico.targets.models import App, AppState, Environment, ReleaseTarget, TargetKey
from portico.workspaces.models import Workspace

SEEN_EVERY: Final = timedelta(minutes=5)
ORDERS: Final = {
    "name": (Lower("name").asc(), "id"),
    "-name": (Lower("name").desc(), "-id"),
    "code": ("code",),
    "-code": ("-code",),
    # Ids sort by the time they were made.
    "made": ("id",),
    "-made": ("-id",),
}


@dataclass(frozen=True)
class AppFilters:
    """Which apps somebody looks for; an empty value asks for nothing.

    `words` are parts of the name or the code, all of which must be there.
    """

    words: str = ""
    state: str = ""


def apps_of(workspace: Workspace, filters: AppFilters | None = None) -> QuerySet[App]:
    """A workspace's apps, archived ones as well unless the filters say otherwise."""
    found = App.objects.filter(workspace=workspace).select_related("created_by")
    if filters is None:
        return found
    for word in _words(filters.words):
        found = found.filter(Q(name__icontains=word) | Q(code__icontains=word))
    if filters.state:
        found = found.filter(archived_at__isnull=filters.state == AppState.ACTIVE)
    return found


def in_order(apps: QuerySet[App], order: str) -> QuerySet[App]:
    """The apps in one of the `ORDERS`; an unknown one means by name."""
    return apps.order_by(*ORDERS.get(order, ORDERS["name"]))


def app_of(workspace: Workspace, app_id: UUID) -> App:
    """One app, archived or not; raises `NotFound`, whoever else may have it."""
    return _the(workspace, Q(id=app_id))


def app_named(workspace: Workspace, name: str) -> App:
    """The app with this code or id; raises `NotFound`. No code looks like an id."""
    try:
        return _the(workspace, Q(id=UUID(name)))
    except ValueError:
        return _the(workspace, Q(code=name.replace("\x00", "")))


def web_app_of(workspace: Workspace) -> App | None:
    """The app whose releases the public web pages serve, if there is one."""
    return App.objects.filter(workspace=workspace, is_web=True, archived_at=None).first()


def targets_of(workspace: Workspace) -> list[ReleaseTarget]:
    """What can be released to, each with its app: by the app's name, Production first.

    Targets of archived apps are left out. One query.
    """
    return list(
        _targets(workspace)
        .filter(app__archived_at=None)
        .order_by(Lower("app__name"), "app_id", "environment")
    )


def web_target_of(
    workspace: Workspace, environment: Environment = Environment.PRODUCTION
) -> ReleaseTarget | None:
    """The target that the public web pages serve; None where no app is marked for it."""
    return (
        _targets(workspace)
        .filter(app__is_web=True, app__archived_at=None, environment=environment)
        .first()
    )


def target_of(workspace: Workspace, target_id: UUID, *, archived: bool = False) -> ReleaseTarget:
    """One target, with its app; raises `NotFound` for another workspace's, and for one of an
    archived app unless those are wanted, too (`archived`)."""
    found = _targets(workspace).filter(id=target_id)
    target = (found if archived else found.filter(app__archived_at=None)).first()
    if target is None:
        raise NotFound
    return target


def targets_of_app(app: App) -> dict[Environment, ReleaseTarget]:
    """An app's two targets, Production first."""
    found = ReleaseTarget.objects.filter(workspace_id=app.workspace_id, app=app)
    by_environment = {target.environment: target for target in found}
    for target in by_environment.values():
        target.app, target.workspace = app, app.workspace
    return {one: by_environment[one] for one in Environment}


def target_in(app: App, environment: str) -> ReleaseTarget:
    """An app's target of this environment; raises `NotFound` for an unknown one."""
    target = ReleaseTarget.objects.filter(
        workspace_id=app.workspace_id, app=app, environment=environment
    ).first()
    if target is None:
        raise NotFound
    target.app, target.workspace = app, app.workspace
    return target


def keys_of(targets: Iterable[ReleaseTarget]) -> QuerySet[TargetKey]:
    """The keys of these targets, newest first, each with who made it."""
    found = TargetKey.objects.filter(target__in=list(targets))
    return found.select_related("created_by").order_by("-id")


def working(keys: QuerySet[TargetKey], *, at: datetime) -> QuerySet[TargetKey]:
    """Those that open their target now, as far as it is up to them."""
    return keys.filter(Q(expires_at=None) | Q(expires_at__gt=at), revoked_at=None)


def key_of(target: ReleaseTarget, key_id: UUID) -> TargetKey:
    """One key of this very target; raises `NotFound` for that of another one, be it the same
    app's in the other environment."""
    key = keys_of([target]).filter(id=key_id).first()
    if key is None:
        raise NotFound
    key.target = target
    return key


def working_keys(apps: Iterable[App], *, at: datetime) -> dict[tuple[UUID, str], int]:
    """How many keys of these apps work, by app and environment; one query."""
    found = (
        working(TargetKey.objects.filter(target__app__in=list(apps)), at=at)
        .order_by()
        .values_list("target__app_id", "target__environment")
        .annotate(count=Count("id"))
    )
    return {(app_id, environment): count for app_id, environment, count in found}


def target_of_key(secret: str, workspace: Workspace, *, at: datetime) -> ReleaseTarget | None:
    """The target that this key opens, with its app; None where it opens none of this workspace.

    A key that was revoked or has ended opens nothing, nor does one of an archived app. One query;
    and once in `SEEN_EVERY` another that notes when the key was used. What is looked for is the
    digest of the whole secret, so the time that it takes says nothing of a secret that is near.
    Ask `separation.require_environment` before anything is read for the caller.
    """
    key = (
        TargetKey.objects.select_related("target__app")
        .filter(
            Q(expires_at=None) | Q(expires_at__gt=at),
            digest=digest(secret),
            revoked_at=None,
            target__workspace=workspace,
            target__app__archived_at=None,
        )
        .first()
    )
    if key is None:
        return None
    if not key.last_used_at or at - key.last_used_at > SEEN_EVERY:
        not_seen = Q(last_used_at=None) | Q(last_used_at__lt=at - SEEN_EVERY)
        TargetKey.objects.filter(not_seen, id=key.id).update(last_used_at=at)
    key.target.workspace = key.target.app.workspace = workspace
    return key.target


def _the(workspace: Workspace, which: Q) -> App:
    app = apps_of(workspace).filter(which).first()
    if app is None:
        raise NotFound
    app.workspace = workspace
    return app


def _targets(workspace: Workspace) -> QuerySet[ReleaseTarget]:
    return ReleaseTarget.objects.filter(workspace=workspace).select_related("app")


def _words(text: str) -> list[str]:
    # No stored text holds NUL, and PostgreSQL would not hear of it.
    return text.replace("\x00", "\ufffd").split()[:8]
