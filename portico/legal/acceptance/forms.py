from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portico.legal.acceptance.coverage import CoverageState
from portico.legal.acceptance.exempting import MOST_OF_REASON
from portico.legal.acceptance.gate import kind_title
from portico.legal.acceptance.rules import Published

STATES = {
    CoverageState.ACCEPTED.value: gettext_lazy("Accepted"),
    CoverageState.DECLINED.value: gettext_lazy("Declined"),
    CoverageState.WAITING.value: gettext_lazy("Not yet"),
    CoverageState.EXEMPT.value: gettext_lazy("Exempt"),
}
TONES = {
    CoverageState.ACCEPTED: "good",
    CoverageState.DECLINED: "danger",
    CoverageState.WAITING: "warning",
    CoverageState.EXEMPT: "neutral",
}


def version_key(version: Published) -> str:
    """A version as the address of the page names it."""
    return f"{version.kind}-{version.number}"


def version_title(version: Published) -> str:
    """A version as people call it."""
    return _("%(document)s, version %(number)s") % {
        "document": kind_title(version.kind),
        "number": version.number,
    }


class CoverageForm(forms.Form):
    """Which version to look at, and whom to list."""

    q = forms.CharField(required=False, max_length=200)
    version = forms.ChoiceField(label=gettext_lazy("Document"), required=False)
    state = forms.ChoiceField(
        label=gettext_lazy("State"),
        required=False,
        choices=lambda: [("", gettext_lazy("Any state")), *STATES.items()],
    )

    def __init__(self, *args: Any, versions: Sequence[Published], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.versions = {version_key(version): version for version in versions}
        choices = [
            (key, f"{kind_title(version.kind)} {version.number}")
            for key, version in self.versions.items()
        ]
        self.fields["version"] = forms.ChoiceField(
            label=gettext_lazy("Document"), required=False, choices=choices
        )

    def asked(self, name: str) -> str:
        """What was asked for; where that makes no sense, nothing in particular."""
        self.is_valid()
        return str(self.cleaned_data.get(name, ""))

    def chosen(self, otherwise: Published) -> Published:
        """The version to look at."""
        return self.versions.get(self.asked("version"), otherwise)


class ExemptionForm(forms.Form):
    """Why a member need not accept, and for how long."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=MOST_OF_REASON,
        widget=forms.Textarea(attrs={"rows": 2, "data-counter": True}),
        help_text=gettext_lazy(
            "Such as “Account of the build server”. It is kept in the ledger and the audit log."
        ),
    )
    until = forms.DateTimeField(
        label=gettext_lazy("Until"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d"],
        help_text=gettext_lazy(
            "In your time zone. They are asked from then on. Empty: exempt for good."
        ),
    )

    def values(self) -> tuple[str, datetime | None]:
        """Reason and end."""
        return self.cleaned_data["reason"], self.cleaned_data["until"]
