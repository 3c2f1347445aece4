"""Logo & Favicon on the Settings page: uploads, and everything typed beside them."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from conftest import Cast
from portico.basic_settings.models import SettingsRevision
from portico.basic_settings.services import draft_of, live, save
from portico.branding.payload import Branding
from portico.branding.rules import Purpose
from portico.branding.section import section
from portico.branding.tests.uploads import EDIT, icon, pixel, png, send, taken_in, upload
from portico.files.models import StoredFile
from portico.files.services import file_of, read
from portico.workspaces.models import Workspace
from tests.hostile.images.svgs import svg, with_shape
from tests.make import AT, actor

Browse = Callable[..., Client]
SENTENCE = "There is no such file in this workspace. Please upload it again."
ATTACK = '"><img src=x onerror=alert(1)>.png'


@pytest.fixture
def admin(cast: Cast, browse: Browse) -> Client:
    return browse(cast.acme, cast.admin)


def payload_of(workspace: Workspace) -> Branding:
    return live(workspace, section).payload


def hidden(page: str, name: str) -> str:
    """What the form carries of a picture that was taken in."""
    field = re.search(rf'<input[^>]*name="{name}_id"[^>]*>', page)
    assert field is not None
    value = re.search(r'value="(\w*)"', field[0])
    return value[1] if value else ""


def said(page: str) -> str:
    """A page's text as it is read."""
    return html.unescape(page)


@pytest.mark.parametrize("htmx", [True, False])
def test_an_uploaded_logo_is_saved_and_shown_on_the_card(
    admin: Client, cast: Cast, htmx: bool
) -> None:
    answer = send(admin, logo=png("#0b6e4f"), htmx=htmx)
    card = admin.get("/settings/tenant/").text

    assert answer.status_code == (204 if htmx else 302)
    logo = payload_of(cast.acme).logo
    assert logo is not None
    assert pixel(read(file_of(cast.acme, logo)))[:3] == (0x0B, 0x6E, 0x4F)
    assert f'src="/files/{logo}.png"' in card
    assert "Easy to see" in card
    assert admin.get(f"/files/{logo}.png").getvalue() == read(file_of(cast.acme, logo))


def test_saving_something_else_keeps_the_pictures(admin: Client, cast: Cast) -> None:
    send(admin, logo=png(), favicon=icon())
    form = admin.get(EDIT).text

    send(
        admin,
        brand_color="#8a1c7c",
        logo_id=hidden(form, "logo"),
        favicon_id=hidden(form, "favicon"),
        based_on=1,
    )

    before, after = (
        Branding(**revision.payload) for revision in SettingsRevision.objects.order_by("number")
    )
    assert (after.logo, after.favicon) == (before.logo, before.favicon)
    assert after.brand_color == "#8a1c7c"


@pytest.mark.parametrize("htmx", [True, False])
def test_a_chosen_file_is_not_lost_to_an_error_elsewhere(
    admin: Client, cast: Cast, htmx: bool
) -> None:
    refused = send(
        admin, logo=png(), favicon=icon(), brand_color="#ffff00", reason="Spring", htmx=htmx
    )
    logo, favicon = hidden(refused.text, "logo"), hidden(refused.text, "favicon")
    again = send(admin, logo_id=logo, favicon_id=favicon, brand_color="#0b6e4f")

    assert refused.status_code == 422
    assert "1.1:1" in refused.text
    assert 'value="#ffff00"' in refused.text
    assert 'value="Spring"' in refused.text
    assert f'src="/files/{logo}.png"' in refused.text
    assert again.status_code == 302
    assert payload_of(cast.acme) == Branding(logo=logo, favicon=favicon, brand_color="#0b6e4f")


def test_the_preview_beside_a_refused_form_shows_what_was_uploaded(
    admin: Client, cast: Cast
) -> None:
    before = admin.get(EDIT).text

    refused = send(admin, logo=png("#8a1c7c"), brand_color="#ffff00")

    source = re.compile(r'<img src="([^"]+)"[^>]*data-preview-of="logo"')
    shown, shown_before = source.search(refused.text), source.search(before)
    assert shown is not None
    assert shown_before is not None
    assert shown[1] != shown_before[1]
    assert pixel(admin.get(shown[1]).getvalue())[:3] == (0x8A, 0x1C, 0x7C)


def test_a_new_logo_is_not_previewed_where_a_favicon_or_a_dark_logo_is_shown(
    admin: Client,
) -> None:
    without = admin.get(EDIT).text
    send(admin, logo=png(), favicon=icon(), dark_logo=png("#ffd700"))
    with_all = admin.get(EDIT).text

    for name in ("favicon", "dark_logo"):
        assert f'data-preview-of="{name} logo"' in without
        assert f'data-preview-of="{name}"' in with_all
        assert f'data-preview-of="{name} logo"' not in with_all


