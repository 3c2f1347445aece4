from __future__ import annotations

import logging
from io import BytesIO
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image

from conftest import Cast
from portico.basic_settings.registry import section_named
from portico.basic_settings.services import live_settings, save
from portico.branding.rules import Purpose
from portico.branding.services import take_in_picture
from portico.files.models import StoredFile
from portico.service_email.look import logos
from portico.service_email.look.letterheads import Letterhead, colors_of, letterhead_of
from portico.service_email.payload import ServiceEmail
from portico.workspaces.models import Workspace
from tests.make import AT, actor

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nothing_remembered() -> None:
    logos._kept.cache_clear()
    logos._drawn.cache_clear()


def set_values(cast: Cast, name: str, **values: Any) -> None:
    """Save a section of acme's settings."""
    section = section_named(name)
    save(cast.acme, section, values, based_on=0, by=actor(cast.admin), at=AT)


def upload(workspace: Workspace, color: str, purpose: Purpose = Purpose.LOGO) -> StoredFile:
    """A wide picture of one color with a bar across it."""
    picture = Image.new("RGB", (300, 100), color)
    picture.paste("#000000", (20, 40, 280, 60))
    file = BytesIO()
    picture.save(file, "PNG")
    stored, _removed = take_in_picture(
        workspace, file.getvalue(), purpose=purpose, name="logo.png", at=AT
    )
    return stored


def color_of(letterhead: Letterhead) -> object:
    """The color of the logo's upper left corner."""
    assert letterhead.logo is not None
    with Image.open(BytesIO(letterhead.logo.content)) as image:
        return image.convert("RGB").getpixel((4, 4))


def damage(stored: StoredFile) -> None:
    """Write something else in the place of a file's bytes."""
    default_storage.delete(stored.path)
    default_storage.save(stored.path, ContentFile(b"\x89PNG but no more"))


def test_a_workspace_that_has_set_nothing_writes_under_its_name_and_monogram(cast: Cast) -> None:
    letterhead = letterhead_of(cast.acme, at=AT)

    assert letterhead.nickname == "Acme Pay"
    assert (letterhead.account, letterhead.reply_to, letterhead.contact_url) == ("", "", "")
    assert letterhead.copyright == ""
    assert letterhead.colors == colors_of("")
    assert letterhead.logo is not None
    assert (letterhead.logo.width, letterhead.logo.height) == (48, 48)
    assert letterhead.logo.is_mark


def test_what_is_set_is_worn(cast: Cast) -> None:
    set_values(
        cast,
        "service-email",
        account="mail@acme.example.com",
        host="smtp.example.com",
        nickname="Acme Service",
        reply_to="help@acme.example.com",
        contact_url="https://acme.example.com/help",
    )
    set_values(cast, "copyright-notice", text="© {year} Acme Ltd")
    set_values(cast, "branding", brand_color="#7a1fa2")

    letterhead = letterhead_of(cast.acme, at=AT)

    assert letterhead.nickname == "Acme Service"
    assert letterhead.account == "mail@acme.example.com"
    assert letterhead.reply_to == "help@acme.example.com"
    assert letterhead.contact_url == "https://acme.example.com/help"
    assert letterhead.copyright == "© 2026 Acme Ltd"
    assert letterhead.colors.brand == "#7a1fa2"


def test_the_workspace_s_logo_is_worn_at_twice_its_size(cast: Cast) -> None:
    set_values(cast, "branding", logo=upload(cast.acme, "#ff0000").sha256)

    logo = letterhead_of(cast.acme, at=AT).logo

    assert logo is not None
    assert (logo.width, logo.height) == (144, 48)
    with Image.open(BytesIO(logo.content)) as image:
        assert (image.format, image.size) == ("PNG", (288, 96))


def test_the_mail_s_own_logo_goes_before_the_workspace_s(cast: Cast) -> None:
    set_values(cast, "branding", logo=upload(cast.acme, "#ff0000").sha256)
    own = upload(cast.acme, "#0000ff", Purpose.EMAIL_LOGO)
    set_values(cast, "service-email", logo=own.sha256)

    assert color_of(letterhead_of(cast.acme, at=AT)) == (0, 0, 255)


def test_values_that_are_not_saved_yet_can_be_tried(cast: Cast) -> None:
    set_values(cast, "service-email", nickname="The live one")

    tried = letterhead_of(cast.acme, at=AT, values=ServiceEmail(nickname="The new one"))

    assert tried.nickname == "The new one"
    assert letterhead_of(cast.acme, at=AT).nickname == "The live one"


@pytest.mark.parametrize("loss", ["damaged", "missing"])
def test_without_the_mail_s_own_logo_the_workspace_s_is_worn(
    cast: Cast, loss: str, caplog: pytest.LogCaptureFixture
) -> None:
    set_values(cast, "branding", logo=upload(cast.acme, "#ff0000").sha256)
    own = upload(cast.acme, "#0000ff", Purpose.EMAIL_LOGO)
    set_values(cast, "service-email", logo=own.sha256)
    damage(own) if loss == "damaged" else default_storage.delete(own.path)

    with caplog.at_level(logging.ERROR):
        letterhead = letterhead_of(cast.acme, at=AT)

    assert color_of(letterhead) == (255, 0, 0)
    assert "A logo of acme cannot be used in mails" in caplog.text


@pytest.mark.parametrize("loss", ["damaged", "missing"])
def test_without_any_stored_picture_the_monogram_is_worn(
    cast: Cast, loss: str, caplog: pytest.LogCaptureFixture
) -> None:
    set_values(cast, "branding", logo=upload(cast.acme, "#ff0000").sha256)
    before = letterhead_of(cast.acme, at=AT)
    logos._kept.cache_clear()
    for stored in StoredFile.objects.filter(workspace=cast.acme):
        damage(stored) if loss == "damaged" else default_storage.delete(stored.path)

    with caplog.at_level(logging.ERROR):
        letterhead = letterhead_of(cast.acme, at=AT)

    assert before.logo is not None
    assert letterhead.logo is not None
    assert not before.logo.is_mark
    assert letterhead.logo.is_mark
    assert "A logo of acme cannot be used in mails" in caplog.text


def test_another_workspace_s_picture_is_never_worn(
    cast: Cast, caplog: pytest.LogCaptureFixture
) -> None:
    other = upload(cast.zenith, "#0000ff", Purpose.EMAIL_LOGO)

    with caplog.at_level(logging.ERROR):
        logo = logos.logo_of(live_settings(cast.acme), other.sha256)

    assert logo is not None
    assert logo.is_mark
    assert "A logo of acme cannot be used in mails" in caplog.text


def test_a_second_letterhead_costs_two_queries_at_most(
    cast: Cast, django_assert_max_num_queries: Any
) -> None:
    set_values(cast, "branding", logo=upload(cast.acme, "#ff0000").sha256)
    letterhead_of(cast.acme, at=AT)

    with django_assert_max_num_queries(2):
        letterhead_of(cast.acme, at=AT)


def test_names_are_one_clean_line(cast: Cast) -> None:
    cast.acme.name = "Acme\r\nBcc: eve@example.com\u202e Pay"

    letterhead = letterhead_of(cast.acme, at=AT)

    assert letterhead.nickname == "Acme Bcc: eve@example.com Pay"
