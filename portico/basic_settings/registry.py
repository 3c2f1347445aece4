"""The sections of this installation, in the order of the page. `portico.config` fills it."""

from __future__ import annotations

from typing import Any

from portico.basic_settings.sections import Section
from portico.kernel.errors import NotFound

AnySection = Section[Any]
_sections: dict[str, AnySection] = {}


def register(*sections: AnySection) -> None:
    """Make these the sections, in this order."""
    _sections.clear()
    _sections.update({section.name: section for section in sections})


def all_sections() -> tuple[AnySection, ...]:
    """All sections, in the order of the page."""
    return tuple(_sections.values())


def section_named(name: str) -> AnySection:
    """The section of that name; raises `NotFound`."""
    try:
        return _sections[name]
    except KeyError:
        raise NotFound from None
