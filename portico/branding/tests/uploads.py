"""Uploads as a browser and an API client send them."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from portico.branding.rules import Picture, Purpose
from portico.branding.services import take_in_picture
from portico.branding.tests.pictures import plain, stored
from portico.workspaces.models import Workspace
from tests.make import AT

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Answer

EDIT = "/settings/tenant/branding/edit/"


def png(color: str = "#0b6e4f", width: int = 128, height: int = 64) -> bytes:
    """The bytes of a plain picture."""
    return plain(color, width, height).content


def icon(color: str = "#8a1c7c", side: int = 64) -> bytes:
    """The bytes of a square one."""
    return png(color, side, side)


def upload(content: bytes, name: str = "logo.png") -> SimpleUploadedFile:
    """A file as it is chosen in a browser."""
    return SimpleUploadedFile(name, content, "image/png")


def send(
    browser: Client,
    *,
    action: str = "save",
    based_on: int = 0,
    version: int = 0,
    htmx: bool = False,
    remove: str = "",
    **fields: Any,
) -> Answer:
    """Press a button of the form. `logo`, `favicon`, `dark_logo` are bytes or uploaded files.

    `remove` names the picture whose *Remove* is ticked.
    """
    form = {
        name: upload(value) if isinstance(value, bytes) else value for name, value in fields.items()
    }
    form |= {"action": action, "based_on": based_on, "version": version}
    if remove:
        form[f"{remove}-clear"] = "on"
    return browser.post(EDIT, form, headers={"HX-Request": "true"} if htmx else None)


def taken_in(
    workspace: Workspace, content: bytes | None = None, purpose: Purpose = Purpose.LOGO
) -> str:
    """The id of a picture of this workspace."""
    picture, _removed = take_in_picture(
        workspace, content or png(), purpose=purpose, name="logo.png", at=AT
    )
    return picture.sha256


def pixel(content: bytes, at: tuple[float, float] = (0.5, 0.5)) -> tuple[int, ...]:
    """The color of one pixel of a picture, by its place as shares of width and height."""
    with Image.open(BytesIO(content)) as image:
        place = (int(at[0] * (image.width - 1)), int(at[1] * (image.height - 1)))
        found = image.convert("RGBA").getpixel(place)
    assert isinstance(found, tuple)
    return tuple(int(part) for part in found)


def halves(width: int = 128, height: int = 64) -> Picture:
    """A red left half and a blue right half."""
    image = Image.new("RGBA", (width, height), "#0000ff")
    image.paste("#ff0000", (0, 0, width // 2, height))
    return stored(image)