def test_a_refused_file_leaves_the_old_one_and_the_other_new_one(admin: Client, cast: Cast) -> None:
    send(admin, logo=png("#0b6e4f"))
    old = payload_of(cast.acme).logo

    refused = send(
        admin,
        logo=b"GIF89a" + bytes(100),
        logo_id=old,
        favicon=icon(),
        based_on=1,
    )

    assert refused.status_code == 422
    assert "is GIF" in refused.text
    assert hidden(refused.text, "logo") == old
    assert len(hidden(refused.text, "favicon")) == 64
    assert payload_of(cast.acme).logo == old


def test_two_refused_files_are_both_explained(admin: Client) -> None:
    refused = send(admin, logo=b"", favicon=png(width=32, height=32), dark_logo=b"%PDF-1.7")

    assert refused.status_code == 422
    assert "This file is empty." in refused.text
    assert "only 32 × 32 pixels large" in refused.text
    assert "is PDF" in refused.text


def test_remove_takes_a_picture_away(admin: Client, cast: Cast) -> None:
    send(admin, logo=png())
    old = payload_of(cast.acme).logo

    answer = send(admin, logo_id=old, remove="logo", based_on=1)

    assert answer.status_code == 302
    assert payload_of(cast.acme).logo is None


def test_removing_is_not_lost_to_an_error_elsewhere(admin: Client, cast: Cast) -> None:
    send(admin, logo=png())
    old = payload_of(cast.acme).logo

    refused = send(admin, logo_id=old, remove="logo", brand_color="#ffff00", based_on=1)

    assert hidden(refused.text, "logo") == ""
    assert f"/files/{old}" not in refused.text.split('name="logo"')[0].split("<form")[1]


def test_whoever_removes_the_old_picture_and_chooses_a_new_one_gets_the_new_one(
    admin: Client, cast: Cast
) -> None:
    send(admin, logo=png("#0b6e4f"))
    old = payload_of(cast.acme).logo

    answer = send(admin, logo_id=old, logo=png("#8a1c7c"), remove="logo", based_on=1)

    assert answer.status_code == 302
    new = payload_of(cast.acme).logo
    assert new is not None
    assert pixel(read(file_of(cast.acme, new)))[:3] == (0x8A, 0x1C, 0x7C)


@pytest.mark.parametrize("htmx", [True, False])
def test_a_stale_save_keeps_the_upload_and_shows_the_other_logo(
    admin: Client, cast: Cast, htmx: bool
) -> None:
    theirs = taken_in(cast.acme, png("#0b6e4f"))
    save(cast.acme, section, {"logo": theirs}, based_on=0, by=actor(cast.admin), at=AT)

    refused = send(admin, logo=png("#8a1c7c"), htmx=htmx)
    mine = hidden(refused.text, "logo")
    again = send(admin, logo_id=mine, based_on=1, htmx=htmx)

    assert refused.status_code == 409
    assert f'src="/files/{theirs}.png"' in refused.text
    assert f'src="/files/{mine}.png"' in refused.text
    assert mine != theirs
    assert again.status_code in {204, 302}
    assert payload_of(cast.acme).logo == mine


@pytest.mark.parametrize("name", ["logo", "dark_logo", "favicon"])
def test_a_forged_picture_id_is_refused_and_nothing_breaks(
    admin: Client, cast: Cast, name: str
) -> None:
    theirs = taken_in(cast.zenith, icon(), Purpose.FAVICON if name == "favicon" else Purpose.LOGO)

    for forged in ("a" * 65, "a\0b", theirs, "0" * 64, "nonsense", "../../etc/passwd", "A" * 64):
        fields: dict[str, Any] = {f"{name}_id": forged, "brand_color": "#0b6e4f"}
        answer = send(admin, **fields)
        assert answer.status_code == 422
        assert f"/files/{forged}" not in answer.text
        assert 'value="#0b6e4f"' in answer.text
        assert (SENTENCE in answer.text) == (forged not in {"a" * 65, "a\0b"})
    assert not SettingsRevision.objects.exists()


def test_a_picture_that_came_for_another_place_is_refused(admin: Client, cast: Cast) -> None:
    favicon = taken_in(cast.acme, icon(), Purpose.FAVICON)

    answer = send(admin, logo_id=favicon)

    assert answer.status_code == 422
    assert "This file was uploaded as favicon. Upload it as logo" in answer.text


