from __future__ import annotations

from typing import Annotated

from portico.basic_settings.payloads import Payload, checked
from portico.copyright_notice.rules import check_notice


class CopyrightNotice(Payload):
    """A workspace's notice, with its placeholders. An empty text: none is shown."""

    text: Annotated[str, checked(check_notice)] = ""
