"""Pictures embedded in an SVG: taken in like any other, so that nothing hides in them."""

from __future__ import annotations

import base64
import binascii
import re

from portico.branding.isolated.refusals import UnusablePicture

DATA_URL = re.compile(r"data:image/(?:png|jpe?g|webp)\s*;\s*base64\s*,", re.IGNORECASE)
ACCEPTED = ("PNG", "JPEG", "WEBP")


def plain_data_url(url: str) -> str | None:
    """A data URL with the same picture encoded anew, or None for what is no usable picture."""
    from portico.branding.isolated import rasters  # noqa: PLC0415 (slow to load, seldom needed)
    from portico.branding.isolated.formats import format_of  # noqa: PLC0415

    start = DATA_URL.match(url)
    if start is None:
        return None
    try:
        content = base64.b64decode("".join(url[start.end() :].split()), validate=True)
        picture = rasters.take_in(content, kind=format_of(content, accepted=ACCEPTED))
    except (UnusablePicture, binascii.Error):
        return None
    return f"data:{picture.content_type};base64,{base64.b64encode(picture.content).decode()}"
