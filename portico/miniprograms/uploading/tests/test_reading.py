"""Reading versions: lists, one version, its package."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from conftest import Cast
from portico.files.models import StoredFile
from portico.files.services import read
from portico.miniprograms.models import MiniProgram, Version
from portico.miniprograms.packages import read_index
from portico.miniprograms.uploading.queries import file_of_version
from tests.make import make_program
from tests.packages import APP_ID, make_manifest, make_package

API = f"/api/v1/mini-programs/{APP_ID}/versions"
PAGE = f"/console/programs/{APP_ID}/versions/"


@pytest.fixture
def thirty(program: MiniProgram) -> None:
    """Versions 1 to 30, which share one package, and one of another program."""
    other = make_program(program.workspace, "com.example.other")
    for of, codes in ((program, range(1, 31)), (other, [999])):
        Version.objects.bulk_create(
            Version(
                workspace=program.workspace,
                program=of,
                code=code,
                name=f"{code // 10}.{code % 10}",
                manifest={},
                package="a" * 64,
            )
            for code in codes
        )


def codes(answer: Any) -> list[int]:
    return [one["code"] for one in answer.json()["items"]]


def test_versions_are_listed_newest_first_page_by_page(thirty: None, developer: Client) -> None:
    first = developer.get(f"{API}?limit=20")
    second = developer.get(f"{API}?limit=20&cursor={first.json()['next']}")

    assert codes(first) == list(range(30, 10, -1))
    assert codes(second) == list(range(10, 0, -1))
    assert second.json()["next"] is None


@pytest.mark.parametrize(
    ("search", "found"),
    [("7", [7]), ("2.", list(range(29, 19, -1))), ("9" * 30, []), ("x%", []), ("\u0663", [])],
)
def test_a_search_finds_codes_and_beginnings_of_names(
    thirty: None, developer: Client, search: str, found: list[int]
) -> None:
    answer = developer.get(API, {"search": search})

    assert codes(answer) == found


def test_a_version_is_read_with_its_manifest(
    uploaded: Callable[..., Version], developer: Client
) -> None:
    uploaded(code=4)

    answer = developer.get(f"{API}/4")

    assert answer.status_code == 200
    assert answer.json()["manifest"]["version"] == {"code": 4, "name": "1.0.4"}
    assert answer.json()["uploaded_by"] is None


@pytest.mark.parametrize("code", [0, 5, 2**63, 10**30])
def test_a_code_that_is_not_there_is_not_found(
    uploaded: Callable[..., Version], developer: Client, page: Client, code: int
) -> None:
    uploaded(code=4)

    assert developer.get(f"{API}/{code}").status_code == 404
    assert page.get(f"{PAGE}{code}/").status_code == 404


def test_a_package_is_downloaded_as_it_was_uploaded(
    uploaded: Callable[..., Version], developer: Client, page: Client
) -> None:
    package = make_package(code=4)
    uploaded(code=4)

    for answer in (developer.get(f"{API}/4/package"), page.get(f"{PAGE}4/package/")):
        content = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
        answer.close()
        assert content == package
        assert answer.headers["Content-Disposition"] == f'attachment; filename="{APP_ID}-4.zip"'
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Type"] == "application/zip"
        assert answer.headers["Cache-Control"] == "private, no-store"
        assert int(answer.headers["Content-Length"]) == len(package)


def test_the_stored_package_is_opened_where_it_is_read(uploaded: Callable[..., Version]) -> None:
    version = uploaded(code=4)

    with file_of_version(version) as file:
        index = read_index(file)

    assert "pages/index/index.html" in index
    stored = StoredFile.objects.get(sha256=version.package)
    assert hashlib.sha256(read(stored)).hexdigest() == version.package


def test_the_list_shows_pages_and_finds_by_name(thirty: None, page: Client) -> None:
    first = page.get(PAGE).content.decode()
    older = page.get(f"{PAGE}?before=6").content.decode()
    found = page.get(f"{PAGE}?q=2.").content.decode()
    nothing = page.get(f"{PAGE}?q=zzz").content.decode()

    assert f'{PAGE}30/"' in first
    assert f'{PAGE}5/"' not in first
    assert "?before=6" in first
    assert f'{PAGE}5/"' in older
    assert f'{PAGE}6/"' not in older
    assert f'{PAGE}29/"' in found
    assert f'{PAGE}30/"' not in found
    assert "No version fits" in nothing


@pytest.mark.parametrize("path", [PAGE, API])
def test_a_long_list_takes_as_many_queries_as_a_short_one(
    cast: Cast, program: MiniProgram, page: Client, developer: Client, path: str
) -> None:
    client = page if path == PAGE else developer
    Version.objects.create(
        workspace=cast.acme, program=program, code=1, name="1", manifest={}, package="a" * 64
    )
    for _time in range(2):  # what a process remembers it then knows
        client.get(path)
    with CaptureQueriesContext(connection) as short:
        client.get(path)
    Version.objects.bulk_create(
        Version(
            workspace=cast.acme,
            program=program,
            code=code,
            name=str(code),
            manifest={},
            package="a" * 64,
            created_by_id=cast.developer.person_id,
        )
        for code in range(2, 20)
    )

    with CaptureQueriesContext(connection) as long:
        client.get(path)

    assert len(long) == len(short)


def test_the_page_of_a_version_shows_what_it_is(
    uploaded: Callable[..., Version], page: Client
) -> None:
    version = uploaded(code=4, files={"pages/more/extra.js": "let x;"})

    text = page.get(f"{PAGE}4/").content.decode()

    for part in (version.package, "1.0.4", "pages/more/extra.js", "pages/index/index", "Download"):
        assert part in text


def test_a_manifest_that_indenting_would_blow_up_is_shown_without(
    uploaded: Callable[..., Version], page: Client
) -> None:
    deep: list[object] = [0] * 50_000
    for _level in range(28):
        deep = [deep]
    uploaded(code=4, manifest=make_manifest(code=4) | {"x": deep})

    response = page.get(f"{PAGE}4/")

    assert response.status_code == 200
    assert len(response.content) < 512 * 1024


def test_the_files_of_a_version_are_searched(
    uploaded: Callable[..., Version], page: Client
) -> None:
    uploaded(code=4, files={"data/Prices.json": "{}"})

    found = page.get(f"{PAGE}4/?q=prices").content.decode()
    nothing = page.get(f"{PAGE}4/?q=zzz").content.decode()

    assert "data/Prices.json" in found
    assert "<code>app.js</code>" not in found
    assert "No file fits" in nothing


def test_the_page_says_where_the_package_was_lost(
    uploaded: Callable[..., Version], page: Client, settings: Any, tmp_path: Any
) -> None:
    uploaded(code=4)
    lost = {**settings.STORAGES["default"], "OPTIONS": {"location": str(tmp_path / "empty")}}
    settings.STORAGES = {**settings.STORAGES, "default": lost}

    answer = page.get(f"{PAGE}4/")

    assert answer.status_code == 200
    assert "The package is not in the storage" in answer.content.decode()


def test_an_empty_list_says_what_to_do(program: MiniProgram, page: Client) -> None:
    text = page.get(PAGE).content.decode()

    assert "No version yet" in text
    assert f"{PAGE}upload/" in text
