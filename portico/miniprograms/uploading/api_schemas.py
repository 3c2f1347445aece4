"""Versions as the API shows them, and what it takes."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from ninja import Schema
from pydantic import Field, JsonValue

from portico.miniprograms.models import MiniProgram, Version
from portico.miniprograms.uploading.rules import MOST_PACKED

LARGEST_CODE: Final = 2**63 - 1


class VersionAnswer(Schema):
    """A version. It never changes."""

    app_id: str
    code: int = Field(description="`version.code` of its manifest.")
    name: str = Field(description="`version.name` of its manifest.")
    kind: str = Field(description="`package` or `hosted`.")
    sha256: str | None = Field(description="Of the package; `null` for a hosted version.")
    entry_url: str | None = Field(description="Of a hosted version; `null` for a package.")
    packed: int = Field(description="Bytes of the package.")
    unpacked: int = Field(description="Bytes of all that is in it.")
    entries: int = Field(description="How many files are in it.")
    uploaded_at: datetime
    uploaded_by: str | None = Field(description="The name; `null`: nobody, or an erased person.")


class WholeVersionAnswer(VersionAnswer):
    """A version with its manifest."""

    manifest: dict[str, JsonValue]


class VersionsAnswer(Schema):
    """A page of versions. Pass `next` as `cursor` to get the one after it; `null`: the last."""

    items: list[VersionAnswer]
    next: int | None


class VersionsAsked(Schema):
    """What to look for; what is left out asks for nothing."""

    search: str = Field("", max_length=60, description="A code, or how a name begins.")
    cursor: int | None = Field(None, ge=1, le=LARGEST_CODE)
    limit: int = Field(50, ge=1, le=200)


class HostedGiven(Schema):
    """A hosted version: where it is, and its manifest."""

    entry_url: str = Field(min_length=1, max_length=2048)
    manifest: dict[str, JsonValue]


DIGEST_HEADERS: Final = (
    (
        "Content-Digest",
        "The SHA-256 of the body (RFC 9530): `sha-256=:…:`. What arrives otherwise is not kept.",
    ),
    ("Digest", "The same in the older form (RFC 3230), such as `sha-256=…`."),
)
UPLOAD: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "description": f"The package itself, at most {MOST_PACKED // 1024 // 1024} MiB; chunked "
        "transfer is fine. For a hosted mini program, its entry URL and manifest as JSON.",
        "content": {
            "application/zip": {"schema": {"type": "string", "format": "binary"}},
            "application/json": {"schema": HostedGiven.model_json_schema()},
        },
    },
    "parameters": [
        {
            "in": "header",
            "name": name,
            "required": False,
            "description": description,
            "schema": {"type": "string"},
        }
        for name, description in DIGEST_HEADERS
    ],
}


def answer_of(program: MiniProgram, version: Version) -> VersionAnswer:
    """A version without its manifest."""
    return VersionAnswer(**_values(program, version))


def whole_answer_of(program: MiniProgram, version: Version) -> WholeVersionAnswer:
    """A version with its manifest."""
    return WholeVersionAnswer(**_values(program, version), manifest=version.manifest)


def _values(program: MiniProgram, version: Version) -> dict[str, Any]:
    person = version.created_by
    return {
        "app_id": program.app_id,
        "code": version.code,
        "name": version.name,
        "kind": "package" if version.package else "hosted",
        "sha256": version.package or None,
        "entry_url": version.entry_url or None,
        "packed": version.packed,
        "unpacked": version.unpacked,
        "entries": version.entries,
        "uploaded_at": version.created_at,
        "uploaded_by": (person.name or person.email) if person else None,
    }
