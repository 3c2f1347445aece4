"""Optimistic concurrency over HTTP: `ETag` on what is read, `If-Match` on what is written."""

from __future__ import annotations

import re
from typing import Any, Final

from django.http import HttpRequest

from portico.kernel.errors import DomainError, Stale, gettext_noop


class NeedsIfMatch(DomainError):
    """A write without `If-Match` (428)."""

    code = "if_match_required"
    sentence = gettext_noop(
        "Send If-Match with the ETag that you read (“0” where nothing was saved yet), so that "
        "nobody's change is lost."
    )


class UnknownETag(Stale):
    code = "unknown_etag"
    sentence = gettext_noop('If-Match must be one ETag that you read here, such as "3".')


# For the OpenAPI document: `openapi_extra` of every operation that calls `if_match`.
IF_MATCH: Final[dict[str, Any]] = {
    "parameters": [
        {
            "in": "header",
            "name": "If-Match",
            "required": True,
            "description": "The ETag that you read: of the live values, or of a draft where the "
            'operation is about one. Where there is none yet, `"0"`.',
            "schema": {"type": "string", "pattern": '^"[0-9]{1,9}"$'},
        }
    ]
}


def etag_of(number: int) -> str:
    """The ETag of a revision, or of a version of a draft."""
    return f'"{number}"'


def if_match(request: HttpRequest) -> int:
    """The number in `If-Match`; raises `NeedsIfMatch` or `UnknownETag`.

    `*` is refused as well: it would mean "whatever is live", which is the loss that this is
    here to prevent.
    """
    given = request.headers.get("If-Match", "").strip()
    if not given:
        raise NeedsIfMatch
    matched = re.fullmatch(r'"(\d{1,9})"', given)
    if matched is None:
        raise UnknownETag
    return int(matched[1])
