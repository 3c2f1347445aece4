from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from portico.basic_settings.sections import SettingsForm
from portico.copyright_notice.rules import MOST_CHARACTERS


class CopyrightNoticeForm(SettingsForm):
    """One line of text."""

    text = forms.CharField(
        label=_("Notice"),
        required=False,
        help_text=_(
            "A symbol (© or “Copyright”), a year and an owner. {year} is always the current year, "
            "{first_year} the year in which this workspace began. Empty: no notice is shown."
        ),
        widget=forms.TextInput(
            attrs={"data-counter": True, "maxlength": MOST_CHARACTERS, "autocomplete": "off"}
        ),
    )
