"""Lists of `tag=value;`, as DKIM keys and DMARC policies are written (RFC 6376, section 3.2)."""

from __future__ import annotations

import re

TAG = re.compile(r"\s*(?P<name>[A-Za-z][A-Za-z0-9_-]*)\s*=\s*(?P<value>[^;]*?)\s*", re.DOTALL)


class UnreadableTags(ValueError):
    """A part that is no `tag=value`, or a tag that is there twice. It is the only argument."""


def tags_of(text: str) -> dict[str, str]:
    """Its tags, names in lower case. Raises UnreadableTags."""
    tags: dict[str, str] = {}
    for part in text.split(";"):
        if not part.strip():
            continue
        found = TAG.fullmatch(part)
        if found is None or found["name"].lower() in tags:
            raise UnreadableTags(part.strip())
        tags[found["name"].lower()] = found["value"]
    return tags
