"""What the database holds to: versions never change, codes only grow, uploads may race."""

from __future__ import annotations

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from threading import Barrier

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client

from conftest import Cast, make_cast
from portico.audit.models import AuditEntry
from portico.audit.services import PLATFORM
from portico.files.models import FileUse, StoredFile
from portico.miniprograms.models import MiniProgram, Version
from portico.miniprograms.uploading.rules import CodeNotAbove, CodeUsedOtherwise, DigestDiffers
from portico.miniprograms.uploading.services import upload
from portico.outbox.models import Event
from portico.workspaces.models import Workspace
from tests.make import AT, make_program, make_token
from tests.packages import APP_ID, make_package

API = f"/api/v1/mini-programs/{APP_ID}/versions"


def test_a_version_cannot_be_changed(uploaded: Callable[..., Version]) -> None:
    version = uploaded()

    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        Version.objects.filter(id=version.id).update(name="2")


def test_a_version_cannot_be_deleted_by_itself(uploaded: Callable[..., Version]) -> None:
    version = uploaded()

    Version.objects.filter(id=version.id).delete()

    with pytest.raises(IntegrityError, match="with its workspace alone"):
        connection.check_constraints()

    transaction.set_rollback(True)


def test_a_version_goes_with_its_workspace(db: None) -> None:
    workspace = Workspace.objects.create(slug="leaving", name="Leaving")
    version = Version.objects.create(
        workspace=workspace,
        program=make_program(workspace),
        code=1,
        name="1",
        manifest={},
        package="a" * 64,
    )

    workspace.delete()
    connection.check_constraints()

    assert not Version.objects.filter(id=version.id).exists()


def test_versions_cannot_be_truncated(uploaded: Callable[..., Version]) -> None:
    uploaded()
    connection.check_constraints()  # now, for what is still to be checked is in the way

    with (
        connection.cursor() as cursor,
        pytest.raises(IntegrityError, match="append-only"),
        transaction.atomic(),
    ):
        cursor.execute("TRUNCATE miniprograms_version CASCADE")


def test_an_upload_that_fails_late_leaves_nothing_but_bytes_for_the_collector(
    program: MiniProgram, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database itself refuses the second version of a code, whatever was looked at before."""
    upload(program, BytesIO(make_package(code=2)), by=PLATFORM, at=AT)
    MiniProgram.objects.filter(id=program.id).update(highest_code=1)
    program.refresh_from_db()

    with pytest.raises(IntegrityError, match="a_version_code_is_used_once"), transaction.atomic():
        upload(program, BytesIO(make_package(code=2, files={"x.js": ""})), by=PLATFORM, at=AT)

    assert Version.objects.count() == 1
    assert AuditEntry.objects.filter(action="version.uploaded").count() == 1
    assert Event.objects.filter(name="version.uploaded").count() == 1
    assert FileUse.objects.filter(user_kind="version").count() == 1


def test_a_hash_that_was_told_is_checked(program: MiniProgram) -> None:
    with pytest.raises(DigestDiffers):
        upload(program, BytesIO(make_package()), sha256="0" * 64, by=PLATFORM, at=AT)


def test_a_file_that_was_uploaded_to_another_program_is_stored_once(
    program: MiniProgram, cast: Cast
) -> None:
    package = make_package()
    other = make_program(cast.zenith, APP_ID)

    for one in (program, other):
        upload(one, BytesIO(package), by=PLATFORM, at=AT)

    files = StoredFile.objects.filter(content_type="application/zip")
    assert {stored.workspace_id for stored in files} == {cast.acme.id, cast.zenith.id}


def race(packages: list[bytes]) -> list[str]:
    """Upload all of these at once; what came of each."""
    program = make_program(make_cast().acme, APP_ID)
    start = Barrier(len(packages))

    def uploads(package: bytes) -> str:
        try:
            start.wait(timeout=60)
            here = MiniProgram.objects.select_related("workspace").get(id=program.id)
            return str(upload(here, BytesIO(package), by=PLATFORM, at=AT).id)
        except (CodeUsedOtherwise, CodeNotAbove) as refusal:
            return refusal.code
        finally:
            connection.close()

    with ThreadPoolExecutor(len(packages)) as threads:
        return list(threads.map(uploads, packages))


@pytest.mark.django_db(transaction=True)
def test_the_same_package_by_eight_at_once_is_one_version() -> None:
    ends = race([make_package()] * 8)

    assert ends == [str(Version.objects.get().id)] * 8
    assert AuditEntry.objects.filter(action="version.uploaded").count() == 1


@pytest.mark.django_db(transaction=True)
def test_different_packages_of_one_code_at_once_are_one_version_and_refusals() -> None:
    ends = race([make_package(files={"app.js": f"let n = {number};"}) for number in range(8)])

    version = Version.objects.get()
    assert ends.count(str(version.id)) == 1
    assert ends.count("version_code_used") == 7


@pytest.mark.soak
@pytest.mark.django_db(transaction=True)
def test_a_hundred_parallel_uploads_of_one_version_are_one_version() -> None:
    """Through the API: the same answer for all who sent the same, a refusal for the others."""
    cast = make_cast()
    make_program(cast.acme, APP_ID, developer=cast.developer)
    secret = make_token(cast.developer)[1]
    same = make_package(files={"data.bin": random.Random(1).randbytes(1_000_000)})
    packages = [
        same if number % 4 else make_package(files={"n": str(number)}) for number in range(100)
    ]
    start = Barrier(20)

    def put(package: bytes) -> tuple[int, str]:
        try:
            start.wait(timeout=120)
            client = Client(
                headers={"host": "acme.localhost:8000", "authorization": f"Bearer {secret}"}
            )
            answer = client.put(API, package, content_type="application/zip")
            return answer.status_code, answer.content.decode()
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as threads:
        answers = list(threads.map(put, packages))

    assert Version.objects.count() == 1
    assert {status for status, _text in answers} <= {201, 409}
    assert len({text for status, text in answers if status == 201}) == 1
    refused = [text for status, text in answers if status == 409]
    assert all("version_code_used" in text and "above 1" in text for text in refused)
