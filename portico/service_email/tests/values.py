"""A workspace's mail server, and the ways to save and send it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.test import Client

from portico.basic_settings import services
from portico.basic_settings.models import SettingsRevision
from portico.service_email.section import section
from portico.service_email.servers import note_accepted, saved_server
from portico.workspaces.models import Membership, Workspace
from tests.make import AT, actor

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Answer

PASSWORD = "correct-horse-battery"
NAME = section.name
EDIT = f"/settings/tenant/{NAME}/edit/"
API = f"/api/v1/settings/{NAME}"

VALUES: dict[str, Any] = {
    "account": "service@acme.example.com",
    "nickname": "Acme Pay",
    "username": "mailer",
    "host": "smtp.example.com",
    "port": 587,
    "security": "starttls",
    "contact_url": "https://www.example.com/help",
}
FORM: dict[str, Any] = {
    **{name: value for name, value in VALUES.items() if name != "security"},
    "ssl": "on",
}


def save(
    member: Membership,
    *,
    password: str | None = PASSWORD,
    based_on: int = 0,
    at: datetime = AT,
    opened_on: str = "live",
    **changed: Any,
) -> SettingsRevision:
    """Save these values, with these changes."""
    return services.save(
        member.workspace,
        section,
        {**VALUES, "password": password, **changed},
        based_on=based_on,
        by=actor(member),
        at=at,
        opened_on=opened_on,
    )


def save_tested(member: Membership, *, at: datetime = AT, **changed: Any) -> SettingsRevision:
    """Save, and have a test through the saved server accepted."""
    revision = save(member, at=at, **changed)
    prove(member, at=at)
    return revision


def prove(member: Membership, *, at: datetime = AT) -> None:
    """A test through the saved server is accepted."""
    server = saved_server(member.workspace)
    assert server is not None
    note_accepted(member.workspace, server, by=actor(member), at=at)


def number_of(workspace: Workspace) -> int:
    """The live revision's number."""
    return services.live(workspace, section).number


def send(browser: Client, *, action: str = "save", based_on: int = 0, **fields: Any) -> Answer:
    """Press a button of the form."""
    form = {**FORM, "action": action, "based_on": based_on, "version": 0, **fields}
    return browser.post(EDIT, {name: value for name, value in form.items() if value is not None})


def put(api: Client, body: Mapping[str, Any], *, etag: int = 0, path: str = "") -> Answer:
    """PUT to the section."""
    return api.put(
        f"{API}{path}",
        json.dumps(body),
        content_type="application/json",
        headers={"if-match": f'"{etag}"'},
    )


def post(api: Client, path: str, body: Mapping[str, Any], *, etag: int) -> Answer:
    """POST to one of the section's operations."""
    return api.post(
        f"{API}{path}",
        json.dumps(body),
        content_type="application/json",
        headers={"if-match": f'"{etag}"'},
    )
