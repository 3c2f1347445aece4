from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portico.targets.icons import IconForm
from portico.targets.models import App, AppState
from portico.targets.queries import AppFilters
from portico.targets.rules import LONGEST_CODE, LONGEST_NAME, OVERLAPS
from portico.targets.services import Wanted
from portico.ui.forms import Choice

HOUR = timedelta(hours=1)
CODE = {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
OVERLAP_CHOICES = {
    timedelta(0): Choice(_("Ends now"), _("For when somebody else may have it.")),
    timedelta(hours=1): Choice(_("Ends in 1 hour"), _("For a change that is about to be made.")),
    timedelta(days=1): Choice(_("Ends in 1 day"), _("Both keys work until then.")),
    timedelta(days=7): Choice(_("Ends in 7 days"), _("Both keys work until then.")),
    timedelta(days=30): Choice(_("Ends in 30 days"), _("For builds that are changed rarely.")),
}


class AppFilterForm(forms.Form):
    """Which apps to list."""

    q = forms.CharField(required=False, max_length=200)
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=lambda: [("", _("Any state")), *AppState.choices],
    )

    def filters(self) -> AppFilters:
        """What was asked for; where that makes no sense, nothing in particular."""
        self.is_valid()
        asked = self.cleaned_data
        return AppFilters(words=asked.get("q", ""), state=asked.get("state", ""))


class AppForm(IconForm):
    """An app's values. The verbs know what is accepted."""

    field_order = ("name", "code", "icon", "icon_id", "is_web")

    name = forms.CharField(
        label=_("Name"),
        # The verb says what is too long; the browser stops at what is accepted.
        widget=forms.TextInput(attrs={"autocomplete": "off", "maxlength": LONGEST_NAME}),
        help_text=_("What people call it, such as “Acme Pay for Android”."),
    )
    code = forms.CharField(
        label=_("Code"),
        widget=forms.TextInput(attrs={**CODE, "maxlength": LONGEST_CODE}),
        help_text=_(
            "How engineers and the API name it: lower-case letters, digits, dots, hyphens and "
            "underscores, such as “pay-android”."
        ),
    )
    is_web = forms.BooleanField(
        label=_("This is the web app"),
        required=False,
        help_text=_(
            "The public web pages of mini programs show what is released to its Production."
        ),
    )

    def __init__(
        self, *args: Any, app: App | None = None, web_app: App | None = None, **kwargs: Any
    ) -> None:
        """`app`: the one that is changed, where the mark is not asked for; `web_app`: the one that
        bears it at present."""
        if app is not None:
            present = {"name": app.name, "code": app.code, "icon_id": app.icon}
            kwargs["initial"] = {**present, **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)
        if app is not None:
            del self.fields["is_web"]
        elif web_app is not None:
            text = gettext(
                "At present that is “%(app)s”, and there is only one. Its page, and that of this "
                "app once it is made, let you move the mark."
            )
            self.fields["is_web"].help_text = text % {"app": web_app.name}

    def wanted(self) -> Wanted:
        """What was asked for. Call it once the form is valid."""
        given = self.cleaned_data
        is_web = given.get("is_web", False)
        return Wanted(given["name"], given["code"], given["icon_id"], is_web)


class KeyForm(forms.Form):
    """A new key."""

    name = forms.CharField(
        label=_("Name"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "maxlength": LONGEST_NAME}),
        help_text=_("Where it is used, such as “Build server” or “App 4.2 and later”."),
    )


class RotationForm(forms.Form):
    """For how long the old key works beside the new one."""

    overlap = forms.TypedChoiceField(
        label=_("The old key"),
        coerce=lambda hours: int(hours) * HOUR,
        choices=[(overlap // HOUR, OVERLAP_CHOICES[overlap]) for overlap in OVERLAPS],
        initial=timedelta(days=7) // HOUR,
        widget=forms.RadioSelect(),
    )
