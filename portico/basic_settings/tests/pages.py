"""What a browser sends to the Settings page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.test import Client

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Answer

HTMX = {"HX-Request": "true", "HX-Current-URL": "http://acme.localhost:8000/settings/tenant/"}


def path(section: str, rest: str) -> str:
    """An address of a section."""
    return f"/settings/tenant/{section}/{rest}/"


def send(
    browser: Client,
    section: str,
    values: dict[str, Any],
    *,
    action: str = "save",
    based_on: object = 0,
    version: object = 0,
    reason: str = "",
    htmx: bool = False,
) -> Answer:
    """Press a button of a section's form."""
    form = {
        **values,
        "action": action,
        "based_on": based_on,
        "version": version,
        "reason": reason,
    }
    return browser.post(path(section, "edit"), form, headers=HTMX if htmx else None)
