"""What nothing needs goes, with its bytes; what something needs stays, whoever comes between."""

from __future__ import annotations

import os
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import OperationalError, connection, transaction

from conftest import Cast, make_cast
from portico.files import tasks
from portico.files.collection import LEFT_BEHIND, collect, sweep
from portico.files.models import FileUse, StoredFile, path_of
from portico.files.services import GRACE, NoSuchFile, read, release, store, use
from portico.files.storage import BucketStorage
from portico.kernel.ids import new_id
from portico.workspaces.models import Workspace
from tests.make import AT
from tests.peers.objects import age as age_in_bucket

in_folder_and_bucket = pytest.mark.usefixtures("anywhere")

LATER = AT + GRACE + timedelta(seconds=1)


@pytest.fixture
def acme(transactional_db: None) -> Workspace:
    return make_cast().acme


def kept(workspace: Workspace, content: bytes = b"content", *, at: datetime = AT) -> StoredFile:
    return store(workspace, content, content_type="image/png", at=at)


@in_folder_and_bucket
def test_an_unused_file_goes_after_its_grace_time_and_its_bytes_too(acme: Workspace) -> None:
    stored = kept(acme)

    early, late = collect(at=AT + GRACE), collect(at=LATER)

    assert (early, late) == (0, 1)
    assert not StoredFile.objects.exists()
    assert not default_storage.exists(stored.path)


def test_a_file_in_use_stays_until_it_is_released(acme: Workspace) -> None:
    stored, revision, draft = kept(acme), new_id(), new_id()
    with transaction.atomic():
        use(acme, [stored.sha256], user_kind="revision", user_id=revision)
        use(acme, [stored.sha256], user_kind="draft", user_id=draft)

    both = collect(at=LATER)
    release(user_kind="draft", user_id=draft)
    one = collect(at=LATER)
    release(user_kind="revision", user_id=revision)

    assert (both, one, collect(at=LATER)) == (0, 0, 1)


@in_folder_and_bucket
def test_a_file_can_be_uploaded_again_after_it_was_collected(acme: Workspace) -> None:
    first = kept(acme)
    collect(at=LATER)

    again = kept(acme, at=LATER)

    assert again.id != first.id
    assert read(again) == b"content"


def test_another_workspaces_copy_stays(acme: Workspace) -> None:
    theirs = kept(Workspace.objects.get(slug="zenith"), at=LATER)
    kept(acme)

    collect(at=LATER)

    assert read(theirs) == b"content"
    assert StoredFile.objects.get() == theirs


def test_a_collection_takes_the_longest_unused_first_and_no_more_than_its_limit(
    acme: Workspace,
) -> None:
    for number in range(5):
        kept(acme, bytes([number]), at=AT + timedelta(seconds=number))

    counts = [collect(at=LATER + timedelta(days=1), limit=2) for _time in range(4)]

    assert counts == [2, 2, 1, 0]


@in_folder_and_bucket
def test_a_collection_that_is_rolled_back_deletes_no_bytes(acme: Workspace) -> None:
    stored = kept(acme)

    with transaction.atomic():
        collect(at=LATER)
        transaction.set_rollback(True)

    assert read(stored) == b"content"
    assert StoredFile.objects.get() == stored


def test_a_file_that_is_just_being_used_is_left_alone(acme: Workspace) -> None:
    stored = kept(acme)
    collected: list[int] = []

    with transaction.atomic():
        use(acme, [stored.sha256], user_kind="revision", user_id=new_id())
        thread = threading.Thread(target=lambda: collected.append(_collect_and_close()))
        thread.start()
        thread.join(timeout=30)

    assert collected == [0]
    assert read(stored) == b"content"


def _collect_and_close() -> int:
    try:
        return collect(at=LATER)
    finally:
        connection.close()


def test_using_and_collecting_at_once_never_leaves_a_use_without_its_file(
    acme: Workspace,
) -> None:
    """Either the user is told to upload again, or the file stays; and nothing breaks."""

    def used(sha256: str, start: threading.Barrier) -> bool:
        try:
            start.wait(timeout=30)
            with transaction.atomic():
                use(acme, [sha256], user_kind="revision", user_id=new_id())
        except NoSuchFile:
            return False
        finally:
            connection.close()
        return True

    def collected(start: threading.Barrier) -> int:
        start.wait(timeout=30)
        return _collect_and_close()

    with ThreadPoolExecutor(4) as threads:
        for number in range(30):
            stored = kept(acme, f"round {number}".encode())
            start = threading.Barrier(4)
            uses = [threads.submit(used, stored.sha256, start) for _user in range(2)]
            gone = [threads.submit(collected, start) for _collector in range(2)]
            count = sum(collector.result() for collector in gone)
            there = [user.result() for user in uses]

            assert count == (0 if any(there) else 1)
            assert FileUse.objects.filter(file=stored.id).count() == sum(there)
            assert default_storage.exists(stored.path) == any(there)


