"""The forms about how many get a release, and which of them: shares, ramps, targeting rules."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portico.kernel.errors import Invalid, InvalidFields
from portico.miniprograms.forms import PLAIN
from portico.miniprograms.target_forms import at_line
from portico.release_process.policy import EVERYBODY, RampStep
from portico.release_process.rules import check_share, percentage, thousandths
from portico.releases import services
from portico.releases.acting import By
from portico.releases.rules.pipeline import Event
from portico.releases.showing import share_text
from portico.releases.views.event_forms import (
    EventForm,
    WithOverride,
)
from portico.ui.texts import say

MOST_QUICK: Final = 4
STEP: Final = re.compile(r"\s*(\d{1,3}(?:\.\d{1,9})?)\s*%?\s*(?:[,;:]|\s)\s*(\d{1,7})\s*", re.ASCII)


class ShareForm(WithOverride):
    """How many of the users get it. A button with a share of its own goes before what is typed."""

    share = forms.FloatField(
        label=_("Share of the users, in percent"),
        required=False,
        widget=forms.NumberInput(
            attrs={"data-width": "short", "min": "0", "max": "100", "step": "any"}
        ),
        error_messages={"invalid": _("Give a percentage, such as 5 or 0.5.")},
    )

    def clean(self) -> dict[str, Any]:
        """Read the share, in thousandths of a percent."""
        given = self.cleaned_data
        share = self._quick() or given.get("share") or 0.0
        if share:
            try:
                check_share(share)
            except Invalid as error:
                self.add_error("share", say(error))
        given["thousandths"] = thousandths(share)
        return given

    def _quick(self) -> float:
        """The share of the button that was pressed, if it was one that has a share."""
        pressed = self.data.get("quick", "")
        offered = {value: float(value) for value, _text in self.offers}
        return offered.get(pressed, 0.0)

    @property
    def offers(self) -> list[tuple[str, str]]:
        """Shares for buttons of their own: value and text."""
        return [(f"{percentage(share):g}", share_text(share)) for share in self.quick_shares()]

    def quick_shares(self) -> list[int]:
        """Those that come next by the ramp; all at once where nobody had anything before."""
        on = self.on
        if on.stable is None:
            return [EVERYBODY]
        most = EVERYBODY if on.release.share else on.policy.largest_first_share
        steps = [step.share for step in on.policy.ramp]
        return [one for one in steps if on.release.share < one <= most][:MOST_QUICK]


class GoLiveForm(ShareForm):
    """Begin the grayscale release."""

    event = Event.GO_LIVE

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["share"].help_text = gettext(
            "Empty or 0: nobody but the testers gets it yet, and you scale it later."
        )

    def fire(self, *, by: By, at: datetime, revision: int) -> object:
        """Go live, at this share."""
        return services.go_live(
            self.on.release,
            by=by,
            at=at,
            share=self.cleaned_data["thousandths"],
            override=self.cleaned_data.get("override", ""),
            revision=revision,
        )


class ScaleForm(ShareForm):
    """Give it to more of the users."""

    event = Event.SCALE

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        text = gettext(
            "More than the present %(share)s, up to 100. A share never shrinks: to take it back, "
            "cancel."
        )
        self.fields["share"].help_text = text % {"share": share_text(self.on.release.share)}

    def clean(self) -> dict[str, Any]:
        """A share is needed."""
        given = super().clean()
        if not given["thousandths"] and "share" not in self.errors:
            self.add_error("share", gettext("Give a percentage, such as 5 or 0.5."))
        return given

    def fire(self, *, by: By, at: datetime, revision: int) -> object:
        """Scale it to this share."""
        return services.scale(
            self.on.release,
            self.cleaned_data["thousandths"],
            by=by,
            at=at,
            override=self.cleaned_data.get("override", ""),
            revision=revision,
        )


class StartRampForm(EventForm):
    """Let it go on by itself, step by step."""

    event = Event.START_RAMP
    about = ("steps",)

    steps = forms.CharField(
        label=_("Steps"),
        max_length=2000,
        strip=False,  # errors name lines
        widget=forms.Textarea(attrs={**PLAIN, "rows": 6, "data-width": "short"}),
        help_text=_(
            "One a line: the share in percent, a comma, and the minutes that the release stays "
            "there. Steps at or below the present share are passed over."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        lines = [
            f"{percentage(step.share):g}, {step.soak // timedelta(minutes=1)}"
            for step in self.on.policy.ramp
        ]
        self.initial.setdefault("steps", "\n".join(lines))

    def clean_steps(self) -> str:
        """Read the lines."""
        text: str = self.cleaned_data["steps"]
        self.ramp: list[RampStep] = []
        for number, line in enumerate(text.splitlines(), start=1):
            found = STEP.fullmatch(line)
            if found is not None:
                self._take_in(number, float(found[1]), int(found[2]))
            elif line.strip():
                sentence = gettext("Line %(number)s: write a share and minutes, such as 5, 60.")
                self.add_error("steps", sentence % {"number": number})
        return text

    def _take_in(self, line: int, share: float, minutes: int) -> None:
        try:
            self.ramp.append(RampStep(thousandths(check_share(share)), timedelta(minutes=minutes)))
        except Invalid as error:
            self.add_error("steps", at_line(str(line), error))

    def fire(self, *, by: By, at: datetime, revision: int) -> object:
        """Start the ramp."""
        return services.start_ramp(
            self.on.release,
            by=by,
            at=at,
            ramp=tuple(self.ramp),
            revision=revision,
        )


class RulesForm(EventForm):
    """Who can be enrolled at all, beside the share."""

    event = Event.SET_RULES

    regions = forms.CharField(
        label=_("Regions"),
        required=False,
        max_length=10_000,
        widget=forms.TextInput(attrs={**PLAIN, "placeholder": "sg, my"}),
        help_text=_("As the super app names them, with commas between. Empty: all."),
    )
    systems = forms.CharField(
        label=_("Operating systems"),
        required=False,
        max_length=10_000,
        widget=forms.TextInput(attrs={**PLAIN, "placeholder": "android, ios"}),
        help_text=_("As the super app names them, with commas between. Empty: all."),
    )
    first = forms.CharField(
        label=_("From app version"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={**PLAIN, "data-width": "short", "placeholder": "8.2"}),
    )
    last = forms.CharField(
        label=_("Up to app version"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={**PLAIN, "data-width": "short"}),
        help_text=_("8.9 takes 8.9.3 in."),
    )
    places: Mapping[str, str] = {
        "app_version.from": "first",
        "app_version.to": "last",
        "app_version": "last",
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rules = self.on.release.rules
        ends = rules.get("app_version", {})
        self.initial = {
            "regions": ", ".join(rules.get("regions", [])),
            "systems": ", ".join(rules.get("systems", [])),
            "first": ends.get("from", ""),
            "last": ends.get("to", ""),
            **self.initial,
        }

    def fire(self, *, by: By, at: datetime, revision: int) -> object:
        """Set the rules."""
        given = self.cleaned_data
        rules = {
            "regions": _listed(given["regions"]),
            "systems": _listed(given["systems"]),
            "app_version": {"from": given["first"], "to": given["last"]},
        }
        return services.set_rules(self.on.release, rules, by=by, at=at, revision=revision)

    def refuse(self, error: Invalid) -> None:
        """Put a refusal beside the field that it speaks of."""
        errors = error.errors if isinstance(error, InvalidFields) else {"": error}
        for name, one in errors.items():
            place = self.places.get(name, name)
            self.add_error(place if place in self.fields else None, say(one))


def _listed(text: str) -> list[str]:
    return [name for name in re.split(r"[\s,;]+", text) if name]
