"""Who is told of what, and what files can be uploaded for: wiring between features."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest

from portico.accounts.demo import DemoAccount, offer_demo_accounts
from portico.branding.rules import Purpose
from portico.branding.services import take_in_picture
from portico.config.demo import demo_accounts_of
from portico.config.env import load
from portico.files.models import StoredFile
from portico.files.purposes import TakeIn, register_purposes
from portico.workspaces.models import Workspace


def connect() -> None:
    """Wire the features together, once, at start."""
    register_purposes(
        {
            purpose.value: _picture_taker(purpose)
            for purpose in (Purpose.LOGO, Purpose.DARK_LOGO, Purpose.FAVICON)
        }
    )
    if load().demo:
        offer_demo_accounts(_accounts_here)


def _picture_taker(purpose: Purpose) -> TakeIn:
    def take(workspace: Workspace, content: bytes, *, name: str, at: datetime) -> StoredFile:
        stored, _removed = take_in_picture(workspace, content, purpose=purpose, name=name, at=at)
        return stored

    return take


def _accounts_here(request: HttpRequest) -> tuple[DemoAccount, ...]:
    workspace = getattr(request, "workspace", None)
    return demo_accounts_of(workspace.slug) if workspace else ()
