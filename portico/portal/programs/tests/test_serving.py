"""Files of a live version, straight from its stored package."""

from __future__ import annotations

import gzip
import random
import zlib

import pytest
from django.core.files.storage import default_storage
from django.test import Client
from pytest_django.fixtures import DjangoAssertNumQueries

from portico.files.models import path_of
from portico.portal.programs.tests.conftest import Release, body_of, fetch, host_of

TEXT = "".join(f"line {number}\n" for number in range(5000))
NOISE = random.Random(1).randbytes(700_000)  # hard to compress
FILES: dict[str, bytes | str] = {
    "common/long.txt": TEXT,
    "common/noise.bin": NOISE,
    "common/größe 1.json": '{"a": 1}',
    "common/module.mjs": "export const one = 1;",
    "common/font.woff2": b"wOF2",
    "common/picture.svg": "<svg xmlns='http://www.w3.org/2000/svg'/>",
    "other.html": "<p>Not declared</p>",
}


@pytest.mark.parametrize(
    ("name", "media_type"),
    [
        ("common/long.txt", "text/plain; charset=utf-8"),
        ("common/module.mjs", "text/javascript; charset=utf-8"),
        ("app.css", "text/css; charset=utf-8"),
        ("common/icon.png", "image/png"),
        ("common/font.woff2", "font/woff2"),
        ("common/picture.svg", "image/svg+xml; charset=utf-8"),
        ("common/noise.bin", "application/octet-stream"),
        ("manifest.json", "application/json; charset=utf-8"),
        ("common/gr%C3%B6%C3%9Fe%201.json", "application/json; charset=utf-8"),
    ],
)
def test_a_file_is_served_with_its_type_and_for_ever(
    release: Release, name: str, media_type: str
) -> None:
    version = release(FILES)

    answer = fetch(version, f"/{name}")

    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == media_type
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert int(answer.headers["Content-Length"]) == len(body_of(answer))


@pytest.mark.parametrize("name", ["common/long.txt", "common/noise.bin"])
def test_who_takes_gzip_gets_what_lies_there_and_others_get_it_inflated(
    release: Release, name: str
) -> None:
    version = release(FILES)
    file = FILES[name]
    content = file.encode() if isinstance(file, str) else file

    zipped = fetch(version, f"/{name}", accept_encoding="br, gzip;q=0.8, *;q=0.1")
    plain = fetch(version, f"/{name}", accept_encoding="gzip;q=0, br")

    assert zipped.headers["Content-Encoding"] == "gzip"
    packed = body_of(zipped)
    assert gzip.decompress(packed) == content
    assert len(packed) == int(zipped.headers["Content-Length"])
    assert "Content-Encoding" not in plain.headers
    assert body_of(plain) == content
    assert zipped.headers["ETag"] != plain.headers["ETag"]


def test_a_stored_entry_is_sent_as_it_is(release: Release) -> None:
    version = release({"common/stored.bin": NOISE}, stored=("common/stored.bin",))

    answer = fetch(version, "/common/stored.bin", accept_encoding="gzip")

    assert "Content-Encoding" not in answer.headers
    assert body_of(answer) == NOISE
    part = fetch(version, "/common/stored.bin", range="bytes=600000-600009")
    assert body_of(part) == NOISE[600_000:600_010]


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=10-19", 10, 20),
        ("bytes=699990-", 699_990, 700_000),
        ("bytes=-10", 699_990, 700_000),
        ("bytes=699990-9999999", 699_990, 700_000),
        ("bytes=-9999999", 0, 700_000),
        ("BYTES=300000-600000", 300_000, 600_001),
    ],
)
def test_a_part_of_a_file_can_be_had(release: Release, asked: str, start: int, end: int) -> None:
    version = release(FILES)

    answer = fetch(version, "/common/noise.bin", range=asked, accept_encoding="gzip")

    assert answer.status_code == 206
    assert answer.headers["Content-Range"] == f"bytes {start}-{end - 1}/700000"
    assert answer.headers["Content-Length"] == str(end - start)
    assert body_of(answer) == NOISE[start:end]


