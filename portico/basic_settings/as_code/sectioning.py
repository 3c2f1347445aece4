"""One section of a settings file on its way to being live. Its pointer is locked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext

from portico.audit.services import Actor
from portico.basic_settings.as_code.document import GivenSection, SecretWord
from portico.basic_settings.as_code.faults import (
    ChangedInBoth,
    ChangedSince,
    NoSuchBase,
    Problem,
    SecretMissing,
)
from portico.basic_settings.as_code.intake import Intake
from portico.basic_settings.as_code.merging import as_stored, laid_over, plain, rebased
from portico.basic_settings.as_code.places import with_files
from portico.basic_settings.as_code.plans import PlannedSection, Standing
from portico.basic_settings.models import LiveSetting, Origin
from portico.basic_settings.payloads import Payload, read_stored
from portico.basic_settings.services import diff, forget_unneeded, payload_at
from portico.basic_settings.services.publish import make_live
from portico.basic_settings.services.secrets import LIVE, take_in
from portico.kernel.errors import Conflict, DomainError, Invalid, InvalidFields, NotFound

# What a section's hooks say no with.
REFUSALS = (Invalid, Conflict, NotFound)


@dataclass(frozen=True, repr=False)
class Writing:
    """What all sections of a file have in common while they are written."""

    secrets: Mapping[str, str]
    rebase: bool
    is_copy: bool
    intake: Intake
    by: Actor
    at: datetime
    reason: str

    def secret(self, given: GivenSection, name: str) -> str | None:
        """The text that was given for a secret field, if one was."""
        return self.secrets.get(f"{given.section.name}.{name}")


def write_section(pointer: LiveSetting, given: GivenSection, writing: Writing) -> PlannedSection:
    """Make what the file says of this section live, or say why that cannot be."""
    planned = PlannedSection(
        section=given.section,
        standing=Standing.UNCHANGED,
        live=_number(pointer),
        based_on=None if writing.is_copy else given.revision,
        kept=_own_fields(given, writing),
    )
    if problems := tuple(writing.intake.problems(given)):
        return replace(planned, standing=Standing.REFUSED, problems=problems)
    try:
        given = _as_here(pointer, given, writing)
    except REFUSALS as error:
        return _refused(planned, given, error)
    live = _payload(pointer, given)
    values = laid_over(given, plain(given.section, live))
    if _is_same(given, live, values, writing):
        return planned
    base = planned.based_on
    if base is not None and base != planned.live:
        return _over_others(pointer, planned, given, writing)
    return _written(pointer, planned, given, values, writing)


def _over_others(
    pointer: LiveSetting, planned: PlannedSection, given: GivenSection, writing: Writing
) -> PlannedSection:
    """The section was changed since the file was made: refused, or laid over those changes."""
    live, base = _payload(pointer, given), planned.based_on or 0
    if base > planned.live:
        return _refused(planned, given, NoSuchBase(based_on=base, live=planned.live))
    older = payload_at(pointer.workspace, given.section, base)
    meanwhile = _changes(pointer, given, older, live, writing)
    planned = replace(planned, meanwhile=meanwhile)
    if not writing.rebase:
        return _stale(pointer, planned, given)
    values, both = _rebased(given, older, live)
    if both:
        clash = ChangedInBoth(live=planned.live)
        return _refused(planned, given, InvalidFields(dict.fromkeys(both, clash)))
    if _is_same(given, live, values, writing):
        return planned
    return _written(pointer, planned, given, values, writing)


def _written(
    pointer: LiveSetting,
    planned: PlannedSection,
    given: GivenSection,
    values: dict[str, Any],
    writing: Writing,
) -> PlannedSection:
    """The section saved as a save does it, undone where something refuses it."""
    section, at = given.section, writing.at
    live = _payload(pointer, given)
    before = pointer.revision
    try:
        with transaction.atomic():
            payload = take_in(
                pointer, section, {**values, **_texts(given, writing)}, opened_on=LIVE, at=at
            )
            _refuse_missing_secrets(given, payload)
            if section.settle(pointer.workspace, payload, at=at) == live:
                return planned
            revision = make_live(
                pointer,
                section,
                payload,
                origin=Origin.APPLY,
                by=writing.by,
                at=at,
                reason=writing.reason,
            )
            forget_unneeded(pointer, section, at=at)
            made = read_stored(section.schema, revision.payload)
            changes = _changes(pointer, given, live, made, writing)
    except REFUSALS as error:
        pointer.revision = before
        return _refused(planned, given, error)
    standing = Standing.CHANGED if before is not None else Standing.FIRST
    return replace(planned, standing=standing, changes=changes, revision=revision.number)


def _as_here(pointer: LiveSetting, given: GivenSection, writing: Writing) -> GivenSection:
    """The section with its files as they are named here, and in a copy without what is not
    copied."""
    values = with_files(given.section, given.values, writing.intake.name_here)
    if writing.is_copy:
        values = {
            name: value for name, value in values.items() if name not in given.section.own_fields
        }
        values = given.section.import_values(pointer.workspace, values, at=writing.at)
    return replace(given, values=values)


def _own_fields(given: GivenSection, writing: Writing) -> tuple[str, ...]:
    if not writing.is_copy:
        return ()
    return tuple(
        name
        for name in given.section.schema.model_fields
        if name in given.section.own_fields and name in given.values
    )


def _is_same(given: GivenSection, live: Payload, values: dict[str, Any], writing: Writing) -> bool:
    """Whether these are the live values, so that nothing is to be judged or saved."""
    if any(writing.secret(given, name) is not None for name in given.section.secrets):
        return False
    for name, word in given.secrets.items():
        if (getattr(live, name) is not None) is not (word is SecretWord.KEPT):
            return False
    return as_stored(given.section, values) == plain(given.section, live)


def _texts(given: GivenSection, writing: Writing) -> dict[str, str | None]:
    """What is given for the secret fields: a text, "" for none, None for the one that is there."""
    return {
        name: writing.secret(given, name)
        or ("" if given.secrets.get(name) is SecretWord.NONE else None)
        for name in given.section.secrets
    }


def _refuse_missing_secrets(given: GivenSection, payload: Payload) -> None:
    """A secret that the file counts on, where there is none: `kept` must keep something."""
    missing: dict[str, Invalid] = {
        name: SecretMissing()
        for name, word in given.secrets.items()
        if word is SecretWord.KEPT
        and getattr(payload, name) is None
        and given.section.binding(payload, name) is not None
    }
    if missing:
        raise InvalidFields(missing)


def _rebased(
    given: GivenSection, older: Payload, live: Payload
) -> tuple[dict[str, Any], list[str]]:
    base = plain(given.section, older)
    return rebased(
        as_stored(given.section, {**base, **given.values}), base, plain(given.section, live)
    )


def _stale(pointer: LiveSetting, planned: PlannedSection, given: GivenSection) -> PlannedSection:
    author = pointer.revision.author if pointer.revision else None
    error = ChangedSince(
        who=author or gettext("The platform"), based_on=planned.based_on, live=planned.live
    )
    return replace(_refused(planned, given, error), standing=Standing.STALE)


def _refused(planned: PlannedSection, given: GivenSection, error: DomainError) -> PlannedSection:
    section = given.section
    errors: Mapping[str, DomainError] = {"": error}
    if isinstance(error, InvalidFields):
        errors = error.errors
    problems = tuple(
        Problem(f"{section.name}.{name}" if name else section.name, one, given.line(name))
        for name, one in errors.items()
    )
    wanted = tuple(
        name
        for name, one in errors.items()
        if name in section.secrets and not isinstance(one, section.secrets[name].has_no_use)
    )
    return replace(planned, standing=Standing.REFUSED, problems=problems, secrets_wanted=wanted)


def _changes(
    pointer: LiveSetting, given: GivenSection, before: Payload, after: Payload, writing: Writing
) -> Any:
    return tuple(diff(pointer.workspace, given.section, before, after, at=writing.at))


def _payload(pointer: LiveSetting, given: GivenSection) -> Any:
    if pointer.revision is None:
        return given.section.default(pointer.workspace)
    return read_stored(given.section.schema, pointer.revision.payload)


def _number(pointer: LiveSetting) -> int:
    return pointer.revision.number if pointer.revision else 0
