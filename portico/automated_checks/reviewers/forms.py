from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from portico.automated_checks.models import Reviewer
from portico.automated_checks.reviewers.services import Wanted
from portico.ui.forms import Choice


class ReviewerForm(forms.Form):
    """A reviewer's values. The verbs know what is accepted."""

    name = forms.CharField(
        label=_("Name"),
        max_length=500,  # the verb says what is too long
        help_text=_("Findings are shown beside it, for example “Security lab”."),
    )
    url = forms.CharField(
        label=_("Address"),
        max_length=4000,
        widget=forms.URLInput(
            attrs={
                "placeholder": "https://review.example.com/portico",
                "autocomplete": "off",
                "spellcheck": "false",
            }
        ),
        help_text=_("Where each version is announced to. It must begin with https://."),
    )

    @classmethod
    def of(cls, reviewer: Reviewer) -> ReviewerForm:
        """The form with a reviewer's present values."""
        return cls(initial={"name": reviewer.name, "url": reviewer.url})

    def wanted(self) -> Wanted:
        """What was asked for. Call it once the form is valid."""
        return Wanted(self.cleaned_data["name"], self.cleaned_data["url"])


class RotationForm(forms.Form):
    """For how long the old secret is in use beside the new one."""

    overlap = forms.TypedChoiceField(
        label=_("The old secret"),
        coerce=int,
        choices=[
            (24, Choice(_("Ends in 24 hours"), _("Both are in use until then."))),
            (168, Choice(_("Ends in 7 days"), _("For servers that are changed rarely."))),
            (0, Choice(_("Ends now"), _("For when it may be known to others."))),
        ],
        initial=24,
        widget=forms.RadioSelect(),
    )
