"""Getting hold of an app or a key to change it, and writing down that it was."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from portico.audit.services import Actor, Change, record
from portico.kernel.errors import NotFound
from portico.targets.models import App, ReleaseTarget, TargetKey
from portico.workspaces.models import Workspace


def lock_apps(workspace: Workspace) -> None:
    """Keep others from changing which apps the workspace has, and which is the web app, until the
    transaction ends. Take it before any app is locked."""
    list(Workspace.objects.select_for_update(no_key=True).filter(id=workspace.id).values("id"))


def locked_app(workspace: Workspace, app_id: UUID) -> App:
    """An app of this workspace, locked until the transaction ends; raises `NotFound`."""
    apps = App.objects.select_for_update(of=("self",), no_key=True)
    app = apps.filter(workspace=workspace, id=app_id).first()
    if app is None:
        raise NotFound
    app.workspace = workspace
    return app


def locked_key(key: TargetKey) -> TargetKey:
    """The key as it stands, locked with its app; raises `NotFound` where it is gone."""
    target = key.target
    app = locked_app(target.workspace, target.app_id)
    keys = TargetKey.objects.select_for_update(of=("self",), no_key=True)
    found = keys.filter(id=key.id, target=target).first()
    if found is None:
        raise NotFound
    found.target, target.app = target, app
    return found


def record_app(
    action: str, app: App, *, by: Actor, at: datetime, changes: Sequence[Change] = ()
) -> None:
    """Write down what was done with an app."""
    record(
        action,
        by=by,
        at=at,
        workspace_id=app.workspace_id,
        subject_kind="app",
        subject_id=app.id,
        subject_label=app.name,
        changes=changes,
    )


def record_key(
    action: str, key: TargetKey, *, by: Actor, at: datetime, changes: Sequence[Change] = ()
) -> None:
    """Write down what was done with a key: by its name and hint, never the key."""
    record(
        action,
        by=by,
        at=at,
        workspace_id=key.target.workspace_id,
        subject_kind="target_key",
        subject_id=key.id,
        subject_label=f"{key.name} ({key.hint}…)",
        changes=[target_change(key.target), *changes],
    )


def target_change(target: ReleaseTarget) -> Change:
    """Which target an entry is about."""
    return Change(field="target", before="", after=f"{target.app.code}, {target.environment}")
