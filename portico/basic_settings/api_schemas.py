"""What the settings' API takes and answers."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from ninja import Schema
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    WithJsonSchema,
    create_model,
)

from portico.basic_settings.registry import AnySection
from portico.basic_settings.secret_fields import SecretField, SecretState


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


def _is_state(value: object) -> object:
    """What GET answered means the same as nothing. What else is no text is refused as such."""
    is_state = isinstance(value, dict) and value.keys() <= SecretState.model_fields.keys()
    return None if is_state else value


# A text alone; what GET answers of a secret is taken, too, and means that it stays.
# Spaces around it belong to it, as they do to no other text.
GivenSecret = Annotated[
    Annotated[str, StringConstraints(strip_whitespace=False)] | None,
    BeforeValidator(_is_state),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string", "format": "password"},
                {"type": "object", "description": "What GET answered."},
                {"type": "null"},
            ],
            "writeOnly": True,
        }
    ),
]


def schemas_of(section: AnySection) -> tuple[Any, Any]:
    """What GET answers and what PUT takes: the payload's fields, and `meta` beside them."""
    answer = create_model(
        f"{camel(section)}Setting", __base__=section.schema, meta=(Meta, ...), **_shown(section)
    )
    fields: dict[str, Any] = {
        name: (GivenSecret, Field(None, description=_how_given(field)))
        for name, field in section.secrets.items()
    }
    given = create_model(
        f"{camel(section)}Values",
        __base__=section.schema,
        meta=(dict[str, Any] | None, Field(None, description="Ignored.")),
        **fields,
    )
    return answer, given


def draft_schema_of(section: AnySection) -> Any:
    """What reading a draft answers."""
    return create_model(
        f"{camel(section)}Draft",
        __base__=section.schema,
        meta=(DraftMeta, ...),
        **_shown(section),
    )


def _shown(section: AnySection) -> dict[str, Any]:
    return {
        name: (
            SecretState,
            Field(..., description=field.description, json_schema_extra={"readOnly": True}),
        )
        for name, field in section.secrets.items()
    }


def _how_given(field: SecretField) -> str:
    return (
        f"{field.description} Write-only. Left out, null, or what GET answered: it stays as it is. "
        "An empty text: it is removed."
    )


def camel(section: AnySection) -> str:
    """The section's name for the names of its schemas: `AboutUs`."""
    return section.name.replace("-", " ").title().replace(" ", "")
