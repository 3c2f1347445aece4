"""The events that can be sent, each with what its `data` holds. These are promises to receivers.

A field may be added, never taken away or given another meaning. What an event of the platform
holds beside these fields is not sent.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel, ConfigDict, Field, JsonValue

from portico.kernel.errors import Invalid, gettext_noop

TEST: Final = "webhook.test"


class UnknownEvent(Invalid):
    code = "unknown_webhook_event"
    sentence = gettext_noop("“%(event)s” is not an event. There are: %(known)s.")


class Data(BaseModel):
    """What an event's `data` holds."""

    model_config = ConfigDict(extra="ignore", frozen=True, serialize_by_alias=True)


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


class WebhookTest(Data):
    """Somebody tries the endpoint. Nothing has happened."""

    endpoint: UUID = Field(description="The endpoint that is tried.")
    note: str = Field(description="A sentence for people.")


@dataclass(frozen=True)
class EventType:
    """A kind of event. `where` says at which path of the workspace's host the same can be read, in
    case that an event's data is too large to be sent."""

    name: str
    title: Promise
    description: Promise
    schema: type[Data]
    where: Callable[[Mapping[str, JsonValue]], str]


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