@pytest.mark.parametrize("asked", ["bytes=0-1,5-6", "bytes=", "bytes=-", "lines=0-1", "bytes=5-2"])
def test_what_is_no_single_range_is_answered_with_all(release: Release, asked: str) -> None:
    answer = fetch(release(FILES), "/common/noise.bin", range=asked)

    assert answer.status_code == 200
    assert body_of(answer) == NOISE


@pytest.mark.parametrize("asked", ["bytes=700000-", "bytes=700000-700001", "bytes=-0"])
def test_a_part_beyond_the_end_cannot_be_had(release: Release, asked: str) -> None:
    answer = fetch(release(FILES), "/common/noise.bin", range=asked)

    assert answer.status_code == 416
    assert answer.headers["Content-Range"] == "bytes */700000"


def test_a_part_of_what_has_changed_is_all_of_it(release: Release) -> None:
    version = release(FILES)
    etag = fetch(version, "/common/noise.bin").headers["ETag"]

    same = fetch(version, "/common/noise.bin", range="bytes=0-9", if_range=etag)
    other = fetch(version, "/common/noise.bin", range="bytes=0-9", if_range='"other"')

    assert (same.status_code, other.status_code) == (206, 200)


def test_what_a_browser_has_is_not_sent_again(release: Release) -> None:
    version = release(FILES)
    first = fetch(version, "/app.css", accept_encoding="gzip")

    again = fetch(
        version, "/app.css", accept_encoding="gzip", if_none_match=f'"x", {first.headers["ETag"]}'
    )
    inflated = fetch(version, "/app.css", if_none_match=first.headers["ETag"])

    assert (again.status_code, body_of(again)) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    assert again.headers["Content-Security-Policy"] == first.headers["Content-Security-Policy"]
    assert inflated.status_code == 200


def test_the_same_file_of_another_package_has_another_etag(release: Release) -> None:
    one = fetch(release({"a.txt": "a"}), "/app.css").headers["ETag"]
    other = fetch(release({"a.txt": "b"}), "/app.css").headers["ETag"]

    assert one != other


@pytest.mark.parametrize("name", ["common/long.txt", "pages/index/index.html", "common/noise.bin"])
@pytest.mark.parametrize("encoding", ["gzip", "identity"])
def test_head_says_what_get_would_and_sends_nothing(
    release: Release, name: str, encoding: str
) -> None:
    version = release(FILES)

    whole = fetch(version, f"/{name}", accept_encoding=encoding)
    head = fetch(version, f"/{name}", method="head", accept_encoding=encoding)

    assert body_of(head) == b""
    assert dict(head.headers) == dict(whole.headers)


@pytest.mark.parametrize("encoding", ["gzip", "identity"])
def test_a_package_that_cannot_be_read_is_known_before_the_answer_begins(
    release: Release, encoding: str
) -> None:
    version = release(FILES)
    fetch(version, "/app.css")  # what is in it is remembered
    default_storage.delete(path_of(version.workspace_id, version.package))

    client = Client(headers={"host": host_of(version)}, raise_request_exception=False)
    answer = client.get("/common/noise.bin", headers={"accept-encoding": encoding})

    assert answer.status_code == 500
    assert b"This is our fault" in answer.content


def test_a_file_costs_one_query_each_time(
    release: Release, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    version = release(FILES)

    for name in ("/common/long.txt", "/pages/index/index.html", "/.portico/runtime.js", "/nothing"):
        for _time in range(2):
            with django_assert_num_queries(1):
                body_of(fetch(version, name))


def test_a_frame_of_gzip_holds_for_every_reader(release: Release) -> None:
    packed = body_of(fetch(release(FILES), "/common/long.txt", accept_encoding="gzip"))

    reader = zlib.decompressobj(31)  # checks length and checksum, too
    assert reader.decompress(packed).decode() == TEXT
    assert reader.eof
    assert not reader.unused_data
