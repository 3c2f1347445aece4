"""Taking pictures in, and saying which may be worn."""

from __future__ import annotations

from typing import Any

import pytest

from conftest import Cast
from portico.audit.models import AuditEntry
from portico.basic_settings.models import SettingsRevision
from portico.basic_settings.services import diff, live, save
from portico.branding.payload import Branding, NoSuchPicture
from portico.branding.rules import NotSquare, Purpose, UnreadableColor, WrongFormat
from portico.branding.section import section
from portico.branding.services import WrongPurpose, check_pictures, is_square, take_in_picture
from portico.branding.tests.uploads import icon, pixel, png, taken_in
from portico.files.models import FileUse, StoredFile
from portico.files.services import file_of, read, store
from portico.kernel.errors import InvalidFields
from portico.ui.values import Picture, Swatch
from portico.workspaces.models import Workspace
from tests.hostile.images.svgs import svg
from tests.make import AT, actor


def errors_of(workspace: Workspace, **values: Any) -> dict[str, type[Exception]]:
    """What is refused of these values, by field."""
    with pytest.raises(InvalidFields) as refusal:
        check_pictures(workspace, Branding(**values))
    return {field: type(error) for field, error in refusal.value.errors.items()}


def test_what_is_kept_of_a_picture_is_what_was_decoded(cast: Cast) -> None:
    picture, removed = take_in_picture(
        cast.acme, png("#0b6e4f", 160, 80), purpose=Purpose.LOGO, name="our logo.png", at=AT
    )

    assert (picture.content_type, picture.width, picture.height) == ("image/png", 160, 80)
    assert (picture.name, picture.purposes, picture.is_public) == ("our logo.png", ["logo"], True)
    assert pixel(read(picture)) == (0x0B, 0x6E, 0x4F, 255)
    assert removed == ()


def test_what_was_taken_out_of_a_picture_is_said(cast: Cast) -> None:
    content = svg('<script>alert(1)</script><rect width="128" height="64"/>')

    picture, removed = take_in_picture(
        cast.acme, content, purpose=Purpose.LOGO, name="logo.svg", at=AT
    )

    assert b"script" not in read(picture)
    assert len(removed) == 1
    assert "script" in removed[0]


def test_a_refused_picture_is_not_kept(cast: Cast) -> None:
    with pytest.raises(WrongFormat):
        take_in_picture(cast.acme, b"GIF89a" + bytes(90), purpose=Purpose.LOGO, name="", at=AT)

    assert not StoredFile.objects.exists()


def test_a_picture_that_is_nowhere_or_another_workspaces_is_refused_alike(cast: Cast) -> None:
    theirs = taken_in(cast.zenith)

    assert errors_of(cast.acme, logo=theirs) == {"logo": NoSuchPicture}
    assert errors_of(cast.acme, logo="0" * 64, dark_logo=theirs) == {
        "logo": NoSuchPicture,
        "dark_logo": NoSuchPicture,
    }
    check_pictures(cast.zenith, Branding(logo=theirs))


def test_a_logo_may_be_the_dark_one_too_and_a_favicon_may_not(cast: Cast) -> None:
    logo = taken_in(cast.acme)
    favicon = taken_in(cast.acme, icon(), Purpose.FAVICON)

    check_pictures(cast.acme, Branding(logo=logo, dark_logo=logo, favicon=favicon))

    assert errors_of(cast.acme, logo=favicon) == {"logo": WrongPurpose}
    assert errors_of(cast.acme, favicon=logo) == {"favicon": WrongPurpose}


def test_a_file_that_came_for_something_else_is_no_picture(cast: Cast) -> None:
    contract = store(
        cast.acme, b"%PDF", content_type="application/pdf", at=AT, purpose="legal"
    ).sha256
    derived = store(cast.acme, b"png", content_type="image/png", at=AT).sha256

    for sha256 in (contract, derived):
        assert errors_of(cast.acme, logo=sha256) == {"logo": WrongPurpose}


