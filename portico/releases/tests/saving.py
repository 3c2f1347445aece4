"""Saving another Release Process, as an admin does on the Settings page."""

from __future__ import annotations

from conftest import Cast
from portico.basic_settings.services import live, save
from portico.release_process.section import section
from tests.make import AT, actor


def save_process(cast: Cast, **parts: dict[str, object]) -> int:
    """Save these values of `production` and `sandbox`; the number of the new revision."""
    found = live(cast.acme, section)
    values = found.payload.model_dump(mode="json")
    for name, changes in parts.items():
        values[name] |= changes
    revision = save(cast.acme, section, values, based_on=found.number, by=actor(cast.admin), at=AT)
    return revision.number
