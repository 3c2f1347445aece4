"""The page on which a package is uploaded."""

from __future__ import annotations

import random
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from portico.kernel.clock import now
from portico.miniprograms.models import MiniProgram, Version
from tests.packages import APP_ID, make_package

PAGE = f"/console/programs/{APP_ID}/versions/upload/"


def post(page: Client, package: bytes, **headers: str) -> Any:
    """Send the form as a browser does."""
    file = SimpleUploadedFile("tips.zip", package, content_type="application/zip")
    return page.post(PAGE, {"package": file}, headers=headers)


def test_an_upload_leads_to_the_version(program: MiniProgram, page: Client) -> None:
    answer = post(page, make_package(code=2))

    assert answer.status_code == 302
    assert answer.headers["Location"] == f"/console/programs/{APP_ID}/versions/2/"
    assert Version.objects.get().code == 2
    assert "Version 1.0.2 (2) is there." in page.get(answer.headers["Location"]).content.decode()


def test_a_large_upload_is_taken_by_way_of_the_disk(program: MiniProgram, page: Client) -> None:
    package = make_package(files={"data/noise.bin": random.Random(1).randbytes(3 * 1024 * 1024)})

    answer = post(page, package)

    assert answer.status_code == 302
    assert Version.objects.get().packed == len(package)


def test_a_script_is_told_where_to_go(program: MiniProgram, page: Client) -> None:
    answer = post(page, make_package(code=2), **{"HX-Request": "true"})

    assert answer.status_code == 204
    assert answer.headers["HX-Redirect"] == f"/console/programs/{APP_ID}/versions/2/"


def test_the_same_package_leads_to_the_same_version(program: MiniProgram, page: Client) -> None:
    post(page, make_package(code=2))

    answer = post(page, make_package(code=2))

    assert "This was uploaded before" in page.get(answer.headers["Location"]).content.decode()
    assert Version.objects.count() == 1


def test_what_is_refused_is_listed_entry_by_entry(program: MiniProgram, page: Client) -> None:
    answer = post(page, make_package(files={"../up.js": "x", "a\\b.js": "y"}))

    text = answer.content.decode()
    assert answer.status_code == 422
    for part in ("../up.js", "parent_segment", "a\\b.js", "backslash", "2 things are wrong"):
        assert part in text
    assert not Version.objects.exists()


def test_a_script_is_given_the_form_alone(program: MiniProgram, page: Client) -> None:
    answer = post(page, b"no zip", **{"HX-Request": "true"})

    text = answer.content.decode()
    assert answer.status_code == 422
    assert "not_a_zip" in text
    assert "<html" not in text


def test_a_used_code_is_refused_with_the_highest(program: MiniProgram, page: Client) -> None:
    post(page, make_package(code=5))

    answer = post(page, make_package(code=4))

    assert answer.status_code == 409
    assert "above 5" in answer.content.decode()


def test_a_file_that_is_too_large_is_refused_at_its_field(
    program: MiniProgram, page: Client
) -> None:
    answer = post(page, bytes(20 * 1024 * 1024 + 1))

    assert answer.status_code == 422
    assert "larger than 20 MiB" in answer.content.decode()
    assert "Choose the ZIP" not in answer.content.decode()


def test_no_file_is_refused_at_its_field(program: MiniProgram, page: Client) -> None:
    answer = page.post(PAGE, {})

    assert answer.status_code == 422
    assert "Choose the ZIP of the package." in answer.content.decode()


def test_an_archived_program_offers_no_form(program: MiniProgram, page: Client) -> None:
    program.archived_at = now()
    program.save()

    shown = page.get(PAGE).content.decode()
    answer = post(page, make_package())

    assert 'type="file"' not in shown
    assert answer.status_code == 409
    assert not Version.objects.exists()
