"""How forms look: the renderer, and the few widgets that HTML does not have."""

from __future__ import annotations

from dataclasses import dataclass

from django import forms
from django.forms.boundfield import BoundField
from django.forms.renderers import TemplatesSetting
from django.utils.functional import Promise

from portico.kernel.errors import Invalid, InvalidFields
from portico.ui.texts import say

LOOKS = {
    forms.CheckboxInput: "toggle",
    forms.FileInput: "file",
    forms.RadioSelect: "group",
    forms.CheckboxSelectMultiple: "group",
}


class Field(BoundField):
    """A field of a form, with the answers that its template asks for."""

    @property
    def look(self) -> str:
        """How it is laid out: `toggle`, `file`, `group`, or `line` for all others."""
        for widget_class in type(self.field.widget).__mro__:
            if widget_class in LOOKS:
                return LOOKS[widget_class]
        return "line"

    @property
    def is_marked_optional(self) -> bool:
        """Whether to say that it may stay empty: only where other fields may not."""
        return (
            not (self.field.required or self.field.disabled)
            and self.look != "toggle"
            and any(field.required for field in self.form.fields.values())
        )

    @property
    def limit(self) -> int | None:
        """The most characters it takes, where the widget counts them."""
        attrs = self.field.widget.attrs
        return int(attrs["maxlength"]) if "data-counter" in attrs and "maxlength" in attrs else None

    @property
    def used(self) -> int:
        """How many characters are in it."""
        return len(str(self.value() or ""))

    @property
    def aria_describedby(self) -> str | None:
        """The ids of what describes it: help, errors, counter."""
        described = super().aria_describedby
        if described is None or self.limit is None or not self.auto_id:
            return described
        return f"{described} {self.auto_id}_counter".strip()


class Renderer(TemplatesSetting):
    """Draws forms, fields and widgets with the templates of this package."""

    form_template_name = "ui/forms/form.html"
    field_template_name = "ui/forms/field.html"
    bound_field_class = Field


class ColorInput(forms.TextInput):
    """A color as `#rrggbb`: typed, or picked with the browser's own picker."""

    template_name = "ui/forms/color.html"


@dataclass(frozen=True)
class Choice:
    """A choice's label with a sentence on what it means; for radio cards."""

    label: str | Promise
    description: str | Promise = ""

    def __str__(self) -> str:
        return str(self.label)


@dataclass(frozen=True)
class CurrentFile:
    """The stored file that a file field starts from. `picture`: its thumbnail can be shown."""

    name: str
    url: str
    picture: bool = False

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class FieldGroups:
    """A form's fields as they are drawn: hidden ones, plain ones, and those under *Advanced*."""

    hidden: list[BoundField]
    plain: list[BoundField]
    advanced: list[BoundField]

    @property
    def advanced_open(self) -> bool:
        """Whether *Advanced* must be open, because something in it wants attention."""
        return any(field.errors for field in self.advanced)


def groups_of(form: forms.BaseForm) -> FieldGroups:
    """Sort the form's fields by where they are drawn."""
    kept_back = frozenset(getattr(form, "advanced", ()))
    visible = form.visible_fields()
    return FieldGroups(
        hidden=form.hidden_fields(),
        plain=[field for field in visible if field.name not in kept_back],
        advanced=[field for field in visible if field.name in kept_back],
    )


def refuse(form: forms.BaseForm, error: Invalid) -> None:
    """Put a service's refusal beside the fields it speaks of.

    An error about a field that the form does not show, or about none, goes to the top.
    """
    errors: dict[str, Invalid] = error.errors if isinstance(error, InvalidFields) else {"": error}
    for name, one in errors.items():
        form.add_error(name if name in form.fields else None, say(one))
