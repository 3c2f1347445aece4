"""The fields of the form of the Release Process. Shapes only: the rules refuse."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from portico.release_process.payload import MOST_APPROVALS, MOST_MINUTES, MOST_TESTERS
from portico.release_process.policy import AutomatedReview
from portico.release_process.rules import MOST_IN_NOTE, NoDays
from portico.release_process.wording import DAY_NAMES, REVIEWS
from portico.ui.forms import Choice

SWITCHES: Final = {
    "production": ("review", "pilot_testing", "grayscale_release"),
    "sandbox": ("review", "pilot_testing"),
}
ENVIRONMENTS: Final = {"production": _("Production"), "sandbox": _("Sandbox")}
LISTS: Final = {
    "production.ramp": _("Default ramp"),
    "production.windows": _("Release windows"),
    "production.freezes": _("Freeze periods"),
}
_OF_BOTH: Final = ("approvals", "requester_may_approve", "automated_review", "most_testers")
LIMITS: Final = {
    "production": (*_OF_BOTH, "largest_first_share", "shortest_soak_minutes"),
    "sandbox": _OF_BOTH,
}
_OFF: Final = frozenset({"", "0", "false", "off", "no"})
_FILL_IN: Final = {"required": _("Fill this in, or remove the row.")}


class LockedToggle(forms.CheckboxInput):
    """A switch that is on and cannot be switched off. What is sent for it all the same is taken,
    so that the rules can refuse it; a browser sends nothing."""

    def __init__(self) -> None:
        super().__init__(attrs={"disabled": True})

    def value_from_datadict(
        self,
        data: Mapping[str, Any],
        files: Any,  # noqa: ARG002 - Django's signature
        name: str,
    ) -> bool:
        """On, unless something was sent that says it is off."""
        return name not in data or str(data[name]).strip().lower() not in _OFF


def of_environment(part: str) -> dict[str, forms.Field]:
    """The fields of an environment, but for its lists."""
    fields = {"review": _review(part), **_fields_of_both()}
    return {**fields, **_fields_of_production()} if part == "production" else fields


def count_of(name: str) -> forms.Field:
    """How many rows a list has."""
    return forms.IntegerField(label=LISTS[name], required=False, widget=forms.HiddenInput)


def of_row(name: str) -> dict[str, forms.Field]:
    """The fields of one more row of a list."""
    if name == "production.ramp":
        return {
            "percentage": _share(_("Share in percent"), error_messages=_FILL_IN),
            "soak_minutes": _minutes(_("Minutes until the next"), error_messages=_FILL_IN),
        }
    if name == "production.windows":
        return {
            "days": forms.MultipleChoiceField(
                label=_("Weekdays"),
                choices=[(day.value, name) for day, name in DAY_NAMES.items()],
                error_messages={"required": _(NoDays.sentence)},
                widget=forms.CheckboxSelectMultiple,
            ),
            "start": _time(_("Starts"), "time"),
            "end": _time(_("Ends"), "time"),
        }
    return {
        "start": _time(_("Starts"), "datetime-local"),
        "end": _time(_("Ends"), "datetime-local"),
        "note": forms.CharField(
            label=_("What for"),
            required=False,
            widget=forms.TextInput(attrs={"maxlength": MOST_IN_NOTE, "autocomplete": "off"}),
        ),
    }


def blank_row(name: str) -> dict[str, Any]:
    """What a new row of a list starts from."""
    if name == "production.windows":
        return {
            "days": [day.value for day in list(DAY_NAMES)[:5]],
            "start": "09:00",
            "end": "17:00",
        }
    if name == "production.ramp":
        return {"percentage": "", "soak_minutes": 60}
    return {"start": "", "end": "", "note": ""}


def _review(part: str) -> forms.Field:
    if part == "production":
        return forms.BooleanField(
            label=_("Review"),
            required=False,
            help_text=_(
                "Always on: no version reaches the users of Production before somebody has looked "
                "at it."
            ),
            widget=LockedToggle(),
        )
    return forms.BooleanField(
        label=_("Review"),
        required=False,
        help_text=_("Off: a developer's version goes on at once."),
    )


def _fields_of_both() -> dict[str, forms.Field]:
    return {
        "pilot_testing": forms.BooleanField(
            label=_("Pilot Testing"),
            required=False,
            help_text=_("Chosen testers get a version first, and nobody else."),
        ),
        "approvals": forms.IntegerField(
            label=_("Approvals needed"),
            help_text=_("0 to 5. 0 only where the automated review is approving."),
            widget=_number_input(0, MOST_APPROVALS),
        ),
        "requester_may_approve": forms.BooleanField(
            label=_("The requester may approve"),
            required=False,
            help_text=_("On: whoever asks for a release may be one of those who approve it."),
        ),
        "automated_review": forms.ChoiceField(
            label=_("Automated review"),
            choices=[(one.value, Choice(REVIEWS[one], _MEANINGS[one])) for one in AutomatedReview],
            widget=forms.RadioSelect,
        ),
        "most_testers": forms.IntegerField(
            label=_("Testers in a pilot, at most"),
            help_text=_("1 to 1,000."),
            widget=_number_input(1, MOST_TESTERS),
        ),
    }


_MEANINGS: Final = {
    AutomatedReview.OFF: _("Its findings have no say in a review."),
    AutomatedReview.ADVISORY: _("Reviewers see its findings and decide."),
    AutomatedReview.BLOCKING: _("Nobody can approve as long as it is not clean."),
    AutomatedReview.APPROVING: _(
        "A clean one counts as one approval. With 0 approvals needed, it alone approves."
    ),
}


def _fields_of_production() -> dict[str, forms.Field]:
    return {
        "grayscale_release": forms.BooleanField(
            label=_("Grayscale Release"),
            required=False,
            help_text=_("Always on: a version reaches the users of Production share by share."),
            widget=LockedToggle(),
        ),
        "largest_first_share": _share(
            _("Largest first share, in percent"),
            help_text=_("More than this at once needs an admin and a reason."),
        ),
        "shortest_soak_minutes": _minutes(
            _("Shortest soak before 100 %, in minutes"),
            help_text=_("How long after the first share everybody gets it at the earliest."),
        ),
    }


def _number_input(least: float, most: float, step: str = "1") -> forms.NumberInput:
    return forms.NumberInput(attrs={"min": least, "max": most, "step": step, "data-width": "short"})


def _share(label: Any, **options: Any) -> forms.Field:
    return forms.FloatField(label=label, widget=_number_input(0.001, 100, "0.001"), **options)


def _minutes(label: Any, **options: Any) -> forms.Field:
    return forms.IntegerField(label=label, widget=_number_input(0, MOST_MINUTES), **options)


def _time(label: Any, kind: str) -> forms.Field:
    return forms.CharField(
        label=label, error_messages=_FILL_IN, widget=forms.TextInput(attrs={"type": kind})
    )
