"""What this installation's outgoing calls may reach."""

from __future__ import annotations

from django.conf import settings

from portico.egress.configuration import Egress


def egress() -> Egress:
    """The installation's, as configured."""
    configured: Egress = settings.PORTICO_EGRESS
    return configured
