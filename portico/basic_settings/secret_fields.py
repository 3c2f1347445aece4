"""Fields of a section that hold a secret: the payload has its id, and nobody is shown even that."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, TypeAlias
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from portico.basic_settings.payloads import Payload, WrongValue
from portico.kernel.errors import Invalid, InvalidFields, gettext_noop
from portico.secrets.models import Secret
from portico.secrets.services import Binding, SecretUnusable, keep, reveal, secrets_of
from portico.workspaces.models import Workspace

SET, CHANGED = "set", "changed"


class MustBeTypedAgain(Invalid):
    """A secret was given for other values than those it is to be used with now."""

    code = "must_be_typed_again"
    sentence = gettext_noop("Type it again: what is stored was given for other values than these.")


class HasNoUse(Invalid):
    code = "secret_has_no_use"
    sentence = gettext_noop("With these values it has no use. Leave it empty.")


@dataclass(frozen=True)
class SecretField:
    """How a section's secret is checked when it is typed, and how it is refused.

    `must_be_typed_again` and `has_no_use` take no facts.
    """

    check: Callable[[str], str]
    must_be_typed_again: type[Invalid] = MustBeTypedAgain
    has_no_use: type[Invalid] = HasNoUse
    description: str = ""


class SecretState(BaseModel):
    """What the API shows of a secret."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    set: bool = Field(description="Whether there is one.")
    changed_at: datetime | None = Field(None, description="When it was last given.")


Fields: TypeAlias = Mapping[str, SecretField]
BindingOf: TypeAlias = Callable[[str], Binding | None]


class HasSecrets(Protocol):
    """A section, as far as it matters here."""

    @property
    def secrets(self) -> Fields:
        """Its secret fields."""


@dataclass(frozen=True, repr=False)
class Typed:
    """What was given for secret fields: a text; "" to have none; None for what is there. The texts
    are in no representation of it."""

    texts: Mapping[str, str | None]

    def text(self, field: str) -> str | None:
        """What was given for this field."""
        return self.texts.get(field)


def take_apart(fields: Fields, values: dict[str, Any]) -> tuple[dict[str, Any], Typed]:
    """The values without their secrets, and these apart; raises `InvalidFields`.

    What the API shows of a secret may be sent back, and means the one that is there.
    """
    rest = {name: value for name, value in values.items() if name not in fields}
    texts, errors = {}, dict[str, Invalid]()
    for name, field in fields.items():
        try:
            texts[name] = _text(field, values.get(name))
        except Invalid as error:
            errors[name] = error
    if errors:
        raise InvalidFields(errors)
    return rest, Typed(texts)


def settled(
    workspace: Workspace,
    fields: Fields,
    typed: Typed,
    opened_on: Payload,
    binding_of: BindingOf,
    *,
    kind: str,
    at: datetime,
) -> dict[str, UUID | None]:
    """The secret's id for each field: a new one, the one of what the form was opened on, or none.

    Raises `InvalidFields` where that one was given for other values. The typed text becomes a new
    secret even where it is the same as before: nobody can learn by trying what is stored.
    """
    ids, errors = dict[str, UUID | None](), dict[str, Invalid]()
    for name, field in fields.items():
        text, binding = typed.text(name), binding_of(name)
        there: UUID | None = getattr(opened_on, name)
        if text and binding is None:
            errors[name] = field.has_no_use()
        elif text and binding is not None:
            ids[name] = keep(
                workspace,
                text,
                binding=binding.equal,
                at_least=binding.at_least,
                kind=f"{kind}.{name}",
                at=at,
            ).id
        elif text == "" or there is None or binding is None:
            ids[name] = None
        elif is_bound(workspace, there, binding):
            ids[name] = there
        else:
            errors[name] = field.must_be_typed_again()
    if errors:
        raise InvalidFields(errors)
    return ids


def plains_of(
    workspace: Workspace,
    fields: Fields,
    typed: Typed,
    opened_on: Payload,
    binding_of: BindingOf,
) -> dict[str, str]:
    """What `settled` would keep, in plain text and without keeping it: "" for none."""
    plains, errors = dict[str, str](), dict[str, Invalid]()
    for name in fields:
        try:
            plains[name] = _plain_of(workspace, fields, typed, opened_on, binding_of, name)
        except InvalidFields as error:
            errors |= error.errors
    if errors:
        raise InvalidFields(errors)
    return plains


def _plain_of(
    workspace: Workspace,
    fields: Fields,
    typed: Typed,
    opened_on: Payload,
    binding_of: BindingOf,
    name: str,
) -> str:
    text, binding = typed.text(name), binding_of(name)
    there: UUID | None = getattr(opened_on, name)
    if text and binding is None:
        raise InvalidFields({name: fields[name].has_no_use()})
    if text is not None:
        return text
    if there is None or binding is None:
        return ""
    try:
        return reveal(there, workspace=workspace, binding=binding.equal, at_least=binding.at_least)
    except SecretUnusable:
        raise InvalidFields({name: fields[name].must_be_typed_again()}) from None


def check_bound(
    workspace: Workspace, fields: Fields, payload: Payload, binding_of: BindingOf
) -> None:
    """Raise `InvalidFields` unless each secret is still kept, and was given for these values."""
    errors = dict[str, Invalid]()
    for name, field in fields.items():
        secret_id, binding = getattr(payload, name), binding_of(name)
        if secret_id is not None and (
            binding is None or not is_bound(workspace, secret_id, binding)
        ):
            errors[name] = field.must_be_typed_again()
    if errors:
        raise InvalidFields(errors)


def is_bound(workspace: Workspace, secret_id: UUID, binding: Binding) -> bool:
    """Whether a secret can be used for this."""
    try:
        reveal(secret_id, workspace=workspace, binding=binding.equal, at_least=binding.at_least)
    except SecretUnusable:
        return False
    return True


def ids_in(fields: Fields, payloads: Iterable[Payload]) -> set[UUID]:
    """The secrets that these payloads name."""
    return {
        secret_id
        for payload in payloads
        for name in fields
        if (secret_id := getattr(payload, name)) is not None
    }


def shown_values(
    workspace: Workspace, section: HasSecrets, payloads: Sequence[Payload]
) -> list[dict[str, Any]]:
    """Payloads as the API answers them: of a secret only whether there is one, and since when.

    The secrets of all of them are read in one query, in none where the section has none.
    """
    found = secrets_of(workspace, ids_in(section.secrets, payloads))
    return [
        {**payload.model_dump(mode="json"), **_states(section.secrets, payload, found)}
        for payload in payloads
    ]


def _states(
    fields: Fields, payload: Payload, found: Mapping[UUID, Secret]
) -> dict[str, dict[str, Any]]:
    states = {}
    for name in fields:
        secret_id = getattr(payload, name)
        secret = found.get(secret_id)
        state = SecretState(set=secret_id is not None, changed_at=secret and secret.set_at)
        states[name] = state.model_dump(mode="json")
    return states


def word(before: Payload | None, payload: Payload, name: str) -> str:
    """A secret in an audit entry: "" for none, `set`, or `changed` where another was set before."""
    secret_id = getattr(payload, name)
    if secret_id is None:
        return ""
    other = getattr(before, name) if before is not None else None
    return SET if other in {None, secret_id} else CHANGED


def _text(field: SecretField, given: object) -> str | None:
    if isinstance(given, SecretState | Mapping):
        return None
    if given is None:
        return None
    if not isinstance(given, str):
        raise WrongValue(message="Input should be a valid string")
    return field.check(given) if given else ""
