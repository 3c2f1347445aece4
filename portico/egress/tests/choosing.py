"""What the tests of the choice share."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from portico.egress.configuration import outbound_in
from portico.egress.services import choose
from portico.workspaces.models import Membership, Workspace
from tests.make import AT, actor

ELEVEN, TWELVE, THIRTEEN = "198.51.100.11", "198.51.100.12", "2001:db8::13"
OFFERED = f"{ELEVEN}=127.0.0.11,{TWELVE}=127.0.0.12,{THIRTEEN}=nat"
DAY = timedelta(days=1)


def offer(settings: Any, text: str = OFFERED) -> None:
    """Have the operator offer these addresses."""
    settings.PORTICO_EGRESS = replace(settings.PORTICO_EGRESS, outbound=outbound_in(text))


def chosen(
    workspace: Workspace, admin: Membership, *publics: str, days: float = 0, notice: int = 0
) -> None:
    """Have an admin choose these, so many days after `AT`."""
    choose(workspace, publics, by=actor(admin), at=AT + days * DAY, notice_days=notice)
