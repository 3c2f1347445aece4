"""What is sent: made once from an event, and from then on a text that nobody changes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime

from pydantic import JsonValue

from portico.webhooks.catalog import event_named
from portico.workspaces.hosts import address_of
from portico.workspaces.models import Workspace

MOST_BYTES = 64 * 1024 - 1


def body_of(
    name: str, payload: Mapping[str, JsonValue], *, workspace: Workspace, at: datetime
) -> str:
    """The body for this event: canonical JSON, less than 64 KiB in UTF-8.

    Raises pydantic's `ValidationError` where the payload is not what the catalog promises. Data
    that is too large is left out, and where to read it stands in its place.
    """
    event = event_named(name)
    data: dict[str, JsonValue] = event.schema.model_validate(payload).model_dump(mode="json")
    body = _written(name, data, workspace=workspace, at=at)
    if len(body.encode()) <= MOST_BYTES:
        return body
    pointer: dict[str, JsonValue] = {
        "left_out": True,
        "bytes": len(body.encode()),
        "read": address_of(workspace, event.where(data)),
    }
    return _written(name, pointer, workspace=workspace, at=at)


def _written(name: str, data: dict[str, JsonValue], *, workspace: Workspace, at: datetime) -> str:
    moment = at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    whole = {"type": name, "timestamp": moment, "workspace": workspace.slug, "data": data}
    return json.dumps(whole, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
