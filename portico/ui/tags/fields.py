"""Forms: all fields, one field, and what is wrong with them."""

from __future__ import annotations

from django.forms import BaseForm
from django.forms.boundfield import BoundField
from django.template import Context, Library
from django.utils.safestring import SafeString

from portico.ui.forms import groups_of

register = Library()


@register.inclusion_tag("ui/forms/error_summary.html")
def error_summary(form: BaseForm) -> dict[str, object]:
    """What is wrong, at the top, with links to the fields; nothing while nothing is wrong."""
    return {"form": form, "fields": [field for field in form if field.errors]}


@register.inclusion_tag("ui/forms/fields.html", takes_context=True)
def fields(context: Context, form: BaseForm) -> dict[str, object]:
    """The form's fields, those of `form.advanced` folded away."""
    return {"groups": groups_of(form), "request": context.get("request")}


@register.simple_tag
def field(
    bound: BoundField,
    label: str | None = None,
    help: str | None = None,  # noqa: A002 - the word for it
    placeholder: bool = True,
) -> SafeString:
    """One field: label, help, widget, errors.

    `label` and `help` replace the field's own; `placeholder=False` drops its placeholder. For
    forms that come from elsewhere.
    """
    if label is not None:
        bound.label = label
    if help is not None:
        bound.help_text = help
    if not placeholder:
        bound.field.widget.attrs.pop("placeholder", None)
    return bound.as_field_group()
