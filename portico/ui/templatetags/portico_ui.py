"""All tags of the design system, as one library (a builtin of every template)."""

from __future__ import annotations

from django.template import Library

from portico.ui.tags import actions, assets, containers, display, fields, tables
from portico.ui.tags.markup import safe_address

register = Library()
for part in (actions, assets, containers, display, fields, tables):
    register.tags.update(part.register.tags)


@register.filter
def address(url: object) -> str:
    """The address, or nothing where following it would run a script."""
    return safe_address(url)
