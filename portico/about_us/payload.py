from __future__ import annotations

from typing import Annotated

from portico.about_us.rules import check_url
from portico.basic_settings.payloads import Payload, checked


class AboutUs(Payload):
    """Where a workspace tells about itself. An empty address: nowhere, and no link is shown."""

    url: Annotated[str, checked(check_url)] = ""
