"""What somebody wants tested: the saved values, or those in a form or a request."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from portico.basic_settings.services import live, with_plain_secrets
from portico.service_email.doctor.letters import looks_of
from portico.service_email.doctor.rules import NothingToTest
from portico.service_email.doctor.runs import Wish
from portico.service_email.section import section
from portico.service_email.servers import saved_server, server_from
from portico.workspaces.models import Workspace


def saved_values(workspace: Workspace) -> Wish:
    """The saved server. Raises `NothingToTest` or `SecretUnusable`."""
    server = saved_server(workspace)
    if server is None:
        raise NothingToTest
    payload = live(workspace, section).payload
    return Wish(server, looks_of(payload), payload.dkim_selector, saved=True)


def unsaved_values(
    workspace: Workspace, values: Mapping[str, object], *, at: datetime, opened_on: str = "live"
) -> Wish:
    """The server of these values, by the rules of a save. Raises `InvalidFields` or
    `NothingToTest`."""
    server = server_from(workspace, values, at=at, opened_on=opened_on)
    if server is None:
        raise NothingToTest
    payload, _plain = with_plain_secrets(workspace, section, dict(values), opened_on=opened_on)
    return Wish(server, looks_of(payload), payload.dkim_selector, saved=False)
