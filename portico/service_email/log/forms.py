from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from portico.service_email.log.queries import Filters
from portico.service_email.look.content import all_templates
from portico.service_email.models import MailState
from portico.service_email.pipeline.rules import FEWEST_DAYS, MOST_DAYS
from portico.ui.spans import SpanForm


class LogForm(SpanForm):
    """What to look for in the mail log."""

    field_order = ("q", "state", "template", "since", "until")
    outside = ("q", "state")

    q = forms.CharField(required=False, max_length=200)
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=lambda: [("", _("Any state")), *MailState.choices],
    )
    template = forms.ChoiceField(
        label=_("Kind"),
        required=False,
        choices=lambda: [("", _("Any kind")), *((one.name, one.title) for one in all_templates())],
    )

    def filters(self) -> Filters:
        """What was asked for. Call it once the form is valid."""
        asked, (since, until) = self.cleaned_data, self.span
        return Filters(
            words=asked["q"],
            state=asked["state"],
            template=asked["template"],
            since=since,
            until=until,
        )


class RetentionForm(forms.Form):
    """How long the log is kept; the verb knows the limits."""

    days = forms.IntegerField(
        label=_("Days"),
        help_text=_("From 7 to 730. Mails that are still to be sent stay, however old they are."),
        widget=forms.NumberInput(
            attrs={"data-width": "short", "min": FEWEST_DAYS, "max": MOST_DAYS}
        ),
    )
