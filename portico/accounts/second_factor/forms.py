from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

CODE = {
    "autocomplete": "one-time-code",
    "autocapitalize": "none",
    "spellcheck": "false",
    "data-width": "short",
}


class CodeForm(forms.Form):
    """A code of the authenticator app, or a recovery code."""

    code = forms.CharField(label=_("Code"), max_length=40, widget=forms.TextInput(attrs=CODE))


class AppCodeForm(forms.Form):
    """The code that an authenticator app shows when it is added."""

    code = forms.CharField(
        label=_("Code from the app"),
        max_length=40,
        widget=forms.TextInput(attrs={**CODE, "inputmode": "numeric"}),
    )


class PasswordForm(forms.Form):
    """The password of who is signed in."""

    password = forms.CharField(
        label=_("Password"),
        max_length=4096,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class PasskeyNameForm(forms.Form):
    """What somebody calls a passkey. How long it may be is for the verb to say."""

    name = forms.CharField(label=_("Name"), max_length=200)


class AnswerForm(forms.Form):
    """What the browser answered to a passkey's challenge, as JSON."""

    credential = forms.CharField(widget=forms.HiddenInput)
