"""Stored files: kept by content, handed out by workspace, collected when nothing needs them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any, BinaryIO, cast
from uuid import UUID

from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from django.db import connection, transaction

from portico.files.models import FileUse, StoredFile, path_of
from portico.kernel.errors import Invalid, NotFound, gettext_noop
from portico.workspaces.models import Workspace

GRACE = timedelta(days=2)
HASH = re.compile(r"[0-9a-f]{64}")


class NoSuchFile(Invalid):
    code = "no_such_file"
    sentence = gettext_noop(
        "There is no file %(sha256)s in this workspace. Upload it first, then name it."
    )


def store(
    workspace: Workspace,
    content: bytes,
    *,
    content_type: str,
    at: datetime,
    name: str = "",
    width: int | None = None,
    height: int | None = None,
    purpose: str = "",
    is_public: bool = False,
) -> StoredFile:
    """Keep these bytes for a workspace; the same bytes are kept once.

    Until something uses it, a file is kept for `GRACE` from its last upload. The bytes reach
    the storage before the row is committed, so a row never names bytes that are not there.
    """
    sha256 = hashlib.sha256(content).hexdigest()
    with transaction.atomic():
        # Whoever stores several files in one transaction is alone in the workspace meanwhile, so
        # that two of them do not wait for each other's.
        lock_storage(workspace.id)
        lock_bytes(path_of(workspace.id, sha256))
        stored = _noted(
            workspace,
            sha256,
            name=name,
            purpose=purpose,
            is_public=is_public,
            at=at,
            particulars={
                "content_type": content_type,
                "size": len(content),
                "width": width,
                "height": height,
            },
        )
        keep_bytes(stored.path, content, content_type=content_type)
    return stored


def store_file(
    workspace: Workspace,
    file: BinaryIO,
    *,
    sha256: str,
    size: int,
    content_type: str,
    at: datetime,
    name: str = "",
    purpose: str = "",
) -> StoredFile:
    """Keep what is in an open, seekable file, read piece by piece; as `store` in all else.

    `sha256` and `size` are those of its bytes: the caller has read them all. While they are copied,
    nobody waits but who stores or deletes the same bytes. Call it in a transaction that stores no
    other file.
    """
    path = path_of(workspace.id, sha256)
    with transaction.atomic():
        lock_bytes(path)
        _keep(path, size, lambda: _TypedFile(file, content_type))
        return _noted(
            workspace,
            sha256,
            name=name,
            purpose=purpose,
            is_public=False,
            at=at,
            particulars={"content_type": content_type, "size": size},
        )


def _noted(
    workspace: Workspace,
    sha256: str,
    *,
    name: str,
    purpose: str,
    is_public: bool,
    at: datetime,
    particulars: dict[str, str | int | None],
) -> StoredFile:
    """The row of a file that is being stored: made, or kept for longer."""
    stored, made = StoredFile.objects.select_for_update().get_or_create(
        workspace=workspace,
        sha256=sha256,
        defaults={
            **particulars,
            "name": name[:200],
            "purposes": [purpose] if purpose else [],
            "is_public": is_public,
            "kept_until": at + GRACE,
            "created_at": at,
        },
    )
    if not made:
        stored.name = name[:200] or stored.name
        stored.kept_until = max(stored.kept_until, at + GRACE)
        stored.is_public = stored.is_public or is_public
        stored.purposes = sorted({*stored.purposes, purpose} - {""})
        stored.save(update_fields=["name", "kept_until", "is_public", "purposes"])
    return stored


def lock_storage(workspace_id: UUID) -> None:
    """Keep others from storing several files of this workspace until the transaction ends."""
    list(Workspace.objects.select_for_update(no_key=True).filter(id=workspace_id).values("id"))


def lock_bytes(path: str) -> None:
    """Keep others from storing or deleting the bytes at this path until the transaction ends.

    Without it, bytes that are being collected could be taken for kept ones by an upload of the
    same content. A lock of the path alone: whoever copies a large file holds up nobody else.
    """
    key = int.from_bytes(hashlib.sha256(f"bytes {path}".encode()).digest()[:8], signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [key])


def is_hash(text: str) -> bool:
    """Whether this has the shape of a file's id."""
    return HASH.fullmatch(text) is not None


