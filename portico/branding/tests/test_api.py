"""Logo & Favicon over the API: a file is uploaded first, then named by its id."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from conftest import Cast
from portico.basic_settings.services import live
from portico.branding.payload import Branding
from portico.branding.section import section
from portico.branding.tests.uploads import icon, png, taken_in, upload
from portico.files.models import StoredFile
from tests.hostile.images.svgs import with_shape

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Answer

Call = Callable[..., Client]
BRANDING = "/api/v1/settings/branding"
FILES = "/api/v1/files"


@pytest.fixture
def api(cast: Cast, call: Call) -> Client:
    return call(cast.acme, cast.admin)


def posted(api: Client, content: bytes, purpose: str = "logo", name: str = "logo.png") -> Answer:
    """Upload a file."""
    return api.post(FILES, {"purpose": purpose, "file": upload(content, name)})


def put(api: Client, values: dict[str, Any], etag: str = '"0"', path: str = BRANDING) -> Answer:
    """Save values."""
    return api.put(path, values, content_type="application/json", headers={"if-match": etag})


def codes(answer: Answer) -> dict[str, str]:
    """The code of each refused field."""
    assert answer.status_code == 422
    return {error["field"]: error["code"] for error in answer.json()["errors"]}


def test_an_upload_is_named_by_its_id_in_the_values(api: Client, cast: Cast, browse: Call) -> None:
    logo = posted(api, png())
    favicon = posted(api, icon(), "favicon", "icon.png").json()["id"]
    saved = put(api, {"logo": logo.json()["id"], "favicon": favicon, "brand_color": "#0b6e4f"})

    assert logo.status_code == 201
    assert logo.json() == {
        "id": logo.json()["id"],
        "name": "logo.png",
        "content_type": "image/png",
        "size": logo.json()["size"],
        "width": 128,
        "height": 64,
        "url": f"/files/{logo.json()['id']}.png",
        "removed": [],
    }
    assert saved.status_code == 200
    assert live(cast.acme, section).payload == Branding(
        logo=logo.json()["id"], favicon=favicon, brand_color="#0b6e4f"
    )
    assert browse(cast.acme).get(logo.json()["url"]).getvalue()


def test_what_was_taken_out_of_a_file_is_said_once(api: Client) -> None:
    answer = posted(api, with_shape("<script>alert(1)</script>"), name="logo.svg").json()
    again = api.get(f"{FILES}/{answer['id']}").json()

    assert answer["content_type"] == "image/svg+xml"
    assert any("script" in sentence for sentence in answer["removed"])
    assert again == {**answer, "removed": []}


def test_another_workspaces_file_is_refused_like_one_that_is_nowhere(
    api: Client, cast: Cast
) -> None:
    theirs = taken_in(cast.zenith)

    for path in (BRANDING, f"{BRANDING}/draft"):
        refused = put(api, {"logo": theirs}, path=path)
        unknown = put(api, {"logo": "0" * 64}, path=path)
        assert codes(refused) == codes(unknown) == {"logo": "no_such_picture"}
        assert refused.json() == unknown.json()
    assert live(cast.acme, section).number == 0


@pytest.mark.parametrize("file_id", ["", "nonsense", "../x", "A" * 64, "0" * 63, "0" * 65])
def test_an_id_of_another_shape_is_refused(api: Client, file_id: str) -> None:
    assert codes(put(api, {"logo": file_id})) == {"logo": "no_such_picture"}


def test_each_refused_field_has_its_code(api: Client, cast: Cast) -> None:
    wide = posted(api, png(width=128, height=64), "favicon").json()["id"]
    logo = posted(api, png("#8a1c7c")).json()["id"]

    assert codes(put(api, {"favicon": wide, "logo": wide})) == {
        "favicon": "not_square",
        "logo": "wrong_purpose",
    }
    assert codes(put(api, {"brand_color": "#ffff00"})) == {"brand_color": "unreadable_color"}
    assert codes(put(api, {"brand_color": "blue"})) == {"brand_color": "not_a_color"}
    assert set(codes(put(api, {"favicon": wide, "favicon_fit": "stretch"}))) == {"favicon_fit"}
    assert put(api, {"favicon": wide, "favicon_fit": "pad", "logo": logo}).status_code == 200


@pytest.mark.parametrize(
    ("content", "purpose", "code"),
    [
        (b"", "logo", "empty_file"),
        (b"GIF89a" + bytes(90), "logo", "wrong_format"),
        (b"hello", "logo", "not_a_picture"),
        (png(width=32, height=32), "favicon", "too_small"),
        (png(width=900, height=100), "logo", "wrong_shape"),
        (png(), "avatar", "unknown_purpose"),
        (png(), "../../logo", "unknown_purpose"),
    ],
)
def test_a_refused_upload_says_why_and_keeps_nothing(
    api: Client, content: bytes, purpose: str, code: str
) -> None:
    answer = posted(api, content, purpose)

    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert answer.json()["detail"].endswith(".")
    assert not StoredFile.objects.exists()


def test_an_upload_needs_a_file_and_a_purpose(api: Client) -> None:
    without_file = api.post(FILES, {"purpose": "logo"})
    without_purpose = api.post(FILES, {"file": upload(png())})
    no_form = api.post(FILES, b"raw bytes", content_type="image/png")
    text_for_file = api.post(FILES, {"purpose": "logo", "file": "text"})

    assert (without_file.status_code, without_file.json()["code"]) == (422, "no_file")
    assert codes(without_purpose) == {"purpose": "wrong_value"}
    assert no_form.status_code == 422
    assert text_for_file.status_code == 422


def test_uploads_need_the_right_to_change_settings(cast: Cast, call: Call) -> None:
    for member, status in ((cast.developer, 403), (cast.outsider, 401), (None, 401)):
        assert posted(call(cast.acme, member), png()).status_code == status
    assert not StoredFile.objects.exists()


def test_a_file_name_from_elsewhere_is_cut_to_its_last_part(api: Client) -> None:
    for name in ("../../etc/passwd", "C:\\temp\\passwd", "/etc/passwd"):
        assert posted(api, png(width=130), name=name).json()["name"] == "passwd"
    long = posted(api, png(width=140), name="x" * 3000 + ".png").json()["name"]
    assert len(long) <= 200
