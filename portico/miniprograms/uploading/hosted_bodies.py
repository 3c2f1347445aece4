"""A hosted version as a client of the API sends it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from portico.kernel.errors import DomainError, Invalid, InvalidFields, gettext_noop

MOST_URL = 2048
MOST_BODY = 512 * 1024


class UnreadableHosted(DomainError):
    """No JSON, or JSON that says one thing twice (400)."""

    code = "bad_request"
    sentence = gettext_noop(
        "The request cannot be read. Accepted is a JSON object of at most %(limit)s KiB with "
        "“entry_url” and “manifest”, each member once."
    )


class NotAnAddress(Invalid):
    code = "entry_url_missing"
    sentence = gettext_noop("“entry_url” is a web address of at most %(most)s characters.")


class NotAManifest(Invalid):
    code = "manifest_missing"
    sentence = gettext_noop("“manifest” is a JSON object: what manifest.json of a package holds.")


@dataclass(frozen=True)
class HostedGiven:
    """What was sent, its manifest as JSON text. `sha256` is that of the whole body."""

    entry_url: str
    manifest: bytes
    sha256: str


def hosted_in(body: bytes) -> HostedGiven:
    """Read the body; raises `UnreadableHosted` or `InvalidFields`."""
    given = _object_in(body) if len(body) <= MOST_BODY else None
    if given is None:
        raise UnreadableHosted(limit=MOST_BODY // 1024)
    url, manifest = given.get("entry_url"), given.get("manifest")
    errors: dict[str, Invalid] = {}
    if not isinstance(url, str) or not 0 < len(url) <= MOST_URL:
        errors["entry_url"] = NotAnAddress(most=MOST_URL)
    if not isinstance(manifest, dict):
        errors["manifest"] = NotAManifest()
    if errors:
        raise InvalidFields(errors)
    return HostedGiven(
        entry_url=str(url),
        manifest=json.dumps(manifest).encode(),
        sha256=hashlib.sha256(body).hexdigest(),
    )


def _object_in(body: bytes) -> dict[str, Any] | None:
    try:
        given = json.loads(body, object_pairs_hook=_each_once)
    except (ValueError, RecursionError):
        return None
    return given if isinstance(given, dict) else None


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError
    return found
