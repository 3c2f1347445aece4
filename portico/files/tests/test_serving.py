"""Serving files: for ever, to everyone, and never another workspace's or one that is private."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from conftest import Cast
from portico.files.models import StoredFile
from portico.files.services import store
from portico.files.views import url_of
from portico.kernel.permissions import Permission
from portico.workspaces.models import Workspace
from tests.make import AT, make_token

in_folder_and_bucket = pytest.mark.usefixtures("anywhere")

Browse = Callable[..., Client]

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
FOREVER = "public, max-age=31536000, immutable"


def kept(
    workspace: Workspace,
    content: bytes = b"content",
    content_type: str = "image/png",
    *,
    is_public: bool = True,
) -> StoredFile:
    return store(workspace, content, content_type=content_type, at=AT, is_public=is_public)


@in_folder_and_bucket
@pytest.mark.parametrize(
    ("content_type", "ending"),
    [
        ("image/png", "png"),
        ("image/jpeg", "jpg"),
        ("image/webp", "webp"),
        ("image/svg+xml", "svg"),
        ("image/x-icon", "ico"),
    ],
)
def test_a_public_file_is_served_as_what_it_is(
    cast: Cast, browse: Browse, content_type: str, ending: str
) -> None:
    stored = kept(cast.acme, content_type=content_type)

    answer = browse(cast.acme).get(f"/files/{stored.sha256}.{ending}")

    assert url_of(stored) == f"/files/{stored.sha256}.{ending}"
    assert (answer.status_code, answer.getvalue()) == (200, b"content")
    assert answer.headers["Content-Type"] == content_type
    assert answer.headers["Content-Length"] == "7"
    assert answer.headers["Cache-Control"] == FOREVER
    assert answer.headers["ETag"] == f'"{stored.sha256}"'
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Disposition"].startswith("inline")
    assert not answer.cookies


@in_folder_and_bucket
def test_whoever_has_the_file_is_not_sent_it_again(cast: Cast, browse: Browse) -> None:
    stored = kept(cast.acme, SVG, "image/svg+xml")
    visitor, etag = browse(cast.acme), f'"{stored.sha256}"'

    for given in (etag, f"W/{etag}", f'"other", {etag}', "*"):
        answer = visitor.get(url_of(stored), headers={"if-none-match": given})
        assert (answer.status_code, answer.content) == (304, b"")
        assert answer.headers["ETag"] == etag
        assert answer.headers["Cache-Control"] == FOREVER
        assert "sandbox" in answer.headers["Content-Security-Policy"]
    other = visitor.get(url_of(stored), headers={"if-none-match": '"other"'})
    assert other.getvalue() == SVG


@in_folder_and_bucket
def test_head_answers_the_headers_alone(cast: Cast, browse: Browse) -> None:
    stored = kept(cast.acme)

    answer = browse(cast.acme).head(url_of(stored))

    assert (answer.status_code, answer.getvalue()) == (200, b"")
    assert answer.headers["Content-Length"] == "7"
    assert answer.headers["Cache-Control"] == FOREVER


def test_an_svg_that_is_opened_by_itself_may_do_nothing(cast: Cast, browse: Browse) -> None:
    stored = kept(cast.acme, SVG, "image/svg+xml")

    answer = browse(cast.acme).get(url_of(stored))

    assert answer.getvalue() == SVG
    assert answer.headers["Content-Security-Policy"] == (
        "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    )
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@in_folder_and_bucket
def test_another_workspaces_file_is_404_even_for_its_own_admin(cast: Cast, browse: Browse) -> None:
    theirs = kept(cast.zenith)

    for visitor in (
        browse(cast.acme),
        browse(cast.acme, cast.admin),
        browse(cast.acme, cast.outsider),
    ):
        assert visitor.get(url_of(theirs)).status_code == 404
        etag = {"if-none-match": f'"{theirs.sha256}"'}
        assert visitor.get(url_of(theirs), headers=etag).status_code == 404
    assert browse(cast.zenith).get(url_of(theirs)).getvalue() == b"content"


def test_a_file_that_is_not_public_is_404(cast: Cast, browse: Browse) -> None:
    private = kept(cast.acme, is_public=False)

    for visitor in (browse(cast.acme), browse(cast.acme, cast.admin)):
        assert visitor.get(url_of(private)).status_code == 404


@pytest.mark.parametrize(
    "name",
    [
        "{0}.jpg",
        "{0}.html",
        "{0}.svg",
        "{0}",
        "{0}.png/",
        "{0}.png.html",
        "{1}.png",
        "../{0}.png",
        "%2e%2e/{0}.png",
        "0.png",
        "{0}%00.png",
    ],
)
def test_any_other_name_is_404(cast: Cast, browse: Browse, name: str) -> None:
    stored = kept(cast.acme)

    address = "/files/" + name.format(stored.sha256, stored.sha256.upper())

    assert browse(cast.acme).get(address).status_code == 404


def test_a_file_is_only_read(cast: Cast, browse: Browse) -> None:
    stored = kept(cast.acme)

    for method in ("post", "put", "delete", "patch"):
        assert getattr(browse(cast.acme), method)(url_of(stored)).status_code == 405


def test_the_api_tells_of_this_workspaces_files_alone(
    cast: Cast, call: Callable[..., Client]
) -> None:
    ours, theirs = kept(cast.acme), kept(cast.zenith, b"other")
    hidden = kept(cast.acme, b"hidden", is_public=False)
    api = call(cast.acme, cast.admin)

    found = api.get(f"/api/v1/files/{ours.sha256}").json()

    assert (found["id"], found["size"], found["url"]) == (ours.sha256, 7, url_of(ours))
    assert api.get(f"/api/v1/files/{hidden.sha256}").json()["url"] is None
    for file_id in (theirs.sha256, "0" * 64, "nonsense", ours.sha256.upper(), "%00", "a" * 5000):
        answer = api.get(f"/api/v1/files/{file_id}")
        assert answer.status_code == 404
        assert answer.json()["code"] == "not_found"


def test_the_api_of_files_needs_the_right_to_read_settings(
    cast: Cast, call: Callable[..., Client]
) -> None:
    stored = kept(cast.acme)
    address = f"/api/v1/files/{stored.sha256}"
    _token, secret = make_token(cast.admin, Permission.AUDIT_READ)

    assert call(cast.acme, cast.developer).get(address).status_code == 403
    assert call(cast.acme).get(address).status_code == 401
    assert call(cast.acme, cast.outsider).get(address).status_code == 401
    scoped = Client(headers={"host": "acme.localhost:8000", "authorization": f"Bearer {secret}"})
    assert scoped.get(address).status_code == 403
