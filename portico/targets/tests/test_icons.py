"""Icons of apps: what is taken, kept as long as it is used, shown; initials where there is none."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from conftest import Cast
from portico.branding.rules import IconNotSquare, Purpose, UnusablePicture, take_in
from portico.branding.services import take_in_picture
from portico.branding.tests.pictures import drawn_svg, plain
from portico.branding.tests.uploads import icon, png, upload
from portico.files.collection import collect
from portico.files.models import FileUse, StoredFile
from portico.kernel.errors import InvalidFields
from portico.targets.icons import icon_of, icon_url, icons_of
from portico.targets.models import App
from portico.targets.services import Wanted, change_app, make_app
from portico.workspaces.models import Workspace
from tests import make
from tests.make import AT, actor

SVG = drawn_svg('<rect width="64" height="64" fill="#c33"/>', width=64, height=64).content
NEW = {"name": "Acme Pay", "code": "pay"}


def taken_in(
    workspace: Workspace, content: bytes | None = None, purpose: Purpose = Purpose.APP_ICON
) -> str:
    """The hash of an icon that was uploaded."""
    content = content or icon()
    return take_in_picture(workspace, content, purpose=purpose, name="icon", at=AT)[0].sha256


@pytest.mark.parametrize("content", [icon(side=48), icon(side=1024), SVG])
def test_square_pictures_are_taken(content: bytes) -> None:
    assert take_in(content, Purpose.APP_ICON).square


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (plain("#123456", 47, 47).content, "too_small"),
        (plain("#123456", 128, 120).content, "icon_not_square"),
        (drawn_svg('<rect width="9" height="9"/>').content, "icon_not_square"),
        (b"\x89PNG\r\n\x1a\n" + b"0" * 256 * 1024, "too_large"),
        (b"", "empty_file"),
        (b"GIF89a", "wrong_format"),
        (b"a text", "not_a_picture"),
    ],
)
def test_others_are_refused_in_words(content: bytes, code: str) -> None:
    with pytest.raises(UnusablePicture) as refused:
        take_in(content, Purpose.APP_ICON)

    assert refused.value.code == code


def test_the_refusal_of_a_shape_says_what_it_is() -> None:
    with pytest.raises(IconNotSquare, match="128 wide and 120 high, and an icon is square"):
        take_in(plain("#123456", 128, 120).content, Purpose.APP_ICON)


def test_it_is_uploaded_by_the_api_for_everybody_to_see(
    cast: Cast, call: Callable[..., Client], browse: Callable[..., Client]
) -> None:
    answer = call(cast.acme, cast.admin).post(
        "/api/v1/files", {"purpose": "app_icon", "file": upload(icon())}
    )

    assert answer.status_code == 201
    sha256 = answer.json()["id"]
    address = icon_url(cast.acme, sha256)
    assert address == answer.json()["url"]
    shown = browse(cast.acme).get(address)
    assert (shown.status_code, shown.headers["Content-Type"]) == (200, "image/png")
    shown.getvalue()
    assert browse(cast.zenith).get(address).status_code == 404


def test_a_developer_uploads_an_icon_by_the_api_and_no_other_file(
    cast: Cast, call: Callable[..., Client]
) -> None:
    developer = call(cast.acme, cast.developer)

    taken = developer.post("/api/v1/files/icons", {"file": upload(icon())})
    other = developer.post(
        "/api/v1/files/icons", {"purpose": "logo", "file": upload(png(width=400, height=100))}
    )
    refused = developer.post("/api/v1/files", {"purpose": "app_icon", "file": upload(icon())})

    assert taken.status_code == 201
    assert StoredFile.objects.get(sha256=taken.json()["id"]).purposes == ["app_icon"]
    assert other.status_code == 422
    assert refused.status_code == 403


def test_an_icon_is_kept_as_long_as_an_app_shows_it(cast: Cast) -> None:
    by, later = actor(cast.admin), AT + timedelta(days=9)
    first, second = taken_in(cast.acme, icon("#111111")), taken_in(cast.acme, icon("#eeeeee"))
    app = make_app(cast.acme, Wanted("Pay", "pay", icon=first), by=by, at=AT)
    change_app(cast.acme, app.id, Wanted("Pay", "pay", icon=second), based_on=1, by=by, at=AT)

    collect(at=later)

    assert [one.sha256 for one in StoredFile.objects.filter(workspace=cast.acme)] == [second]
    assert FileUse.objects.get().user_kind == "app"

    change_app(cast.acme, app.id, Wanted("Pay", "pay"), based_on=2, by=by, at=AT)
    collect(at=later)

    assert not StoredFile.objects.filter(workspace=cast.acme).exists()


def test_a_picture_of_another_workspace_or_for_something_else_is_refused(cast: Cast) -> None:
    theirs = taken_in(cast.zenith)
    a_logo = taken_in(cast.acme, icon("#777777"), Purpose.LOGO)

    found = {}
    for sha256 in (theirs, a_logo, "../etc/passwd"):
        with pytest.raises(InvalidFields) as refused:
            make_app(cast.acme, Wanted("Pay", "pay", sha256), by=actor(cast.admin), at=AT)
        found[sha256] = refused.value.errors["icon"].code

    assert found == {
        theirs: "no_such_picture",
        a_logo: "wrong_purpose",
        "../etc/passwd": "no_such_picture",
    }


def test_initials_stand_where_there_is_no_icon(cast: Cast) -> None:
    by = actor(cast.admin)
    sha256 = taken_in(cast.acme)
    with_one = make_app(cast.acme, Wanted("Acme Pay", "one", sha256), by=by, at=AT)
    without = make.make_app(cast.acme, "big-bank")

    shown = icons_of(cast.acme, [with_one, without])

    assert [(one.initials, bool(one.url)) for one in shown] == [("AP", True), ("BB", False)]
    assert icon_of(cast.zenith, with_one).url == ""


def test_an_error_elsewhere_in_the_form_loses_no_icon(
    cast: Cast, browse: Callable[..., Client]
) -> None:
    admin = browse(cast.acme, cast.admin)

    refused = admin.post("/console/apps/new/", NEW | {"code": "No", "icon": upload(icon())})
    kept = StoredFile.objects.get(workspace=cast.acme, purposes=["app_icon"])
    made = admin.post("/console/apps/new/", NEW | {"icon_id": kept.sha256})

    assert refused.status_code == 422
    page = refused.content.decode()
    assert f'name="icon_id" value="{kept.sha256}"' in page
    assert icon_url(cast.acme, kept.sha256) in page
    assert made.status_code == 302
    assert App.objects.get(code="pay").icon == kept.sha256


def test_an_icon_is_removed_and_a_wrong_one_is_refused_beside_its_field(
    cast: Cast, browse: Callable[..., Client]
) -> None:
    by = actor(cast.admin)
    app = make_app(cast.acme, Wanted("Pay", "pay", taken_in(cast.acme)), by=by, at=AT)
    admin, address = browse(cast.acme, cast.admin), f"/console/apps/{app.id}/edit/"
    form = {"name": "Pay", "code": "pay", "icon_id": app.icon, "based_on": 1}

    refused = admin.post(address, form | {"icon": upload(png(width=128, height=64))})
    removed = admin.post(address, form | {"icon-clear": "on"})

    assert refused.status_code == 422
    assert "an icon is square" in refused.content.decode()
    assert removed.status_code == 302
    assert App.objects.get(id=app.id).icon == ""


def test_an_app_keeps_its_icon_when_only_its_name_changes(
    cast: Cast, browse: Callable[..., Client]
) -> None:
    by = actor(cast.admin)
    app = make_app(cast.acme, Wanted("Pay", "pay", taken_in(cast.acme)), by=by, at=AT)
    address = f"/console/apps/{app.id}/edit/"
    admin = browse(cast.acme, cast.admin)
    page = admin.get(address).content.decode()

    admin.post(
        address, {"name": "Pay 2", "code": "pay", "icon_id": app.icon, "based_on": app.revision}
    )

    assert f'name="icon_id" value="{app.icon}"' in page
    app.refresh_from_db()
    assert (app.name, app.icon != "") == ("Pay 2", True)
