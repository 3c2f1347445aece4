from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portico.basic_settings.sections import SettingsForm
from portico.domains.instructions import LONGEST_NOTE
from portico.egress.outbound.fields import (
    IPS,
    NOTICE,
    ips_field,
    nothing_offered,
    notice_field,
    offer,
)


class DomainPreferenceForm(SettingsForm):
    """A domain, how it is served, and the addresses that calls leave from."""

    alternative_domain = forms.CharField(
        label=_("Alternative domain name"),
        required=False,
        help_text=_(
            "A name of your own at which this workspace is reached, too. Empty: none. What has to "
            "be entered in its DNS is shown once it is saved."
        ),
        widget=forms.TextInput(
            attrs={
                "placeholder": "pay.example.com",
                "autocomplete": "off",
                "autocapitalize": "off",
                "spellcheck": "false",
                "inputmode": "url",
            }
        ),
    )
    tls_elsewhere = forms.BooleanField(
        label=_("TLS is terminated elsewhere"),
        required=False,
        help_text=_(
            "A load balancer of yours answers at the domain, has its certificate, and passes "
            "requests on to this platform. No certificate is made here then."
        ),
    )
    outbound_ips = ips_field()
    outbound_notice_days = notice_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, self.workspace, at=self.at)

    @property
    def nothing_offered(self) -> str:
        """Why no outbound address can be chosen; "" where some can."""
        return "" if IPS in self.fields else nothing_offered()

    def values(self) -> dict[str, Any]:
        """What was given; where no outbound address can be chosen, that is none."""
        values = super().values()
        return {
            **values,
            IPS: tuple(values.get(IPS) or ()),
            NOTICE: values.get(NOTICE) or 0,
        }


class InstructionsForm(forms.Form):
    """To whom the records are mailed, and what one has to say about it. The rules refuse."""

    to = forms.CharField(
        label=_("Send them to"),
        required=False,
        max_length=400,
        help_text=_("One address, for example that of whoever looks after the DNS."),
        widget=forms.TextInput(attrs={"inputmode": "email", "autocomplete": "email"}),
    )
    note = forms.CharField(
        label=_("A line of your own"),
        required=False,
        help_text=_("Plain text, one line, at most 500 characters."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "maxlength": LONGEST_NOTE}),
    )
