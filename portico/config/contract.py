"""The API's contract as it is committed in `docs/openapi.json`."""

from __future__ import annotations

import json
from typing import Any

from django.utils import translation

from portico.config.api import api


def document() -> dict[str, Any]:
    """The OpenAPI document, in English, the same on every machine."""
    with translation.override("en"):
        text = json.dumps(api.get_openapi_schema(path_prefix="/api/v1/"), default=str)
    parsed: dict[str, Any] = json.loads(text)
    return parsed
