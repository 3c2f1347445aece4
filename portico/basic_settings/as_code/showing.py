"""A plan in words, for a terminal and for the API. Pages draw it with the design system."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portico.basic_settings.as_code.plans import Plan, PlannedSection, Standing
from portico.basic_settings.as_code.reading import printable
from portico.ui.texts import say
from portico.ui.values import Address, Change, Mask, Picture, Single, State, Swatch, Value

STANDINGS: dict[Standing, Promise] = {
    Standing.UNCHANGED: gettext_lazy("Unchanged"),
    Standing.FIRST: gettext_lazy("Saved for the first time"),
    Standing.CHANGED: gettext_lazy("Changed"),
    Standing.STALE: gettext_lazy("Changed here since"),
    Standing.REFUSED: gettext_lazy("Refused"),
}


def text_of(value: Value) -> str | None:
    """A shown value as text; None where it reads "Not set"."""
    if value is None or value in ("", ()):
        return None
    if isinstance(value, tuple):
        return ", ".join(text_of(part) or "" for part in value)
    if isinstance(value, Mask):
        return "••••••••" if value.is_set else None
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    return _text(value)


def _text(value: Single) -> str:
    match value:
        case Picture(name=text, url=otherwise) | Address(text=text, url=otherwise):
            return text or otherwise
        case Swatch(color=text) | State(text=text):
            return text
        case datetime():
            return value.isoformat()
    return str(value)


def lines_of(plan: Plan, *, done: bool = False) -> Iterator[str]:
    """A plan for a terminal; `done`: it was applied. Nothing in a line steers the terminal."""
    return map(printable, _lines(plan, done=done))


def _lines(plan: Plan, *, done: bool) -> Iterator[str]:
    if plan.is_copy:
        yield _("This is a copy of the settings of %(source)s.") % {"source": plan.source or "?"}
    for section in plan.sections:
        yield from _section_lines(section, done=done)
    for file in plan.files:
        yield _("File %(name)s is uploaded.") % {"name": file.name or file.sha256}
        yield from (f"    {_(sentence)}" for sentence in file.removed)
    for problem in plan.problems:
        yield say(problem.said)
    for name in plan.secrets_wanted:
        yield _("Needed: %(option)s") % {"option": f"--secret {name}=env:VARIABLE"}


def _section_lines(one: PlannedSection, *, done: bool) -> Iterator[str]:
    number = f" ({one.live} -> {one.revision if done else one.live + 1})" if one.is_pending else ""
    yield f"{one.section.name}: {STANDINGS[one.standing]}{number}"
    yield from _change_lines(one.changes)
    for name in one.kept:
        yield "    " + _("%(field)s is a workspace's own, and stays as it is.") % {"field": name}
    if one.meanwhile:
        yield "    " + _("What others changed since the file was made:")
        yield from _change_lines(one.meanwhile, indent=8)
    for problem in one.problems:
        place = problem.place.removeprefix(one.section.name).lstrip(".")
        yield "    " + (f"{place}: " if place else "") + say(problem.said)


def _change_lines(changes: Iterable[Change], *, indent: int = 4) -> Iterator[str]:
    nothing = _("Not set")
    for change in changes:
        before, after = text_of(change.before) or nothing, text_of(change.after) or nothing
        yield f"{' ' * indent}{change.field}: {before} -> {after}"
