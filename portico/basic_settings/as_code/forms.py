from __future__ import annotations

from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portico.basic_settings.as_code.plans import Plan, PlannedSection
from portico.basic_settings.rules import MOST_IN_REASON

SECRET_PREFIX: Final = "secret."  # noqa: S105 - how the names of fields begin


class UploadForm(forms.Form):
    """A file to plan."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("settings.yaml, or a ZIP file with it and its files."),
        widget=forms.ClearableFileInput(attrs={"accept": ".yaml,.yml,.zip"}),
    )


class ApplyForm(forms.Form):
    """What is still to be given before a plan is applied."""

    def __init__(self, plan: Plan, **initial: Any) -> None:
        super().__init__(initial=initial)
        for one in plan.sections:
            for field in one.secrets_wanted:
                name = f"{SECRET_PREFIX}{one.section.name}.{field}"
                self.fields[name] = forms.CharField(
                    label=_label(one, field),
                    help_text=_("It is not in the file, and what is stored here does not fit."),
                    widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
                )
        self.fields["reason"] = forms.CharField(
            label=_("Reason for the change"), required=False, max_length=MOST_IN_REASON
        )


def _label(one: PlannedSection, field: str) -> str:
    return f"{one.section.title}: {field}"
