"""What the settings' API takes and answers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from ninja import Schema
from pydantic import BaseModel, ConfigDict, Field, create_model

from portico.basic_settings.registry import AnySection


class Meta(BaseModel):
    """About the values: read-only. What GET answered may be sent back with PUT; this is ignored."""

    model_config = ConfigDict(extra="ignore")

    revision: int = Field(description="Number of the live revision; 0: nothing was ever saved.")
    changed_at: datetime | None = None
    changed_by: str | None = None
    reason: str = ""
    effective: dict[str, Any] | None = Field(
        None, description="What is in effect now, where that can differ from the live values."
    )
    has_draft: bool = False


class DraftMeta(BaseModel):
    """About a draft: read-only."""

    version: int
    based_on: int = Field(description="The revision that was live when the draft was saved.")
    changed_at: datetime
    changed_by: str | None = None


class RevisionAnswer(Schema):
    """One revision in a history."""

    revision: int
    origin: str
    restored_from: int | None
    based_on: int
    changed_at: datetime
    changed_by: str | None
    reason: str
    values: dict[str, Any]


class HistoryAnswer(Schema):
    """A page of a history, newest first. `next`: pass it as `before` for the page after."""

    items: list[RevisionAnswer]
    next: int | None


class RestoreRequest(Schema):
    """Which revision to publish a copy of."""

    revision: int = Field(ge=1)
    reason: str = Field("", max_length=500)


class HistoryPage(Schema):
    """Which part of a history to answer."""

    before: int | None = Field(None, ge=1, description="Only revisions before this one.")
    limit: int = Field(50, ge=1, le=200)


def schemas_of(section: AnySection) -> tuple[Any, Any]:
    """What GET answers and what PUT takes: the payload's fields, and `meta` beside them."""
    answer = create_model(f"{camel(section)}Setting", __base__=section.schema, meta=(Meta, ...))
    given = create_model(
        f"{camel(section)}Values",
        __base__=section.schema,
        meta=(dict[str, Any] | None, Field(None, description="Ignored.")),
    )
    return answer, given


def camel(section: AnySection) -> str:
    """The section's name for the names of its schemas: `AboutUs`."""
    return section.name.replace("-", " ").title().replace(" ", "")
