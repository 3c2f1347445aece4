from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class RecipientForm(forms.Form):
    """To whom the test mail goes."""

    to = forms.CharField(
        label=_("Send it to"),
        required=False,
        max_length=400,
        help_text=_("Your own address, or any other that you can look into."),
        widget=forms.TextInput(attrs={"inputmode": "email", "autocomplete": "email"}),
    )
