"""Uploading a package by the API: what is taken, and what is said where it is not."""

from __future__ import annotations

import base64
import hashlib
from io import BytesIO
from typing import Any

import pytest
from django.test import Client

from conftest import Cast
from portico.audit.models import AuditEntry
from portico.files.models import FileUse, StoredFile
from portico.files.services import read
from portico.kernel.clock import now
from portico.miniprograms.models import Kind, MiniProgram, Version
from portico.outbox.models import Event
from tests.packages import APP_ID, make_package

PATH = f"/api/v1/mini-programs/{APP_ID}/versions"


def put(client: Client, package: bytes, *, path: str = PATH, **headers: str) -> Any:
    """Send a package."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return client.put(path, package, content_type="application/zip", headers=named)


def base64_of(package: bytes) -> str:
    return base64.b64encode(hashlib.sha256(package).digest()).decode()


def chunked(client: Client, package: bytes) -> Any:
    """Send a package without saying how long it is."""
    environ: dict[str, Any] = {"wsgi.input": BytesIO(package), "wsgi.input_terminated": True}
    return client.put(PATH, b"", CONTENT_TYPE="application/zip", CONTENT_LENGTH="", **environ)


def test_a_package_becomes_a_version(program: MiniProgram, developer: Client, cast: Cast) -> None:
    package = make_package(code=7)

    answer = put(developer, package)

    assert answer.status_code == 201
    said = answer.json()
    assert said["code"] == 7
    assert said["name"] == "1.0.7"
    assert said["sha256"] == hashlib.sha256(package).hexdigest()
    assert said["packed"] == len(package)
    assert said["uploaded_by"] == cast.developer.person.name
    assert answer.headers["Location"] == f"{PATH}/7"
    version = Version.objects.get()
    stored = StoredFile.objects.get(workspace=cast.acme, sha256=version.package)
    assert read(stored) == package
    assert not stored.is_public
    assert FileUse.objects.get(file=stored).user_id == version.id
    program.refresh_from_db()
    assert program.highest_code == 7


def test_an_upload_is_recorded_and_told_with_the_version(
    program: MiniProgram, developer: Client
) -> None:
    put(developer, make_package(code=2))

    version = Version.objects.get()
    entry = AuditEntry.objects.get(action="version.uploaded")
    assert entry.subject_id == str(version.id)
    assert entry.subject_label == f"{APP_ID} 1.0.2 (2)"
    event = Event.objects.get(name="version.uploaded")
    assert event.payload == {
        "version": str(version.id),
        "app_id": APP_ID,
        "code": 2,
        "name": "1.0.2",
    }


def test_the_same_package_again_is_answered_alike_and_makes_nothing(
    program: MiniProgram, developer: Client
) -> None:
    first = put(developer, make_package(code=3))

    second = put(developer, make_package(code=3))

    assert (second.status_code, second.json()) == (201, first.json())
    assert Version.objects.count() == 1
    assert AuditEntry.objects.filter(action="version.uploaded").count() == 1


def test_another_package_of_a_used_code_is_refused_with_the_highest_code(
    program: MiniProgram, developer: Client
) -> None:
    put(developer, make_package(code=3))

    answer = put(developer, make_package(code=3, files={"app.js": "let other = 1;"}))

    assert answer.status_code == 409
    assert answer.json()["code"] == "version_code_used"
    assert "above 3" in answer.json()["detail"]
    assert Version.objects.count() == 1


def test_a_lower_code_is_refused_with_the_highest_code(
    program: MiniProgram, developer: Client
) -> None:
    put(developer, make_package(code=30))

    answer = put(developer, make_package(code=29))

    assert answer.status_code == 409
    assert answer.json()["code"] == "version_code_not_above"
    assert "version.code is 29" in answer.json()["detail"]
    assert "above 30" in answer.json()["detail"]
    assert StoredFile.objects.filter(content_type="application/zip").count() == 1


def test_a_package_of_another_program_is_refused(program: MiniProgram, developer: Client) -> None:
    answer = put(developer, make_package("com.example.other"))

    assert answer.status_code == 422
    assert answer.json()["code"] == "app_id_differs"
    assert "com.example.other" in answer.json()["detail"]
    assert not Version.objects.exists()


def test_each_problem_of_a_package_is_named_by_entry_and_rule(
    program: MiniProgram, developer: Client
) -> None:
    package = make_package(files={"pages\\bad.html": "x", "a//b.js": "x"})

    answer = put(developer, package)

    assert answer.status_code == 422
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == "package_refused"
    found = {(one["field"], one["code"]) for one in answer.json()["errors"]}
    assert ("pages\\bad.html", "backslash") in found
    assert ("a//b.js", "empty_segment") in found
    assert all(one["detail"] for one in answer.json()["errors"])
    assert not StoredFile.objects.filter(content_type="application/zip").exists()


def test_a_body_that_is_no_zip_is_refused(program: MiniProgram, developer: Client) -> None:
    answer = put(developer, b"hello")

    assert answer.status_code == 422
    assert [one["code"] for one in answer.json()["errors"]] == ["not_a_zip"]


def test_an_empty_body_is_refused(program: MiniProgram, developer: Client) -> None:
    answer = developer.put(PATH, b"", CONTENT_TYPE="application/zip")

    assert (answer.status_code, answer.json()["code"]) == (422, "no_package")


def test_another_kind_of_body_is_refused(program: MiniProgram, developer: Client) -> None:
    answer = developer.put(PATH, b"x", content_type="text/plain")

    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")
    assert "application/zip" in answer.json()["detail"]


def test_a_body_without_a_length_is_read_to_its_end(
    program: MiniProgram, developer: Client
) -> None:
    package = make_package()

    answer = chunked(developer, package)

    assert answer.status_code == 201
    assert answer.json()["sha256"] == hashlib.sha256(package).hexdigest()


def test_a_body_that_is_too_large_is_refused_whatever_it_says(
    program: MiniProgram, developer: Client
) -> None:
    large = bytes(20 * 1024 * 1024 + 1)

    told = put(developer, large)
    untold = chunked(developer, large)

    for answer in (told, untold):
        assert answer.status_code == 413
        assert answer.json()["code"] == "package_too_large"
        assert "20 MiB" in answer.json()["detail"]


def test_a_body_that_ends_before_its_announced_length_is_refused(
    program: MiniProgram, developer: Client
) -> None:
    package = make_package()
    shorter: dict[str, Any] = {"wsgi.input": BytesIO(package)}

    answer = developer.put(
        PATH,
        package,
        content_type="application/zip",
        CONTENT_LENGTH=str(len(package) + 10),
        **shorter,
    )

    assert (answer.status_code, answer.json()["code"]) == (400, "package_cut_off")
    assert not Version.objects.exists()


@pytest.mark.parametrize("header", ["Content-Digest", "Digest"])
def test_a_digest_that_fits_is_no_matter(
    program: MiniProgram, developer: Client, header: str
) -> None:
    package = make_package()
    value = base64_of(package)
    text = f"md5=x, sha-256=:{value}:" if header == "Content-Digest" else f"SHA-256={value},md5=x"

    answer = put(developer, package, **{header: text})

    assert answer.status_code == 201


@pytest.mark.parametrize("header", ["Content-Digest", "Digest"])
def test_a_digest_of_something_else_is_refused_and_nothing_kept(
    program: MiniProgram, developer: Client, header: str
) -> None:
    value = base64_of(b"other")
    text = f"sha-256=:{value}:" if header == "Content-Digest" else f"sha-256={value}"

    answer = put(developer, make_package(), **{header: text})

    assert (answer.status_code, answer.json()["code"]) == (422, "digest_differs")
    assert not Version.objects.exists()
    assert not StoredFile.objects.filter(content_type="application/zip").exists()


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Digest": "sha-256=abc"},
        {"Content-Digest": "sha-256=:YWJj:"},
        {"Digest": "sha-256=???"},
        {"Digest": "sha-256"},
    ],
    ids=str,
)
def test_a_digest_that_cannot_be_read_is_refused(
    program: MiniProgram, developer: Client, headers: dict[str, str]
) -> None:
    answer = put(developer, make_package(), **headers)

    assert (answer.status_code, answer.json()["code"]) == (422, "digest_unreadable")


def test_an_archived_program_takes_no_version(program: MiniProgram, developer: Client) -> None:
    program.archived_at = now()
    program.save()

    answer = put(developer, make_package())

    assert (answer.status_code, answer.json()["code"]) == (409, "program_archived")


def test_a_hosted_program_takes_no_package(program: MiniProgram, developer: Client) -> None:
    program.kind = Kind.HOSTED
    program.save()

    answer = put(developer, make_package())

    assert (answer.status_code, answer.json()["code"]) == (409, "program_is_hosted")