def test_a_favicon_that_is_not_square_is_refused_with_the_offer_to_pad_or_crop_it(
    admin: Client, cast: Cast
) -> None:
    closed = admin.get(EDIT).text
    refused = send(admin, favicon=png(width=128, height=64)).text
    favicon = hidden(refused, "favicon")

    assert "128 wide and 64 high, and a favicon is square" in refused
    assert "Choose whether to crop it or to pad it" in refused
    assert closed.index('name="favicon_fit"') > closed.index('<details class="advanced"')
    assert refused.index('name="favicon_fit"') < refused.index('<details class="advanced"')
    assert refused.index('name="favicon"') < refused.index('name="favicon_fit"')
    assert refused.index('name="favicon_fit"') < refused.index('name="brand_color"')
    for number, fit in enumerate(("pad", "crop")):
        answer = send(admin, favicon_id=favicon, favicon_fit=fit, based_on=number)
        assert answer.status_code == 302
        assert payload_of(cast.acme) == Branding(favicon=favicon, favicon_fit=fit)


def test_what_was_taken_out_of_a_picture_is_said_before_and_after_saving(
    admin: Client, cast: Cast
) -> None:
    hostile = with_shape("<script>alert(1)</script>")

    refused = send(admin, logo=upload(hostile, "logo.svg"), brand_color="#ffff00")
    saved = send(admin, logo=upload(hostile, "logo.svg"), htmx=True)
    page = admin.get("/settings/tenant/").text

    assert "Something was taken out of your file" in refused.text
    assert "script" in refused.text.split("Something was taken out of your file")[1][:300]
    assert saved.status_code == 204
    assert "A script" in page
    assert "A script" not in admin.get("/settings/tenant/").text


def test_an_svg_logo_is_shown_as_a_picture_and_served_so_that_it_can_do_nothing(
    admin: Client, cast: Cast
) -> None:
    send(admin, logo=upload(svg('<rect width="128" height="64" fill="#0b6e4f"/>'), "logo.svg"))
    logo = payload_of(cast.acme).logo

    for address in ("/", "/console/", "/settings/tenant/", EDIT):
        page = admin.get(address).text
        assert "<svg xmlns" not in page
        assert re.search(r'<img[^>]+src="/files/\w+\.(svg|png)"', page)
    served = admin.get(f"/files/{logo}.svg")
    assert served.getvalue()
    assert "sandbox" in served.headers["Content-Security-Policy"]


def test_file_names_are_shown_as_text(admin: Client, cast: Cast) -> None:
    refused = send(admin, logo=upload(png(), ATTACK), brand_color="#ffff00")
    send(admin, logo=upload(png(), ATTACK))

    pages = [refused.text, admin.get(EDIT).text, admin.get("/settings/tenant/").text]
    pages.append(admin.get("/settings/tenant/branding/history/").text)

    for page in pages:
        assert "<img src=x" not in page
    assert "<img src=x onerror=alert(1)>.png" in said(refused.text)


def test_a_workspaces_name_and_a_color_are_shown_as_text(cast: Cast, browse: Browse) -> None:
    cast.acme.name = "<script>alert(1)</script>"
    cast.acme.save()
    admin = browse(cast.acme, cast.admin)

    refused = send(admin, brand_color='#fff"><script>alert(2)</script>')

    for page in (refused.text, admin.get(EDIT).text, admin.get("/").text):
        assert "<script>alert" not in page
    assert "script" in admin.get("/site.webmanifest").json()["name"]


def test_a_picture_as_a_draft_is_seen_in_its_own_session_alone(
    cast: Cast, browse: Browse, admin: Client
) -> None:
    before = browse(cast.acme).get("/").text

    send(admin, logo=png("#8a1c7c"), action="preview")
    drafted = admin.get("/").text
    favicon_drafted = admin.get("/favicon.ico").content

    visitor = browse(cast.acme)
    logo = re.search(r'<img[^>]+src="(/files/\w+\.png)"', drafted)
    assert logo is not None
    assert logo[1] not in before
    assert logo[1] not in visitor.get("/").text
    assert visitor.get("/favicon.ico").content != favicon_drafted
    draft = draft_of(cast.acme, section)
    assert draft is not None
    assert set(draft.payload) == set(Branding.model_fields)
    admin.post(
        "/settings/tenant/branding/draft/publish/", {"version": draft.version, "based_on": 0}
    )
    assert logo[1] in visitor.get("/").text


def test_the_same_file_twice_is_kept_once(admin: Client, cast: Cast) -> None:
    send(admin, logo=png(), dark_logo=png())

    payload = payload_of(cast.acme)
    assert payload.logo == payload.dark_logo
    assert StoredFile.objects.get(sha256=payload.logo).purposes == ["dark_logo", "logo"]
