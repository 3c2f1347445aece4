"""Which values a section is to have: the file's over the live ones, or both over their base."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from portico.basic_settings.as_code.document import GivenSection
from portico.basic_settings.payloads import Payload, parse
from portico.basic_settings.registry import AnySection
from portico.kernel.errors import InvalidFields


def plain(section: AnySection, payload: Payload) -> dict[str, Any]:
    """A payload as plain values, without its secrets."""
    return payload.model_dump(mode="json", exclude=set(section.secrets))


def laid_over(given: GivenSection, live: Mapping[str, Any]) -> dict[str, Any]:
    """The live values, with those that the file gives in their place."""
    return {**live, **given.values}


def as_stored(section: AnySection, values: Mapping[str, Any]) -> dict[str, Any]:
    """The values as they would be stored, where they can be: so that equal ones look equal."""
    try:
        return plain(section, parse(section.schema, dict(values)))
    except InvalidFields:
        return dict(values)


def rebased(
    wanted: Mapping[str, Any], base: Mapping[str, Any], live: Mapping[str, Any]
) -> tuple[dict[str, Any], list[str]]:
    """What the file changed, over what is live now; and the fields that were changed in both.

    `wanted`: what the file says over its base.
    """
    values = dict(live)
    both = []
    for name, value in wanted.items():
        if value in (base.get(name), live.get(name)):
            continue
        if live.get(name) != base.get(name):
            both.append(name)
        values[name] = value
    return values, both
