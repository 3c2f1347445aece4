from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.forms import ResetPasswordForm
from django import forms
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy, pgettext_lazy

from portico.accounts.services import time_zones

# A sentence of Django's password validators that its own Chinese catalog lacks: ours has it.
PASSWORD_TOO_SHORT = ngettext_lazy(
    "This password is too short. It must contain at least %d character.",
    "This password is too short. It must contain at least %d characters.",
    "count",
)


def language_choices(empty: Any) -> list[tuple[str, Any]]:
    """The languages that pages come in, after an empty choice."""
    return [("", empty), *settings.LANGUAGES]


def time_zone_choices(empty: Any = None) -> list[tuple[str, Any]]:
    """All IANA time zones by name, after an empty choice if one is given."""
    zones = [(zone, zone.replace("_", " ")) for zone in time_zones()]
    return [("", empty), *zones] if empty else list(zones)


class ProfileForm(forms.Form):
    """How a person is called, and what their pages are in."""

    name = forms.CharField(
        label=pgettext_lazy("of a person", "Name"), max_length=200, required=False
    )
    language = forms.ChoiceField(
        label=_("Language"),
        required=False,
        choices=lambda: language_choices(_("As the workspace and my browser say")),
    )
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        required=False,
        choices=lambda: time_zone_choices(_("The workspace's")),
        help_text=_("Times on pages are shown in this zone."),
    )


class PasswordLinkForm(ResetPasswordForm):  # type: ignore[misc]
    """Asks for a link to choose a password. Whether there is an account makes no difference."""

    def clean_email(self) -> str:
        """The address; nobody is looked up here."""
        return str(self.cleaned_data["email"]).lower()

    def save(self, request: HttpRequest, **kwargs: Any) -> str:  # noqa: ARG002 - as allauth calls it
        """Have the link sent."""
        email = str(self.cleaned_data["email"])
        get_adapter().send_password_link(email)
        return email
