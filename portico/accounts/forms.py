from __future__ import annotations

import zoneinfo
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _


def language_choices(empty: Any) -> list[tuple[str, Any]]:
    """The languages that pages come in, after an empty choice."""
    return [("", empty), *settings.LANGUAGES]


def time_zone_choices(empty: Any = None) -> list[tuple[str, Any]]:
    """All IANA time zones by name, after an empty choice if one is given."""
    zones = [(zone, zone.replace("_", " ")) for zone in sorted(zoneinfo.available_timezones())]
    return [("", empty), *zones] if empty else list(zones)


class ProfileForm(forms.Form):
    """How a person is called, and what their pages are in."""

    name = forms.CharField(label=_("Name"), max_length=200, required=False)
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
