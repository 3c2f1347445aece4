"""What a browser sends of the form of the Release Process."""

from __future__ import annotations

from typing import Any

from portico.release_process.names import flat
from portico.release_process.payload import ReleaseProcess

EDIT = "/settings/tenant/release-process/edit/"


def sent(*, action: str = "save", based_on: int = 0, **changes: Any) -> dict[str, Any]:
    """The default, with changes whose names have `__` for a dot. Switches that are off, and those
    that are locked, are not sent."""
    values = flat(ReleaseProcess()) | {
        name.replace("__", "."): value for name, value in changes.items()
    }
    locked = ("production.review", "production.grayscale_release")
    kept = {
        name: value for name, value in values.items() if value is not False and name not in locked
    }
    return {**kept, "action": action, "based_on": based_on, "version": 0}
