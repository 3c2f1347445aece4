"""Links to legal documents at the foot of mails."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse

from portico.legal.services.read import kinds_in_force
from portico.service_email.look.letterheads import FootLink
from portico.workspaces.hosts import address_of
from portico.workspaces.models import Workspace


def foot_links_of(workspace: Workspace, at: datetime) -> tuple[FootLink, ...]:
    """A link to each document that is in force; titles in the language of each mail."""
    return tuple(
        FootLink(kind.label, address_of(workspace, reverse("legal_document", args=[kind])))
        for kind in kinds_in_force(workspace, at=at)
    )
