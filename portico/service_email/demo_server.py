"""The mail server that comes with the demo, as the form is filled with it."""

from __future__ import annotations

from typing import Final, TypedDict

from portico.service_email.smtp.server import Security
from portico.workspaces.models import Workspace

HOST: Final = "mail.localhost"
PASSWORD: Final = "demo-mail-2026"  # noqa: S105 - public by design; there is no demo in production


class DemoValues(TypedDict):
    """What the button *Use demo server* fills in."""

    host: str
    port: int
    security: Security
    account: str
    username: str
    password: str


def demo_values(workspace: Workspace, port: int) -> DemoValues:
    """The demo's server as a workspace signs in to it."""
    account = f"service@{workspace.slug}.example.com"
    return DemoValues(
        host=HOST,
        port=port,
        security=Security.STARTTLS,
        account=account,
        username=account,
        password=PASSWORD,
    )
