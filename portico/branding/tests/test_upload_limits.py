"""Uploads that are too large are refused while they stream in, and the rest of the form lives."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpResponse
from django.test import Client

from conftest import Cast
from portico.basic_settings.models import SettingsRevision
from portico.branding.tests.uploads import EDIT, icon
from portico.files.models import StoredFile
from portico.files.uploads import MAX_BODY, MAX_FILE
from portico.legal.rules.isolation import MOST_BYTES

MIB = 1024 * 1024
MEGABYTE = b"\x89PNG" * (MIB // 4)
BOUNDARY = "----form-boundary"
FORM = {
    "CONTENT_TYPE": f"multipart/form-data; boundary={BOUNDARY}",
    "REQUEST_METHOD": "POST",
    "wsgi.multithread": True,
}


class Counting(FileUploadHandler):
    """Stands behind ours and counts what comes through."""

    received = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:  # noqa: ARG002
        Counting.received += len(raw_data)
        return raw_data

    def file_complete(self, file_size: int) -> None:  # noqa: ARG002
        return


class Body(io.RawIOBase):
    """A request's body that is made while it is read."""

    def __init__(self, parts: Iterator[bytes]) -> None:
        self.parts = parts
        self.rest = b""
        self.sent = 0

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        while len(self.rest) < size or size < 0:
            part = next(self.parts, None)
            if part is None:
                break
            self.rest += part
        size = len(self.rest) if size < 0 else size
        read, self.rest = self.rest[:size], self.rest[size:]
        self.sent += len(read)
        return read


def field(name: str, value: str) -> bytes:
    return (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
    ).encode()


def file(name: str, *content: bytes) -> Iterator[bytes]:
    yield (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"; filename="big.png"\r\n'
        "Content-Type: image/png\r\n\r\n"
    ).encode()
    yield from content
    yield b"\r\n"


def sent(
    client: Client, address: str, parts: Callable[[], Iterator[bytes]]
) -> tuple[HttpResponse, Body]:
    """Send these parts as a form, streaming."""
    length = sum(map(len, parts()))
    body = Body(parts())
    environ: dict[str, Any] = {
        **FORM,
        "PATH_INFO": address,
        "CONTENT_LENGTH": str(length),
        "HTTP_HOST": "acme.localhost:8000",
        "wsgi.input": body,
    }
    if authorization := client.defaults.get("HTTP_AUTHORIZATION"):
        environ["HTTP_AUTHORIZATION"] = authorization
    answer: Any = client.request(**environ)
    return answer, body


@pytest.fixture(autouse=True)
def _counting(settings: Any, tmp_path: Path) -> None:
    """Count what passes our handler, and keep temporary files where they can be seen."""
    ours, *others = settings.FILE_UPLOAD_HANDLERS
    settings.FILE_UPLOAD_HANDLERS = [ours, f"{__name__}.Counting", *others]
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    Counting.received = 0


def test_50_megabytes_are_dropped_while_they_stream_in_and_the_form_keeps_the_rest(
    cast: Cast, browse: Callable[..., Client], tmp_path: Path
) -> None:
    def parts() -> Iterator[bytes]:
        yield field("based_on", "0")
        yield field("reason", "Before the file")
        yield from file("logo", *[MEGABYTE] * 50)
        yield field("brand_color", "#0b6e4f")
        yield f"--{BOUNDARY}--\r\n".encode()

    answer, body = sent(browse(cast.acme, cast.admin), EDIT, parts)

    assert body.sent > 50 * MIB  # read to its end, so that the fields after the file are known
    assert Counting.received <= MAX_FILE
    assert not list(tmp_path.glob("*.upload*"))
    assert answer.status_code == 422
    assert "This file has more than 2 MiB; at most 1 MiB are accepted." in answer.text
    assert 'value="#0b6e4f"' in answer.text
    assert 'value="Before the file"' in answer.text
    assert not SettingsRevision.objects.exists()
    assert not StoredFile.objects.filter(purposes__contains=["logo"]).exists()


def test_two_large_files_are_both_refused_and_a_small_one_is_kept(
    cast: Cast, browse: Callable[..., Client]
) -> None:
    def parts() -> Iterator[bytes]:
        yield from file("logo", *[MEGABYTE] * 4)
        yield from file("favicon", icon())
        yield from file("dark_logo", *[MEGABYTE] * 4)
        yield f"--{BOUNDARY}--\r\n".encode()

    answer, _body = sent(browse(cast.acme, cast.admin), EDIT, parts)

    assert answer.status_code == 422
    assert answer.text.count("This file has more than 2 MiB") >= 2
    assert StoredFile.objects.filter(purposes=["favicon"]).count() == 1


def test_the_api_answers_413_with_the_limit(
    cast: Cast, call: Callable[..., Client], tmp_path: Path
) -> None:
    def parts() -> Iterator[bytes]:
        yield from file("file", *[MEGABYTE] * 50)
        yield field("purpose", "logo")
        yield f"--{BOUNDARY}--\r\n".encode()

    answer, _body = sent(call(cast.acme, cast.admin), "/api/v1/files", parts)

    assert answer.status_code == 413
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert b"upload_too_large" in answer.content
    assert b"larger than 10 MiB" in answer.content  # as large as a legal document may be
    assert Counting.received <= MOST_BYTES
    assert not list(tmp_path.glob("*.upload*"))
    assert not StoredFile.objects.exists()


@pytest.mark.parametrize("address", [EDIT, "/api/v1/files"])
def test_a_body_that_declares_more_than_any_form_has_is_not_read_at_all(
    cast: Cast, browse: Callable[..., Client], call: Callable[..., Client], address: str
) -> None:
    client = (browse if address == EDIT else call)(cast.acme, cast.admin)

    def parts() -> Iterator[bytes]:
        yield from file("logo", *[MEGABYTE] * (MAX_BODY // MIB + 1))

    answer, body = sent(client, address, parts)

    assert answer.status_code in {400, 413}
    assert body.sent == 0
    assert Counting.received == 0


def test_a_file_of_just_the_most_that_streams_in_is_judged_by_its_purpose(
    cast: Cast, browse: Callable[..., Client]
) -> None:
    def parts() -> Iterator[bytes]:
        yield from file("logo", MEGABYTE, MEGABYTE)
        yield f"--{BOUNDARY}--\r\n".encode()

    answer, _body = sent(browse(cast.acme, cast.admin), EDIT, parts)

    assert Counting.received == MAX_FILE
    assert answer.status_code == 422
    assert "This file has 2 MiB; at most 1 MiB are accepted." in answer.text


def test_a_body_that_ends_too_early_is_no_accident_for_the_process(
    cast: Cast, browse: Callable[..., Client]
) -> None:
    client = browse(cast.acme, cast.admin)

    def parts() -> Iterator[bytes]:
        yield b"".join(file("logo", icon()))[:200]

    answer, _body = sent(client, EDIT, parts)

    assert answer.status_code < 500
    assert client.get("/settings/tenant/").status_code == 200


def test_a_visitor_cannot_make_the_server_take_in_files(
    cast: Cast, browse: Callable[..., Client]
) -> None:
    def parts() -> Iterator[bytes]:
        yield from file("logo", icon())
        yield f"--{BOUNDARY}--\r\n".encode()

    answer, _body = sent(browse(cast.acme), EDIT, parts)

    assert answer.status_code == 302
    assert not StoredFile.objects.filter(purposes__contains=["logo"]).exists()
