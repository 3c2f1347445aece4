from __future__ import annotations

from typing import Annotated

from portico.basic_settings.payloads import Payload, checked
from portico.branding.rules import Fit, check_brand_color
from portico.files.services import is_hash
from portico.kernel.errors import Invalid, gettext_noop


class NoSuchPicture(Invalid):
    """The same for a file that is nowhere and for one that is another workspace's."""

    code = "no_such_picture"
    sentence = gettext_noop("There is no such file in this workspace. Please upload it again.")


def check_id(file_id: str | None) -> str | None:
    """The id of a file, as far as one can see without looking for it; raises `NoSuchPicture`."""
    if file_id is not None and not is_hash(file_id):
        raise NoSuchPicture
    return file_id


def check_color(color: str) -> str:
    """The color as `#rrggbb`, or empty; raises `NotAColor` or `UnreadableColor`."""
    return check_brand_color(color).color if color else ""


FileId = Annotated[str | None, checked(check_id)]


class Branding(Payload):
    """A brand's pictures, each the id of an uploaded file or None, and its color.

    `favicon_fit` says how a favicon that is not square becomes so.
    """

    logo: FileId = None
    dark_logo: FileId = None
    favicon: FileId = None
    favicon_fit: Fit | None = None
    brand_color: Annotated[str, checked(check_color)] = ""