def test_a_favicon_that_is_not_square_needs_a_choice(cast: Cast) -> None:
    wide = taken_in(cast.acme, png("#0b6e4f", 128, 64), Purpose.FAVICON)

    assert not is_square(file_of(cast.acme, wide))
    assert errors_of(cast.acme, favicon=wide) == {"favicon": NotSquare}
    check_pictures(cast.acme, Branding(favicon=wide, favicon_fit="pad"))
    check_pictures(cast.acme, Branding(favicon=wide, favicon_fit="crop"))


def test_a_favicon_that_is_a_pixel_off_is_square(cast: Cast) -> None:
    nearly = taken_in(cast.acme, png("#0b6e4f", 129, 128), Purpose.FAVICON)

    assert is_square(file_of(cast.acme, nearly))


@pytest.mark.parametrize(
    ("color", "ratio"), [("#ffff00", "1.1:1"), ("#949494", "3.0:1"), ("#777777", "4.47:1")]
)
def test_a_brand_color_that_text_cannot_be_read_on_is_refused_with_its_ratio(
    cast: Cast, color: str, ratio: str
) -> None:
    with pytest.raises(InvalidFields) as refusal:
        save(cast.acme, section, {"brand_color": color}, based_on=0, by=actor(cast.admin), at=AT)

    error = refusal.value.errors["brand_color"]
    assert isinstance(error, UnreadableColor)
    assert ratio in str(error)
    assert "4.5:1" in str(error)
    assert live(cast.acme, section).number == 0


@pytest.mark.parametrize("color", ["red", "#12", "url(x)", "#0b6e4f;}", "#0b6e4f</style>", "\x00"])
def test_what_is_no_color_is_refused(cast: Cast, color: str) -> None:
    with pytest.raises(InvalidFields) as refusal:
        save(cast.acme, section, {"brand_color": color}, based_on=0, by=actor(cast.admin), at=AT)

    assert set(refusal.value.errors) == {"brand_color"}


def test_a_color_is_kept_in_one_spelling(cast: Cast) -> None:
    by = actor(cast.admin)

    for number, color in enumerate(("#007744", "#074", " #074 ", "#074 ".upper())):
        save(cast.acme, section, {"brand_color": color}, based_on=number, by=by, at=AT)
        assert live(cast.acme, section).payload.brand_color == "#007744"


def test_revision_audit_and_history_hold_ids_and_no_bytes(cast: Cast) -> None:
    logo = taken_in(cast.acme)

    revision = save(cast.acme, section, {"logo": logo}, based_on=0, by=actor(cast.admin), at=AT)

    assert revision.payload == {
        "logo": logo,
        "dark_logo": None,
        "favicon": None,
        "favicon_fit": None,
        "brand_color": "",
    }
    entry = AuditEntry.objects.get(action="settings.save")
    assert entry.changes == [{"field": "logo", "before": "", "after": logo}]
    use = FileUse.objects.get(user_kind="revision")
    assert (use.user_id, use.file.sha256) == (revision.id, logo)


def test_a_diff_shows_pictures_and_colors_as_such(cast: Cast) -> None:
    logo = taken_in(cast.acme)
    after = Branding(logo=logo, brand_color="#0b6e4f", favicon_fit="crop")

    changes = {
        change.field: (change.before, change.after)
        for change in diff(cast.acme, section, Branding(), after, at=AT)
    }

    assert changes == {
        "Logo": (None, Picture(f"/files/{logo}.png", 128, 64, "logo.png")),
        "Favicon that is not square": (None, "Crop it"),
        "Brand color": (None, Swatch("#0b6e4f")),
    }


def test_a_picture_that_is_gone_is_said_to_be(cast: Cast) -> None:
    facts = section.facts(cast.acme, Branding(logo="0" * 64), at=AT, files={})

    assert facts["logo"].value == "A file that is no longer kept"
    assert not SettingsRevision.objects.exists()
