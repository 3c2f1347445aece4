"""What a section's values are: a frozen pydantic model, checked the same way for page and API."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError, ValidationInfo

from portico.basic_settings.rules import check_text
from portico.kernel.errors import Invalid, InvalidFields, gettext_noop

STORED: Final = {"stored": True}


class Payload(BaseModel):
    """The values of a section. Subclasses give every field a default: the platform's."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


P = TypeVar("P", bound=Payload)
T = TypeVar("T")


class WrongValue(Invalid):
    code = "wrong_value"
    sentence = gettext_noop("%(message)s.")


def checked(rule: Callable[[T], T]) -> AfterValidator:
    """Have pydantic apply a rule to what is given, and not to what was stored.

    A rule that becomes stricter must not make a live value unreadable: it is applied again when
    somebody saves, restores or resets.
    """

    def check(value: T, info: ValidationInfo) -> T:
        return value if info.context == STORED else rule(value)

    return AfterValidator(check)


def read_stored(schema: type[P], stored: dict[str, Any]) -> P:
    """A payload as it was stored, its rules not applied again."""
    return schema.model_validate(stored, context=STORED)


def parse(schema: type[P], values: dict[str, Any]) -> P:
    """A payload from what somebody gave; raises `InvalidFields`, an error per field."""
    check_text(values)
    try:
        return schema.model_validate(values)
    except ValidationError as error:
        raise InvalidFields(errors_by_field(error.errors(include_url=False))) from None


def leaves_of(payload: Payload) -> dict[str, Any]:
    """The values by field; those of a part are named with it, as `production.approvals`."""
    found: dict[str, Any] = {}
    for field in type(payload).model_fields:
        value = getattr(payload, field)
        if isinstance(value, Payload):
            found |= {f"{field}.{name}": leaf for name, leaf in leaves_of(value).items()}
        else:
            found[field] = value
    return found


def errors_by_field(errors: list[Any]) -> dict[str, Invalid]:
    """Pydantic's errors as ours: the first for each field, "" for the whole.

    `production.ramp.0.percentage` is a field of a row of a part.
    """
    by_field: dict[str, Invalid] = {}
    for error in errors:
        cause = error.get("ctx", {}).get("error")
        field = ".".join(str(part) for part in error["loc"])
        # A rule over rows or parts names those that are wrong, seen from where it stands.
        causes = cause.errors if isinstance(cause, InvalidFields) else {"": cause}
        for part, one in causes.items():
            by_field.setdefault(
                ".".join(name for name in (field, part) if name),
                one if isinstance(one, Invalid) else WrongValue(message=error["msg"]),
            )
    return by_field
