"""Who may upload, see and download versions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from conftest import Cast
from portico.kernel.permissions import Permission
from portico.miniprograms.models import MiniProgram, Version
from portico.workspaces.models import Membership
from tests.make import make_token
from tests.packages import APP_ID, make_package

API = f"/api/v1/mini-programs/{APP_ID}/versions"
PAGE = f"/console/programs/{APP_ID}/versions/"
CODES = {"admin": 201, "developer": 201, "reviewer": 403, "operator": 403, "inspector": 403}


@pytest.fixture
def everybody(cast: Cast, program: MiniProgram) -> dict[str, Membership]:
    """The members of acme, each assigned to the program who can be."""
    program.members.create(membership=cast.operator, role="developer")
    return cast.members()


def put(client: Client, package: bytes) -> Any:
    return client.put(API, package, content_type="application/zip")


@pytest.mark.parametrize(("role", "status"), CODES.items())
def test_an_upload_needs_the_right(
    everybody: dict[str, Membership],
    cast: Cast,
    call: Callable[..., Client],
    role: str,
    status: int,
) -> None:
    answer = put(call(cast.acme, everybody[role]), make_package())

    assert answer.status_code == status
    assert Version.objects.exists() == (status == 201)


def test_a_token_without_the_permission_uploads_nothing(cast: Cast, program: MiniProgram) -> None:
    secret = make_token(cast.developer, Permission.PROGRAMS_READ)[1]
    headers = {"host": "acme.localhost:8000", "authorization": f"Bearer {secret}"}

    answer = put(Client(headers=headers), make_package())

    assert (answer.status_code, answer.json()["code"]) == (403, "token_lacks_permission")


def test_a_developer_who_is_not_assigned_finds_nothing(
    cast: Cast, program: MiniProgram, uploaded: Callable[..., Version], call: Callable[..., Client]
) -> None:
    uploaded()
    program.members.all().delete()
    stranger = call(cast.acme, cast.developer)

    answers = [
        put(stranger, make_package(code=2)),
        stranger.get(API),
        stranger.get(f"{API}/1"),
        stranger.get(f"{API}/1/package"),
    ]

    assert [answer.status_code for answer in answers] == [404] * 4


def test_a_member_of_another_workspace_finds_nothing(
    cast: Cast, uploaded: Callable[..., Version], call: Callable[..., Client]
) -> None:
    uploaded()
    outsider = call(cast.zenith, cast.outsider)

    answers = [
        put(outsider, make_package(code=2)),
        outsider.get(API),
        outsider.get(f"{API}/1"),
        outsider.get(f"{API}/1/package"),
    ]

    assert [answer.status_code for answer in answers] == [404] * 4
    assert Version.objects.count() == 1


@pytest.mark.parametrize("role", ["reviewer", "operator", "inspector"])
def test_who_may_not_upload_sees_versions_and_downloads_none(
    everybody: dict[str, Membership],
    cast: Cast,
    uploaded: Callable[..., Version],
    browse: Callable[..., Client],
    role: str,
) -> None:
    uploaded()
    browser = browse(cast.acme, everybody[role])

    shown = [browser.get(PAGE), browser.get(f"{PAGE}1/")]
    refused = [
        browser.get(f"{PAGE}upload/"),
        browser.post(f"{PAGE}upload/", {"package": SimpleUploadedFile("a.zip", make_package())}),
        browser.get(f"{PAGE}1/package/"),
    ]

    assert [answer.status_code for answer in shown] == [200, 200]
    assert [answer.status_code for answer in refused] == [403] * 3
    assert b"Download" not in shown[1].content
    assert b"/versions/upload/" not in shown[0].content


def test_pages_of_another_workspace_are_not_there(
    cast: Cast, uploaded: Callable[..., Version], browse: Callable[..., Client]
) -> None:
    uploaded()
    outsider = browse(cast.zenith, cast.outsider)

    paths = [PAGE, f"{PAGE}upload/", f"{PAGE}1/", f"{PAGE}1/package/"]

    assert [outsider.get(path).status_code for path in paths] == [404] * 4
