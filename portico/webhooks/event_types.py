"""What an event is that can be sent to partners' servers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from pydantic import BaseModel, ConfigDict, JsonValue


class Data(BaseModel):
    """What an event's `data` holds."""

    model_config = ConfigDict(extra="ignore", frozen=True, serialize_by_alias=True)


@dataclass(frozen=True)
class EventType:
    """A kind of event. `where` says at which path of the workspace's host the same can be read, in
    case that an event's data is too large to be sent."""

    name: str
    title: Promise
    description: Promise
    schema: type[Data]
    where: Callable[[Mapping[str, JsonValue]], str]
