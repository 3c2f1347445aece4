from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from portico.basic_settings.sections import SettingsForm


class AboutUsForm(SettingsForm):
    """One address. Its limits are the rule's to state: a browser would cut a long one silently."""

    url = forms.CharField(
        label=_("Address"),
        required=False,
        help_text=_(
            "The whole address. {lang} in it becomes the language of the page. Empty: no link is "
            "shown."
        ),
        widget=forms.URLInput(
            attrs={
                "placeholder": "https://www.example.com/{lang}/about",
                "autocomplete": "off",
                "spellcheck": "false",
            }
        ),
    )
