"""Who is told of what, and what files can be uploaded for: wiring between features."""

from __future__ import annotations

from functools import partial

from django.http import HttpRequest

from portico.accounts.demo import DemoAccount, offer_demo_accounts
from portico.basic_settings.services import live_settings
from portico.branding.rules import Purpose
from portico.branding.services import take_in_picture
from portico.branding.wearing import kit_of
from portico.config.demo import demo_accounts_of
from portico.config.env import load
from portico.files.purposes import TakeIn, register_purposes
from portico.outbox.models import Event
from portico.outbox.services import listen
from portico.service_email.notices import tell_admins_of_changed_settings
from portico.workspaces.models import Workspace


def connect() -> None:
    """Wire the features together, once, at start."""
    register_purposes({purpose.value: _picture_taker(purpose) for purpose in Purpose})
    listen("workspace.made", make_kit_ahead)
    listen("workspace.changed", make_kit_ahead)
    listen("settings.changed", tell_admins_of_changed_settings)
    if load().demo:
        offer_demo_accounts(_accounts_here)


def make_kit_ahead(event: Event) -> None:
    """Make a new or renamed workspace's images, so that its first visitor does not wait."""
    workspace = Workspace.objects.get(id=event.workspace_id)
    kit_of(live_settings(workspace))


def _picture_taker(purpose: Purpose) -> TakeIn:
    return partial(take_in_picture, purpose=purpose)


def _accounts_here(request: HttpRequest) -> tuple[DemoAccount, ...]:
    workspace = getattr(request, "workspace", None)
    return demo_accounts_of(workspace.slug) if workspace else ()
