"""Who is told of what, and what files can be uploaded for: wiring between features."""

from __future__ import annotations

from functools import partial

from django.http import HttpRequest

from portico.accounts.demo import DemoAccount, offer_demo_accounts
from portico.accounts.second_factor.seeds import keep_seeds_with
from portico.accounts.second_factor.stages import register_exemption
from portico.automated_checks.panels import checks_shown
from portico.automated_checks.services import check_uploaded
from portico.basic_settings.services import live_settings
from portico.branding.rules import Purpose
from portico.branding.services import take_in_picture
from portico.branding.wearing import kit_of
from portico.config.demo import demo_accounts_of
from portico.config.env import load
from portico.domains.notices import tell_admins_of_domain
from portico.files.purposes import TakeIn, register_purposes
from portico.files.uploads import take_larger
from portico.legal.acceptance.gate import GATE
from portico.legal.acceptance.telling import tell_of_published, tell_of_withdrawn
from portico.legal.footers import foot_links_of
from portico.legal.rules.isolation import MOST_BYTES
from portico.legal.services.intake import PURPOSE, take_in_document
from portico.miniprograms.holds import add_hold
from portico.miniprograms.uploading.panels import Panel, version_panels
from portico.miniprograms.uploading.rules import MOST_PACKED
from portico.outbox.models import Event
from portico.outbox.services import listen
from portico.release_process.requests import register_in_flight, register_past
from portico.releases.history import in_flight_in, past_in
from portico.releases.holds import releases_under_way
from portico.releases.notices.telling import LISTENS_TO, tell_of_release
from portico.releases.services import approve_what_is_checked
from portico.secrets.seeds import SEALS
from portico.service_email.look.letterheads import add_foot_links
from portico.service_email.notices import tell_admins_of_changed_settings
from portico.two_factor.gate import GATE as TWO_FACTOR_GATE
from portico.two_factor.signing_in import EXEMPTION as MAILED_CODE
from portico.webhooks.catalog import EVENT_NAMES as SENT_ON
from portico.webhooks.forwarding import forward
from portico.workspaces.gates import register_gate
from portico.workspaces.models import Workspace


def connect() -> None:
    """Wire the features together, once, at start."""
    keep_seeds_with(SEALS)
    register_gate(GATE)
    register_gate(TWO_FACTOR_GATE)
    register_exemption(MAILED_CODE)
    register_purposes({purpose.value: _picture_taker(purpose) for purpose in Purpose})
    register_purposes({PURPOSE: take_in_document})
    add_foot_links(foot_links_of)
    for path in ("/api/v1/files", "/settings/tenant/terms-of-service/"):
        take_larger(path, MOST_BYTES)
    take_larger("/console/programs/", MOST_PACKED, end="/versions/upload/")
    version_panels.add(Panel("checks", "automated_checks/panel.html", checks_shown, place=10))
    add_hold(releases_under_way)
    register_in_flight(in_flight_in)
    register_past(past_in)
    _listen()
    if load().demo:
        offer_demo_accounts(_accounts_here)


def _listen() -> None:
    listen("workspace.made", make_kit_ahead)
    listen("workspace.changed", make_kit_ahead)
    listen("settings.changed", tell_admins_of_changed_settings)
    listen("legal.published", tell_of_published)
    listen("legal.withdrawn", tell_of_withdrawn)
    listen("domain.state_changed", tell_admins_of_domain)
    listen("version.uploaded", check_uploaded)
    listen("version.checked", approve_what_is_checked)
    for name in LISTENS_TO:
        listen(name, tell_of_release)
    for name in SENT_ON:
        listen(name, forward)


def make_kit_ahead(event: Event) -> None:
    """Make a new or renamed workspace's images, so that its first visitor does not wait."""
    workspace = Workspace.objects.get(id=event.workspace_id)
    kit_of(live_settings(workspace))


def _picture_taker(purpose: Purpose) -> TakeIn:
    return partial(take_in_picture, purpose=purpose)


def _accounts_here(request: HttpRequest) -> tuple[DemoAccount, ...]:
    workspace = getattr(request, "workspace", None)
    return demo_accounts_of(workspace.slug) if workspace else ()