@in_folder_and_bucket
def test_storing_and_collecting_at_once_never_leaves_a_file_without_its_bytes(
    acme: Workspace,
) -> None:
    def stored_again(start: threading.Barrier) -> StoredFile:
        try:
            start.wait(timeout=30)
            return kept(acme, at=LATER)
        finally:
            connection.close()

    def collected(start: threading.Barrier) -> int:
        start.wait(timeout=30)
        return _collect_and_close()

    with ThreadPoolExecutor(4) as threads:
        for _round in range(15):
            StoredFile.objects.all().delete()
            kept(acme)
            start = threading.Barrier(4)
            collectors = [threads.submit(collected, start) for _collector in range(2)]
            storers = [threads.submit(stored_again, start) for _storer in range(2)]
            for collector in collectors:
                collector.result()
            for storer in storers:
                storer.result()

            assert read(StoredFile.objects.get()) == b"content"


@in_folder_and_bucket
def test_bytes_are_not_deleted_once_they_are_stored_again(acme: Workspace) -> None:
    """The row is collected, the same bytes are stored, and only then would the bytes be deleted."""
    stored = kept(acme)

    with transaction.atomic():
        collect(at=LATER)
        again = kept(acme, at=LATER)

    assert again.id != stored.id
    assert read(again) == b"content"


def test_a_sweep_waits_for_whoever_is_storing(acme: Workspace) -> None:
    """Bytes that are stored and whose row is not committed yet look like bytes without a row."""

    def impatient_sweep() -> int:
        try:
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = '50ms'")
            return sweep(at=AT)
        finally:
            connection.close()

    with transaction.atomic():
        stored = kept(acme)
        age(stored.path, timedelta(days=30))
        with ThreadPoolExecutor(1) as thread, pytest.raises(OperationalError, match="lock timeout"):
            thread.submit(impatient_sweep).result()

    assert sweep(at=AT) == 0
    assert read(stored) == b"content"


def age(path: str, by: timedelta) -> None:
    """Have the storage believe that these bytes are older."""
    if isinstance(default_storage, BucketStorage):
        age_in_bucket(default_storage.of, path, then=AT - by)
        return
    then = (AT - by).timestamp()
    os.utime(Path(default_storage.path(path)), (then, then))


@in_folder_and_bucket
def test_a_crash_before_the_commit_leaves_bytes_that_are_swept_a_day_later(
    acme: Workspace,
) -> None:
    with transaction.atomic():
        stored = kept(acme)
        transaction.set_rollback(True)
    age(stored.path, timedelta())

    too_early = sweep(at=AT + LEFT_BEHIND)
    swept = sweep(at=AT + LEFT_BEHIND + timedelta(seconds=1))

    assert not StoredFile.objects.exists()
    assert (too_early, swept) == (0, 1)
    assert not default_storage.exists(stored.path)


@in_folder_and_bucket
def test_a_sweep_keeps_what_has_a_row_and_what_is_not_ours(acme: Workspace) -> None:
    stored = kept(acme)
    theirs = default_storage.save("backup/ab/notes.txt", ContentFile(b"somebody else's"))
    gone_workspace = default_storage.save(path_of(new_id(), "a" * 64), ContentFile(b"x"))
    for path in (stored.path, theirs, gone_workspace):
        age(path, timedelta(days=30))

    assert sweep(at=AT) == 1
    assert read(stored) == b"content"
    assert default_storage.exists(theirs)
    assert not default_storage.exists(gone_workspace)


@in_folder_and_bucket
def test_the_tasks_collect_and_sweep(acme: Workspace) -> None:
    long_ago = datetime(2020, 1, 1, tzinfo=UTC)
    unused, left = kept(acme, b"unused", at=long_ago), path_of(acme.id, "a" * 64)
    default_storage.save(left, ContentFile(b"left"))
    age(left, AT - long_ago)

    tasks.collect(timestamp=0)
    tasks.sweep(timestamp=0)

    assert not StoredFile.objects.exists()
    assert not default_storage.exists(unused.path)
    assert not default_storage.exists(left)


@in_folder_and_bucket
def test_there_may_be_nothing_to_sweep_yet(cast: Cast) -> None:
    assert sweep(at=AT) == 0
