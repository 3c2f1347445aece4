from __future__ import annotations

from typing import Annotated

from pydantic import Field

from portico.basic_settings.payloads import Payload, checked
from portico.branding.rules import Fit, check_brand_color

FileId = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


def check_color(color: str) -> str:
    """The color as `#rrggbb`, or empty; raises `NotAColor` or `UnreadableColor`."""
    return check_brand_color(color).color if color else ""


class Branding(Payload):
    """A brand's pictures, each the id of an uploaded file or None, and its color.

    `favicon_fit` says how a favicon that is not square becomes so.
    """

    logo: FileId | None = None
    dark_logo: FileId | None = None
    favicon: FileId | None = None
    favicon_fit: Fit | None = None
    brand_color: Annotated[str, checked(check_color)] = ""
