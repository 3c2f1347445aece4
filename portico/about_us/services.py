"""What pages ask about the About Us link."""

from __future__ import annotations

from portico.about_us.payload import AboutUs
from portico.about_us.rules import for_language


def url_for(payload: AboutUs, language: str) -> str:
    """Where the link leads from a page in this language; "" where no link is to be shown."""
    return for_language(payload.url, language)
