"""Who carries a workspace's mail: its own server, else the platform's, else nobody."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, replace
from email.utils import parseaddr

from django.conf import settings

from portico.egress.configuration import Egress
from portico.egress.services import egress_of
from portico.service_email.servers import server_in_use
from portico.service_email.smtp.server import Security, Server
from portico.service_email.smtp.tokens import FRESH, Tokens
from portico.service_email.tokens import WorkspaceTokens
from portico.workspaces.models import Workspace

SMTP_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EVERYWHERE = (ipaddress.ip_network("0.0.0.0/0"), ipaddress.ip_network("::/0"))


@dataclass(frozen=True)
class Carrier:
    """A server, and what may be reached on the way to it. `own`: it is the workspace's. `tokens`
    keeps the access tokens that it wants, if it does."""

    server: Server
    egress: Egress
    own: bool
    tokens: Tokens = FRESH

    @property
    def name(self) -> str:
        """How attempts name it."""
        return f"{self.server.host}:{self.server.port}"


def carrier_of(workspace: Workspace) -> Carrier | None:
    """Who carries this workspace's mail now. None: mail is captured, as in development."""
    server = server_in_use(workspace)
    if server is not None:
        tokens = WorkspaceTokens(workspace, server)
        return Carrier(server, egress_of(workspace), own=True, tokens=tokens)
    return platforms_carrier()


def platforms_carrier() -> Carrier | None:
    """The platform's own mailer. Its server is the operator's choice, wherever it stands."""
    if settings.EMAIL_BACKEND != SMTP_BACKEND:
        return None
    egress: Egress = settings.PORTICO_EGRESS
    server = Server(
        host=settings.EMAIL_HOST,
        port=settings.EMAIL_PORT,
        security=_security(),
        account=platforms_address(),
        username=settings.EMAIL_HOST_USER,
        password=settings.EMAIL_HOST_PASSWORD,
    )
    reach = replace(egress, allowed=EVERYWHERE, mail_ports=egress.mail_ports | {server.port})
    return Carrier(server, reach, own=False)


def platforms_address() -> str:
    """The address that the platform's own mail comes from."""
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1]


def _security() -> Security:
    if settings.EMAIL_USE_SSL:
        return Security.SSL
    return Security.STARTTLS if settings.EMAIL_USE_TLS else Security.NONE
