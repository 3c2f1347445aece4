"""Deleting what nothing needs: unused files, and bytes that a crash left without a row."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from portico.files.models import FileUse, StoredFile, path_of
from portico.files.services import lock_bytes
from portico.files.spool import sweep_spool

LEFT_BEHIND = timedelta(days=1)


def collect(*, at: datetime, limit: int = 1000) -> int:
    """Delete files that nothing uses and whose grace time is over; returns how many.

    The bytes go after the row: a crash in between leaves bytes without a row, for `sweep`, and
    never a row without bytes.
    """
    with transaction.atomic():
        # Rows that somebody is about to use are locked, and left for the next time.
        locked = list(
            _unused()
            .filter(kept_until__lt=at)
            .select_for_update(skip_locked=True)
            .order_by("kept_until")[:limit]
        )
        # A use may have been written between looking and locking.
        unused = list(_unused().filter(id__in=[stored.id for stored in locked]))
        StoredFile.objects.filter(id__in=[stored.id for stored in unused]).delete()
        transaction.on_commit(lambda: _delete_all(unused))
    return len(unused)


def sweep(*, at: datetime) -> int:
    """Delete bytes without a row that are older than `LEFT_BEHIND`; returns how many.

    Bytes reach the storage before their row is committed, so a crash can leave them behind. What
    came in and was never stored is deleted with them.
    """
    sweep_spool(older_than=at - LEFT_BEHIND)
    return sum(
        _delete_bytes(workspace_id, sha256)
        for workspace_id, sha256 in _without_rows()
        if _is_left_behind(path_of(workspace_id, sha256), at=at)
    )


def _unused() -> QuerySet[StoredFile]:
    return StoredFile.objects.filter(~Exists(FileUse.objects.filter(file=OuterRef("pk"))))


def _delete_all(collected: list[StoredFile]) -> None:
    for stored in collected:
        _delete_bytes(stored.workspace_id, stored.sha256)


def _delete_bytes(workspace_id: UUID, sha256: str) -> bool:
    """Delete a file's bytes, unless somebody has stored it again meanwhile."""
    path = path_of(workspace_id, sha256)
    with transaction.atomic():
        lock_bytes(path)
        if StoredFile.objects.filter(workspace_id=workspace_id, sha256=sha256).exists():
            return False
        default_storage.delete(path)
    return True


def _without_rows() -> Iterator[tuple[UUID, str]]:
    for workspace_id in _workspaces():
        for folder in _names(str(workspace_id))[0]:
            stored = _names(f"{workspace_id}/{folder}")[1]
            known = set(
                StoredFile.objects.filter(
                    workspace_id=workspace_id, sha256__startswith=folder
                ).values_list("sha256", flat=True)
            )
            yield from ((workspace_id, name) for name in stored if name not in known)


def _workspaces() -> Iterator[UUID]:
    """The folders of workspaces; whatever else lies there is not ours."""
    for name in _names("")[0]:
        try:
            yield UUID(name)
        except ValueError:
            continue


def _names(path: str) -> tuple[list[str], list[str]]:
    """The folders and the files in a folder of the storage; none where it is not there yet."""
    try:
        return default_storage.listdir(path)
    except FileNotFoundError:
        return [], []


def _is_left_behind(path: str, *, at: datetime) -> bool:
    try:
        return default_storage.get_modified_time(path) < at - LEFT_BEHIND
    except FileNotFoundError:
        return False
