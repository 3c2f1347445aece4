from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from portico.ui.forms import Choice
from portico.ui.spans import SpanForm
from portico.webhooks.catalog import EVENTS, TEST_EVENT
from portico.webhooks.models import DeliveryState, Endpoint
from portico.webhooks.queries import Filters
from portico.webhooks.services import Held, Wanted


def event_choices() -> list[tuple[str, Choice]]:
    """The events that can be asked for, each with what it tells."""
    return [
        (event.name, Choice(f"{event.title} ({event.name})", event.description)) for event in EVENTS
    ]


class EndpointForm(forms.Form):
    """An endpoint's values. The verbs know what is accepted."""

    url = forms.CharField(
        label=_("Address"),
        max_length=4000,  # the verb says what is too long
        widget=forms.URLInput(
            attrs={
                "placeholder": "https://api.example.com/webhooks",
                "autocomplete": "off",
                "spellcheck": "false",
            }
        ),
        help_text=_("Where events are posted to. It must begin with https://."),
    )
    description = forms.CharField(
        label=_("Description"),
        required=False,
        max_length=1000,
        help_text=_("What receives them, in a few words: it tells this webhook from others."),
    )
    events = forms.MultipleChoiceField(
        label=_("Events"),
        choices=event_choices,
        widget=forms.CheckboxSelectMultiple(),
        error_messages={"required": _("Choose at least one event.")},
    )

    @classmethod
    def of(cls, endpoint: Endpoint) -> EndpointForm:
        """The form with an endpoint's present values."""
        return cls(
            initial={
                "url": endpoint.url,
                "description": endpoint.description,
                "events": endpoint.events,
            }
        )

    def wanted(self) -> Wanted:
        """What was asked for. Call it once the form is valid."""
        given = self.cleaned_data
        return Wanted(given["url"], given["events"], given["description"])


class RotationForm(forms.Form):
    """For how long the old secret signs beside the new one."""

    overlap = forms.TypedChoiceField(
        label=_("The old secret"),
        coerce=int,
        choices=[
            (
                24,
                Choice(_("Ends in 24 hours"), _("Both sign until then.")),
            ),
            (168, Choice(_("Ends in 7 days"), _("For receivers that are changed rarely."))),
            (0, Choice(_("Ends now"), _("For when it may be known to others."))),
        ],
        initial=24,
        widget=forms.RadioSelect(),
    )


class EnableForm(forms.Form):
    """What becomes of the events that were held."""

    held = forms.TypedChoiceField(
        label=_("Events that were held"),
        coerce=Held,
        choices=[
            (
                Held.SEND.value,
                Choice(_("Send them now"), _("In the order in which they came.")),
            ),
            (
                Held.DISCARD.value,
                Choice(
                    _("Do not send them"), _("They stay in the log and can be sent one by one.")
                ),
            ),
        ],
        initial=Held.SEND.value,
        widget=forms.RadioSelect(),
    )


class DeliveriesForm(SpanForm):
    """Which deliveries to list."""

    field_order = ("state", "type", "since", "until")
    outside = ()

    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=lambda: [("", _("Any state")), *DeliveryState.choices],
    )
    type = forms.ChoiceField(
        label=_("Event"),
        required=False,
        choices=lambda: [
            ("", _("Any event")),
            *((event.name, event.title) for event in (*EVENTS, TEST_EVENT)),
        ],
    )

    def filters(self) -> Filters:
        """What was asked for. Call it once the form is valid."""
        asked, (since, until) = self.cleaned_data, self.span
        return Filters(state=asked["state"], type=asked["type"], since=since, until=until)
