from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from portico.two_factor.rules import MOST_GRACE, Required, State
from portico.two_factor.words import REQUIRED_TITLES
from portico.ui.forms import Choice

MEANINGS = {
    Required.OFF: _("Whoever wants it sets it up. Nobody has to."),
    Required.ADMINS: _("Workspace Admins need a second factor, all others may have one."),
    Required.ALL: _("Every member needs a second factor, whatever their role."),
}
STATE_FILTERS = {
    State.HAS.value: _("Has a second factor"),
    State.GRACE.value: _("In the grace period"),
    State.OVERDUE.value: _("Overdue"),
    State.NOT_ASKED.value: _("Not required"),
}


class PolicyForm(forms.Form):
    """Of whom a second factor is required, and how long members may go on without.

    `seen` names the effect that the writer was shown before they said "save it".
    """

    required = forms.ChoiceField(
        label=_("Who has to have a second factor"),
        widget=forms.RadioSelect(),
        choices=lambda: [
            (one.value, Choice(str(REQUIRED_TITLES[one]), str(MEANINGS[one]))) for one in Required
        ],
    )
    grace_days = forms.IntegerField(
        label=_("Grace period in days"),
        min_value=0,
        max_value=MOST_GRACE,
        widget=forms.NumberInput(attrs={"data-width": "short"}),
        help_text=_(
            "From 0 to 30. It begins for each member when the policy first applies to them: when "
            "it is saved, or when they become a member, or an admin."
        ),
    )
    based_on = forms.IntegerField(widget=forms.HiddenInput)
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=100)


class StandingFilterForm(forms.Form):
    """Which members to list."""

    q = forms.CharField(required=False, max_length=200)
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=lambda: [("", _("Any state")), *STATE_FILTERS.items()],
    )

    def asked(self, name: str) -> str:
        """What was asked for; where that makes no sense, nothing."""
        self.is_valid()
        return str(self.cleaned_data.get(name, ""))


class MailedCodeForm(forms.Form):
    """The code that was mailed."""

    code = forms.CharField(
        label=_("Code from the mail"),
        max_length=20,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "one-time-code",
                "inputmode": "numeric",
                "autofocus": True,
                "data-width": "short",
            }
        ),
    )
