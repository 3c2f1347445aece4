"""Keeping files: once per workspace, by content, for nobody else."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import IntegrityError, connection, transaction

from conftest import Cast
from portico.files.models import FileUse, StoredFile, path_of
from portico.files.services import (
    GRACE,
    NoSuchFile,
    file_of,
    files_of,
    read,
    release,
    store,
    use,
)
from portico.kernel.errors import NotFound
from portico.kernel.ids import new_id
from portico.workspaces.models import Workspace
from tests.make import AT

in_folder_and_bucket = pytest.mark.usefixtures("anywhere")

PNG = "image/png"


def kept(workspace: Workspace, content: bytes = b"content") -> StoredFile:
    return store(workspace, content, content_type=PNG, at=AT)


@in_folder_and_bucket
def test_a_file_is_named_by_the_hash_of_its_bytes(cast: Cast) -> None:
    stored = kept(cast.acme)

    assert stored.sha256 == hashlib.sha256(b"content").hexdigest()
    assert (stored.size, stored.kept_until) == (7, AT + GRACE)
    assert read(stored) == b"content"
    assert file_of(cast.acme, stored.sha256) == stored


@in_folder_and_bucket
def test_the_same_bytes_are_kept_once_and_their_time_begins_anew(cast: Cast) -> None:
    first = store(cast.acme, b"same", content_type=PNG, at=AT, name="first.png", purpose="logo")
    later = AT + timedelta(days=1)

    again = store(cast.acme, b"same", content_type=PNG, at=later, purpose="favicon", is_public=True)

    assert (again.id, again.name) == (first.id, "first.png")
    assert (again.purposes, again.is_public) == (["favicon", "logo"], True)
    assert again.kept_until == later + GRACE


def test_an_upload_before_the_last_one_shortens_nothing(cast: Cast) -> None:
    kept(cast.acme)

    again = store(cast.acme, b"content", content_type=PNG, at=AT - timedelta(days=1))

    assert again.kept_until == AT + GRACE


@in_folder_and_bucket
def test_two_workspaces_keep_the_same_bytes_apart(cast: Cast) -> None:
    ours, theirs = kept(cast.acme), kept(cast.zenith)

    assert ours.sha256 == theirs.sha256
    assert ours.path != theirs.path
    default_storage.delete(theirs.path)
    assert read(ours) == b"content"


def test_another_workspaces_file_is_not_found(cast: Cast) -> None:
    theirs = kept(cast.zenith)

    with pytest.raises(NotFound):
        file_of(cast.acme, theirs.sha256)
    assert files_of(cast.acme, [theirs.sha256]) == {}
    with pytest.raises(NoSuchFile):
        use(cast.acme, [theirs.sha256], user_kind="revision", user_id=new_id())
    assert not FileUse.objects.exists()


def test_a_long_name_is_cut_and_a_nameless_file_is_called_by_its_hash(cast: Cast) -> None:
    long = store(cast.acme, b"1", content_type=PNG, at=AT, name="x" * 1000)

    assert len(long.name) == 200
    assert str(kept(cast.acme)) == kept(cast.acme).sha256


def test_what_something_needs_is_what_it_named_last(cast: Cast) -> None:
    one, two = kept(cast.acme, b"one"), kept(cast.acme, b"two")
    needy = new_id()
    use(cast.acme, [one.sha256], user_kind="draft", user_id=needy)

    use(cast.acme, [two.sha256, two.sha256], user_kind="draft", user_id=needy)

    assert [one_use.file_id for one_use in FileUse.objects.all()] == [two.id]
    release(user_kind="draft", user_id=needy)
    assert not FileUse.objects.exists()


def test_naming_one_file_that_is_not_there_changes_nothing(cast: Cast) -> None:
    one, needy = kept(cast.acme), new_id()
    use(cast.acme, [one.sha256], user_kind="draft", user_id=needy)

    with pytest.raises(NoSuchFile, match="0000 in this workspace"):
        use(cast.acme, ["0" * 64], user_kind="draft", user_id=needy)

    assert FileUse.objects.get().file == one


def test_the_database_itself_refuses_to_forget_a_file_in_use(cast: Cast) -> None:
    stored = kept(cast.acme)
    use(cast.acme, [stored.sha256], user_kind="revision", user_id=new_id())

    with transaction.atomic():
        StoredFile.objects.filter(id=stored.id)._raw_delete("default")
        with pytest.raises(IntegrityError), transaction.atomic():
            connection.check_constraints()
        transaction.set_rollback(True)

    assert StoredFile.objects.get() == stored


@in_folder_and_bucket
@pytest.mark.parametrize("left", [b"", b"con"])
def test_bytes_that_a_crash_cut_off_are_written_anew(cast: Cast, left: bytes) -> None:
    sha256 = hashlib.sha256(b"content").hexdigest()
    default_storage.save(path_of(cast.acme.id, sha256), ContentFile(left))

    assert read(kept(cast.acme)) == b"content"


@in_folder_and_bucket
def test_bytes_that_are_there_already_are_taken_over(cast: Cast) -> None:
    stored = kept(cast.acme)
    written = default_storage.get_modified_time(stored.path)
    StoredFile.objects.all().delete()

    again = kept(cast.acme)

    assert read(again) == b"content"
    assert default_storage.get_modified_time(again.path) == written