def file_of(workspace: Workspace, sha256: str) -> StoredFile:
    """A workspace's file; raises `NotFound` where it has none such, whoever else may."""
    if not is_hash(sha256):
        raise NotFound
    try:
        return StoredFile.objects.get(workspace=workspace, sha256=sha256)
    except StoredFile.DoesNotExist:
        raise NotFound from None


def files_of(workspace: Workspace, hashes: Iterable[str]) -> dict[str, StoredFile]:
    """Those of these files that a workspace has, by hash, in one query (none for no hashes)."""
    wanted = set(filter(is_hash, hashes))
    if not wanted:
        return {}
    found = StoredFile.objects.filter(workspace=workspace, sha256__in=wanted)
    return {stored.sha256: stored for stored in found}


def read(stored: StoredFile) -> bytes:
    """A file's bytes."""
    with default_storage.open(stored.path, "rb") as file:
        content = file.read()
    assert isinstance(content, bytes)  # noqa: S101 - the storage was opened in binary
    return content


def use(workspace: Workspace, hashes: Iterable[str], *, user_kind: str, user_id: UUID) -> None:
    """Write down that something needs these files, and what it needed before no longer.

    Raises `NoSuchFile` for the first that the workspace does not have.
    """
    wanted = set(hashes)
    # The lock keeps the collector off these rows until the use is committed. Whoever needs several
    # takes them in the same order, so that nobody waits for one who waits for them.
    found = {
        stored.sha256: stored
        for stored in StoredFile.objects.select_for_update()
        .filter(workspace=workspace, sha256__in=filter(is_hash, wanted))
        .order_by("sha256")
    }
    for sha256 in sorted(wanted - found.keys()):
        raise NoSuchFile(sha256=sha256)
    uses = FileUse.objects.filter(user_kind=user_kind, user_id=user_id)
    uses.exclude(file__in=found.values()).delete()
    FileUse.objects.bulk_create(
        [FileUse(file=stored, user_kind=user_kind, user_id=user_id) for stored in found.values()],
        ignore_conflicts=True,
    )


def release(*, user_kind: str, user_id: UUID) -> None:
    """Write down that something needs no file any more."""
    FileUse.objects.filter(user_kind=user_kind, user_id=user_id).delete()


def open_seekable(path: str) -> BinaryIO:
    """The bytes at a path of the storage, to be read from anywhere in them; close it after use.

    None of it is held in memory: from a bucket, what is read is fetched piece by piece.
    """
    in_bucket: Callable[[str], BinaryIO] | None = getattr(default_storage, "open_ranges", None)
    if in_bucket is not None:
        return in_bucket(path)
    return cast(BinaryIO, default_storage.open(path, "rb").file)


class _TypedContent(ContentFile):  # type: ignore[type-arg]  # generic for mypy alone
    """Bytes that say what they are, for storages that keep this with them."""

    def __init__(self, content: bytes, content_type: str) -> None:
        self.content_type = content_type
        super().__init__(content)


class _TypedFile(File):  # type: ignore[type-arg]  # generic for mypy alone
    """A file of the caller's, which stays open, that says what it is."""

    def __init__(self, file: BinaryIO, content_type: str) -> None:
        self.content_type = content_type
        file.seek(0)
        super().__init__(file, name="")

    def close(self) -> None:
        """Leave it open: it is the caller's."""


def keep_bytes(path: str, content: bytes, *, content_type: str) -> None:
    """Write the bytes unless they are there; those that a crash cut off are written anew."""
    _keep(path, len(content), lambda: _TypedContent(content, content_type))


def _keep(path: str, size: int, content: Callable[[], File[Any]]) -> None:
    if default_storage.exists(path):
        if default_storage.size(path) == size:
            return
        default_storage.delete(path)
    kept_at = default_storage.save(path, content())
    if kept_at != path:  # somebody else wrote there, past the lock: the row must not name theirs
        raise FileExistsError(f"{path} was written meanwhile; ours is at {kept_at}.")
