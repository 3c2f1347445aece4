from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portico.delivery.picking import Subject
from portico.delivery.targeting import Context
from portico.rollout.asking import TEXTS
from portico.targets.models import ReleaseTarget

PLAIN = {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}


def _text(name: str, **options: Any) -> forms.CharField:
    # Not stripped: delivery takes an id as it is, and the answer has to be the same.
    return forms.CharField(
        required=False,
        max_length=TEXTS[name],
        strip=False,
        widget=forms.TextInput(attrs={**PLAIN, **options.pop("attrs", {})}),
        **options,
    )


class ExplainForm(forms.Form):
    """Somebody as a client would describe them, and a target."""

    advanced = ("device", "region", "os", "app_version")

    user = _text("user", label=_("User ID"), help_text=_("The super app's own, exactly as it is."))
    device = _text(
        "device", label=_("Device ID"), help_text=_("Counts for whoever has no user ID.")
    )
    region = _text("region", label=_("Region"), attrs={"placeholder": "sg"})
    os = _text("os", label=_("Operating system"), attrs={"placeholder": "android"})
    app_version = _text("app_version", label=_("App version"), attrs={"placeholder": "8.2.1"})

    def __init__(self, *args: Any, targets: Sequence[ReleaseTarget], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._targets = {f"{one.app.code}/{one.environment}": one for one in targets}
        self.fields["target"] = forms.ChoiceField(
            label=_("Target"), choices=[(name, str(one)) for name, one in self._targets.items()]
        )
        self.order_fields(["target"])

    @property
    def chosen(self) -> ReleaseTarget:
        """The target that was chosen; of a valid form."""
        return self._targets[self.cleaned_data["target"]]

    @property
    def subject(self) -> Subject:
        """Who is asked about; of a valid form."""
        return Subject(self.cleaned_data["user"], self.cleaned_data["device"])

    @property
    def context(self) -> Context:
        """What a client would say of itself; of a valid form."""
        given = self.cleaned_data
        return Context(given["region"], given["os"], given["app_version"])
