"""Files that are too large to hold in memory: stored from a file, read from anywhere in them."""

from __future__ import annotations

import hashlib
import os
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import BytesIO, RawIOBase
from typing import Any
from zipfile import ZipFile

import pytest
from django.core.files.storage import default_storage
from django.db import connection

from conftest import Cast, make_cast
from portico.files.bucket import Bucket
from portico.files.collection import LEFT_BEHIND, sweep
from portico.files.models import StoredFile, path_of
from portico.files.services import GRACE, keep_bytes, open_seekable, read, store, store_file
from portico.files.spool import spool_folder, spooled
from portico.workspaces.models import Workspace
from tests.make import AT
from tests.packages import make_package

ZIP = "application/zip"
CONTENT = bytes(range(256)) * 40


def stored(workspace: Workspace, content: bytes = CONTENT, **values: Any) -> StoredFile:
    """Store what is in a file."""
    return store_file(
        workspace,
        BytesIO(content),
        sha256=hashlib.sha256(content).hexdigest(),
        size=len(content),
        content_type=ZIP,
        at=AT,
        **values,
    )


def test_a_file_is_stored_as_bytes_are(acme: Workspace, anywhere: Bucket | None) -> None:
    one = stored(acme, name="tips.zip", purpose="version")

    assert (read(one), one.size, one.content_type) == (CONTENT, len(CONTENT), ZIP)
    assert (one.name, one.purposes, one.is_public) == ("tips.zip", ["version"], False)
    assert one.kept_until == AT + GRACE


def test_the_callers_file_stays_open(acme: Workspace, anywhere: Bucket | None) -> None:
    file = BytesIO(CONTENT)
    file.seek(100)

    one = store_file(acme, file, sha256="a" * 64, size=len(CONTENT), content_type=ZIP, at=AT)

    assert not file.closed
    assert read(one) == CONTENT


def test_bytes_that_are_there_are_not_copied_again(
    acme: Workspace, anywhere: Bucket | None
) -> None:
    first = store(acme, CONTENT, content_type=ZIP, at=AT)

    class Unread(BytesIO):
        def read(self, *_args: object) -> bytes:
            raise AssertionError("it was read")

    again = store_file(
        acme, Unread(CONTENT), sha256=first.sha256, size=first.size, content_type=ZIP, at=AT
    )

    assert again.id == first.id


def test_bytes_that_a_crash_cut_off_are_written_anew(
    acme: Workspace, anywhere: Bucket | None
) -> None:
    sha256 = hashlib.sha256(CONTENT).hexdigest()
    keep_bytes(path_of(acme.id, sha256), CONTENT[:50], content_type=ZIP)

    assert read(stored(acme)) == CONTENT


def test_a_file_is_read_from_anywhere_in_it(acme: Workspace, anywhere: Bucket | None) -> None:
    package = make_package(files={"data.bin": os.urandom(600_000)})
    one = stored(acme, package)

    with open_seekable(one.path) as file:
        file.seek(-10, os.SEEK_END)
        assert file.read() == package[-10:]
        file.seek(5)
        assert (file.read(7), file.tell()) == (package[5:12], 12)
        assert file.read(0) == b""
        assert ZipFile(file).testzip() is None
        file.seek(len(package) + 5)
        assert file.read(3) == b""
        with pytest.raises((ValueError, OSError)):
            file.seek(-1)


def test_a_file_that_is_not_there_is_said(acme: Workspace, anywhere: Bucket | None) -> None:
    with pytest.raises(FileNotFoundError):
        open_seekable(path_of(acme.id, "a" * 64)).read()


class Noise(RawIOBase):
    """A large file that takes no memory."""

    def __init__(self, size: int) -> None:
        self._size, self._at = size, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = 0) -> int:
        self._at = {0: 0, 1: self._at, 2: self._size}[whence] + offset
        return self._at

    def tell(self) -> int:
        return self._at

    def read(self, size: int = -1) -> bytes:
        count = min(size if size >= 0 else self._size, self._size - self._at)
        self._at += count
        return bytes(count)


def test_a_large_file_is_copied_in_little_memory(acme: Workspace, db: None) -> None:
    size = 12 * 1024 * 1024
    tracemalloc.start()
    try:
        store_file(
            acme,
            Noise(size),  # type: ignore[arg-type]  # as far as a file is needed here
            sha256="b" * 64,
            size=size,
            content_type=ZIP,
            at=AT,
        )
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert default_storage.size(path_of(acme.id, "b" * 64)) == size
    assert peak < 2 * 1024 * 1024


@pytest.mark.django_db(transaction=True)
def test_copying_holds_up_no_other_file_of_the_workspace() -> None:
    acme = make_cast().acme

    class Slow(BytesIO):
        """While it is read, somebody else stores another file."""

        def read(self, *args: Any) -> bytes:
            with ThreadPoolExecutor(1) as thread:
                others.append(thread.submit(_stored_elsewhere, acme).result(timeout=30))
            return super().read(*args)

    others: list[int] = []
    store_file(acme, Slow(CONTENT), sha256="c" * 64, size=len(CONTENT), content_type=ZIP, at=AT)

    assert others
    assert StoredFile.objects.filter(sha256="c" * 64).exists()


def _stored_elsewhere(workspace: Workspace) -> int:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '2s'")
        return store(workspace, b"another", content_type="text/plain", at=AT).size
    finally:
        connection.close()


def test_what_waits_on_disk_has_no_name() -> None:
    before = set(spool_folder().iterdir())

    with spooled() as file:
        file.write(b"secret")

        assert set(spool_folder().iterdir()) == before


def test_a_sweep_deletes_what_was_left_waiting(cast: Cast, settings: Any, tmp_path: Any) -> None:
    settings.DATA_DIR = tmp_path
    old, new = spool_folder() / "old", spool_folder() / "new"
    for path, age in ((old, LEFT_BEHIND + timedelta(seconds=1)), (new, timedelta(0))):
        path.write_bytes(b"x")
        os.utime(path, ((AT - age).timestamp(),) * 2)

    sweep(at=AT)

    assert [path.name for path in spool_folder().iterdir()] == ["new"]
