from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms.boundfield import BoundField

from portico.basic_settings.sections import SettingsForm
from portico.release_process import form_fields
from portico.release_process.names import MOST_ROWS, ROWS, nested

# Pressing one of these leads to the form again, with a row more or less.
ADD, REMOVE = "add", "remove"


@dataclass(frozen=True)
class Drawn:
    """A field, and what it is called among its like."""

    bound: BoundField
    label: object

    @property
    def locked(self) -> bool:
        """Whether it is a switch that nobody can switch off."""
        return isinstance(self.bound.field.widget, form_fields.LockedToggle)


@dataclass(frozen=True)
class Row:
    """A row of a list, as the form draws it: its fields, and the button that takes it away."""

    number: int
    fields: tuple[Drawn, ...]
    remove: str


@dataclass(frozen=True)
class Rows:
    """A list of the form. `add` is the button's value; `count` holds how many rows there are, and
    the errors that are about all of them."""

    name: str
    count: BoundField
    rows: tuple[Row, ...]
    add: str


class ReleaseProcessForm(SettingsForm):
    """The switches of each environment, and what hides under *Advanced*.

    Its fields are named as the values are: `production.approvals`, `production.ramp.0.percentage`.
    The field of a list itself, `production.ramp`, is hidden and holds how many rows there are.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.short: dict[str, Any] = {}
        for part in form_fields.ENVIRONMENTS:
            for name, field in form_fields.of_environment(part).items():
                self._add(f"{part}.{name}", field, form_fields.ENVIRONMENTS[part])
        self.lengths = {name: self._length(name) for name in ROWS}
        for name, length in self.lengths.items():
            self.fields[name] = form_fields.count_of(name)
            for place in range(length):
                around = f"{form_fields.LISTS[name]} {place + 1}"
                for part, field in form_fields.of_row(name).items():
                    self._add(f"{name}.{place}.{part}", field, around)
        self.fills = tuple(self._buttons())

    def filled(self, action: str, given: Mapping[str, str]) -> dict[str, Any]:  # noqa: ARG002
        """A list with one row more at its end, or without one of its rows."""
        what, name, *where = action.split(":")
        length = self.lengths[name]
        if what == ADD:
            blank = form_fields.blank_row(name)
            added = {f"{name}.{length}.{part}": value for part, value in blank.items()}
            return {name: length + 1, "opened": name, **added}
        later = range(int(where[0]), length - 1)
        moved = {
            f"{name}.{place}.{part}": self[f"{name}.{place + 1}.{part}"].value()
            for place in later
            for part in ROWS[name]
        }
        return {name: length - 1, "opened": name, **moved}

    def values(self) -> dict[str, Any]:
        """What was given, in the payload's shape."""
        return nested(self.cleaned_data)

    @property
    def environments(self) -> list[Environment]:
        """Both, as they are drawn."""
        return [Environment(key, title, self) for key, title in form_fields.ENVIRONMENTS.items()]

    def rows(self, name: str) -> Rows:
        """A list, as it is drawn."""
        length = self.lengths[name]
        return Rows(
            name=name.rpartition(".")[2],
            count=self[name],
            rows=tuple(
                Row(
                    number=place + 1,
                    fields=self.drawn(f"{name}.{place}.{part}" for part in ROWS[name]),
                    remove=f"{REMOVE}:{name}:{place}",
                )
                for place in range(length)
            ),
            add=f"{ADD}:{name}" if length < MOST_ROWS else "",
        )

    def _add(self, name: str, field: forms.Field, around: object) -> None:
        """Label it with where it is, for the list of what is wrong; among its like, it needs to say
        less."""
        self.short[name] = field.label
        field.label = f"{around}: {field.label}"
        self.fields[name] = field

    def drawn(self, names: Iterable[str]) -> tuple[Drawn, ...]:
        """Fields as they are drawn."""
        return tuple(Drawn(self[name], self.short[name]) for name in names)

    def _length(self, name: str) -> int:
        """How many rows of a list there are in what was sent, or in what it starts from."""
        given = self.data.get(name) if self.is_bound else self.initial.get(name)
        try:
            return min(max(int(given or 0), 0), MOST_ROWS)
        except ValueError:
            return 0

    def _buttons(self) -> Iterator[str]:
        for name, length in self.lengths.items():
            if length < MOST_ROWS:
                yield f"{ADD}:{name}"
            yield from (f"{REMOVE}:{name}:{place}" for place in range(length))


@dataclass(frozen=True)
class Environment:
    """One environment's part of the form."""

    key: str
    title: object
    form: ReleaseProcessForm

    @property
    def switches(self) -> Sequence[Drawn]:
        """What is seen at once."""
        return self.form.drawn(f"{self.key}.{name}" for name in form_fields.SWITCHES[self.key])

    @property
    def limits(self) -> Sequence[Drawn]:
        """What hides under *Advanced*, but for the lists."""
        return self.form.drawn(f"{self.key}.{name}" for name in form_fields.LIMITS[self.key])

    @property
    def lists(self) -> Sequence[Rows]:
        """The lists under *Advanced*."""
        return [self.form.rows(name) for name in ROWS if name.startswith(f"{self.key}.")]

    @property
    def is_open(self) -> bool:
        """Whether *Advanced* has to be open: something in it is wrong, or was just changed."""
        opened = str(self.form.initial.get("opened", ""))
        hidden = set(self.form.errors) - {one.bound.name for one in self.switches}
        return any(name.startswith(f"{self.key}.") for name in {opened, *hidden})
