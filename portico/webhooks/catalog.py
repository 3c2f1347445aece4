"""The events that can be sent, each with what its `data` holds. These are promises to receivers.

A field may be added, never taken away or given another meaning. What an event of the platform
holds beside these fields is not sent.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from pydantic import Field

from portico.kernel.errors import Invalid, gettext_noop
from portico.webhooks.event_types import Data, EventType
from portico.webhooks.release_events import RELEASE_EVENTS

TEST: Final = "webhook.test"


class UnknownEvent(Invalid):
    code = "unknown_webhook_event"
    sentence = gettext_noop("“%(event)s” is not an event. There are: %(known)s.")


class SettingsChanged(Data):
    """A section of the settings has other values now. Which ones is not said: read the section."""

    section: str = Field(description="The section, as the API names it, such as `about-us`.")
    revision: int = Field(description="The number of the revision that is live now.")
    sensitive: bool = Field(
        description="Whether the section matters to the security of the workspace."
    )


class LegalPublished(Data):
    """A version of a legal document was published."""

    kind: str = Field(description="Which document: as in its address, `/legal/<kind>`.")
    version: int = Field(description="Its number.")
    effective_at: datetime = Field(description="When it comes, or came, into force.")
    material: bool = Field(description="Whether it changes what was agreed; `false`: a correction.")
    languages: tuple[str, ...] = Field(description="The languages that it is there in.")


class DomainStateChanged(Data):
    """The workspace's own domain is in another state."""

    domain: str = Field(description="The domain, in ASCII.")
    before: str = Field(alias="from", description="The state it was in.")
    after: str = Field(alias="to", description="The state it is in now.")
    reason: str = Field(description="Why, in a word; empty where nothing is to be said.")


class VersionUploaded(Data):
    """A version of a mini program was uploaded. It is not released by that."""

    version: UUID = Field(description="The version's id.")
    app_id: str = Field(description="The mini program.")
    code: int = Field(description="`version.code` of its manifest.")
    name: str = Field(description="`version.name` of its manifest.")


class VersionChecked(Data):
    """All automated checks of a version have ended, and the reviewers have answered."""

    version: UUID = Field(description="The version's id.")
    app_id: str = Field(description="The mini program.")
    code: int = Field(description="`version.code` of its manifest.")
    errors: int = Field(description="How many errors were found.")
    warnings: int = Field(description="How many warnings were found.")


class MiniProgramNamed(Data):
    """A mini program, as it is called now."""

    app_id: str = Field(description="Its name for machines, which never changes.")
    name: str = Field(description="What people call it.")
    kind: str = Field(description="`package` or `hosted`.")


class WebhookTest(Data):
    """Somebody tries the endpoint. Nothing has happened."""

    endpoint: UUID = Field(description="The endpoint that is tried.")
    note: str = Field(description="A sentence for people.")


EVENTS: Final[tuple[EventType, ...]] = (
    EventType(
        name="settings.changed",
        title=_("Settings changed"),
        description=_("A section of the settings was saved, restored or reset."),
        schema=SettingsChanged,
        where=lambda data: f"/api/v1/settings/{data['section']}",
    ),
    EventType(
        name="legal.published",
        title=_("Legal document published"),
        description=_("A new version of the terms or another legal document was published."),
        schema=LegalPublished,
        where=lambda data: f"/legal/{data['kind']}/{data['version']}",
    ),
    EventType(
        name="domain.state_changed",
        title=_("Domain changed its state"),
        description=_("The workspace's own domain was verified, became active, or has a problem."),
        schema=DomainStateChanged,
        where=lambda _data: "/api/v1/settings/domain-preference",
    ),
    EventType(
        name="version.uploaded",
        title=_("Version uploaded"),
        description=_("A version of a mini program was uploaded. It is not released by that."),
        schema=VersionUploaded,
        where=lambda data: f"/api/v1/mini-programs/{data['app_id']}/versions/{data['code']}",
    ),
    EventType(
        name="version.checked",
        title=_("Version checked"),
        description=_("All automated checks of a version have ended, reviewers' answers too."),
        schema=VersionChecked,
        where=lambda data: f"/api/v1/mini-programs/{data['app_id']}/versions/{data['code']}/checks",
    ),
    EventType(
        name="miniprogram.created",
        title=_("Mini program made"),
        description=_("A mini program was made. No version of it is there yet."),
        schema=MiniProgramNamed,
        where=lambda data: f"/api/v1/mini-programs/{data['app_id']}",
    ),
    EventType(
        name="miniprogram.archived",
        title=_("Mini program archived"),
        description=_("A mini program is kept for the record alone from now on."),
        schema=MiniProgramNamed,
        where=lambda data: f"/api/v1/mini-programs/{data['app_id']}",
    ),
    EventType(
        name="miniprogram.restored",
        title=_("Mini program restored"),
        description=_("An archived mini program is in use again."),
        schema=MiniProgramNamed,
        where=lambda data: f"/api/v1/mini-programs/{data['app_id']}",
    ),
    *RELEASE_EVENTS,
)
"""Those that an endpoint can ask for. `portico.config.listeners` connects each to `forward`."""

TEST_EVENT: Final = EventType(
    name=TEST,
    title=_("Test"),
    description=_("Sent when somebody asks for it, whatever the endpoint has chosen."),
    schema=WebhookTest,
    where=lambda data: f"/api/v1/webhooks/{data['endpoint']}",
)

EVENT_NAMES: Final = tuple(event.name for event in EVENTS)


def event_named(name: str) -> EventType:
    """The event of this name, the test too; raises `UnknownEvent`."""
    for event in (*EVENTS, TEST_EVENT):
        if event.name == name:
            return event
    raise UnknownEvent(event=name[:60], known=", ".join(EVENT_NAMES))


def title_of(name: str) -> str:
    """What people call an event; its name if it is no longer there."""
    try:
        return str(event_named(name).title)
    except UnknownEvent:
        return name
