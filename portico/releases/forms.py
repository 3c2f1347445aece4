"""Which releases to list, and what to release where."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portico.miniprograms.forms import PLAIN
from portico.miniprograms.models import Version
from portico.releases.listing import LIVE, ORDERS, UNDER_WAY, Filters
from portico.releases.models import Release, ReleaseStatus
from portico.targets.models import Environment, ReleaseTarget

LONGEST_TEXT = 2000
ORDER_TITLES = (
    _("Newest first"),
    _("Oldest first"),
    _("Latest change first"),
    _("Oldest change first"),
)


class ReleaseFilterForm(forms.Form):
    """Which releases to list."""

    q = forms.CharField(required=False, max_length=200)
    status = forms.ChoiceField(
        label=_("Status"),
        required=False,
        choices=lambda: [
            ("", gettext("Any status")),
            (UNDER_WAY, gettext("Under way")),
            (LIVE, gettext("Reaches somebody")),
            *ReleaseStatus.choices,
        ],
    )
    environment = forms.ChoiceField(
        label=_("Environment"),
        required=False,
        choices=lambda: [("", gettext("Any environment")), *Environment.choices],
    )
    app = forms.ChoiceField(label=_("App"), required=False)
    program = forms.CharField(
        label=_("Mini program"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={**PLAIN, "placeholder": _("App ID")}),
    )

    def __init__(self, *args: Any, targets: Sequence[ReleaseTarget], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._targets = targets
        apps = {target.app_id: target.app.name for target in targets}
        self.fields["app"] = forms.ChoiceField(
            label=_("App"),
            required=False,
            choices=[("", gettext("Any app")), *((str(one), name) for one, name in apps.items())],
        )
        self.fields["sort"] = forms.ChoiceField(
            label=_("Order"), required=False, choices=list(zip(ORDERS, ORDER_TITLES, strict=True))
        )

    @property
    def asks(self) -> bool:
        """Whether it asks for anything in particular."""
        return any(value for name, value in self.cleaned_data.items() if name != "sort")

    def filters(self) -> Filters:
        """What was asked for; a part that makes no sense asks for nothing."""
        self.is_valid()
        asked = self.cleaned_data
        environment, app = asked.get("environment", ""), asked.get("app", "")
        targets = tuple(one.id for one in self._targets if one.app_id == UUID(app)) if app else None
        return Filters(
            words=asked.get("q", ""),
            status=asked.get("status", ""),
            production=environment == Environment.PRODUCTION if environment else None,
            targets=targets,
            app_id=asked.get("program", "").strip(),
        )


class NewReleaseForm(forms.Form):
    """A version that is to be released to a target.

    `versions` are those that can be, the newest first; `other` is what is on its way there;
    `review`: somebody reads the message.
    """

    version = forms.ChoiceField(
        label=_("Version"),
        help_text=_("A version is used once on a target; those that were are left out."),
        error_messages={
            "invalid_choice": _("This version cannot be released there. Pick one of the list.")
        },
    )
    message = forms.CharField(
        label=_("Message to the reviewers"),
        required=False,
        # No `max_length`: the verb says what is too long, and nothing that was typed is lost.
        widget=forms.Textarea(attrs={"rows": 3, "data-counter": True, "maxlength": LONGEST_TEXT}),
        help_text=_("What is new, and what to look at. Mails and the request show it."),
    )
    supersede = forms.BooleanField(
        required=False, widget=forms.CheckboxInput(attrs={"data-look": "check"})
    )

    def __init__(
        self,
        *args: Any,
        versions: Sequence[Version],
        review: bool,
        other: Release | None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        choices = [(str(one.code), str(one)) for one in versions]
        self.fields["version"].choices = choices  # type: ignore[attr-defined]
        if not review:
            del self.fields["message"]
        if other is None:
            del self.fields["supersede"]
        else:
            text = gettext("Cancel version %(version)s as soon as this one reaches its next step")
            self.fields["supersede"].label = text % {"version": other.version.name}
