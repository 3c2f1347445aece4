from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from portico.miniprograms.uploading.rules import MIB, MOST_PACKED


class PackageForm(forms.Form):
    """A package to upload."""

    package = forms.FileField(
        label=_("Package"),
        widget=forms.ClearableFileInput(attrs={"accept": ".zip,.ma,application/zip"}),
        help_text=_("A ZIP with manifest.json at its root, at most %(limit)s MiB.")
        % {"limit": MOST_PACKED // MIB},
        error_messages={
            "required": _("Choose the ZIP of the package."),
            "empty": _("This file is empty. Choose the ZIP of the package."),
        },
    )


class HostedForm(forms.Form):
    """A version of a hosted mini program."""

    entry_url = forms.CharField(
        label=_("Entry URL"),
        max_length=4000,  # the verb says what is too long
        widget=forms.URLInput(
            attrs={
                "placeholder": "https://miniprogram.example.com/",
                "autocomplete": "off",
                "spellcheck": "false",
            }
        ),
        help_text=_("The page that the mini program begins with. It must answer, over https."),
    )
    manifest = forms.CharField(
        label=_("Manifest"),
        strip=False,
        widget=forms.Textarea(attrs={"rows": 16, "spellcheck": "false"}),
        help_text=_("What manifest.json of a package holds, as JSON."),
    )
