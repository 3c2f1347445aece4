"""The forms by which somebody makes something happen to a release, one for each event.

Each knows how to ask its verb for it: `fire`. What is accepted, the verbs decide; nothing that was
typed is lost.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from portico.kernel.errors import Invalid, InvalidFields
from portico.release_process.policy import Policy
from portico.releases import services
from portico.releases.acting import By
from portico.releases.errors import HeldBack
from portico.releases.forms import LONGEST_TEXT
from portico.releases.models import Release
from portico.releases.rules.pipeline import Event
from portico.ui.forms import refuse
from portico.ui.texts import say

CHECK: Final = {"data-look": "check"}


@dataclass(frozen=True)
class Around:
    """What a form has to know of the release: its policy, what everybody gets on the target
    (`stable`), what is on its way there (`under_way`), what can be gone back to (`archived`), and
    whether an Admin asks."""

    release: Release
    policy: Policy
    stable: Release | None
    under_way: Release | None
    archived: tuple[Release, ...]
    is_admin: bool


def reason_field(*, required: bool) -> forms.CharField:
    """Why something is done."""
    return forms.CharField(
        label=_("Reason"),
        required=required,
        # No `max_length`: the verb says what is too long, and nothing that was typed is lost.
        widget=forms.Textarea(attrs={"rows": 2, "data-counter": True, "maxlength": LONGEST_TEXT}),
        help_text=_("It stays with the release, and those concerned are told."),
        error_messages={"required": _("Say why.")},
    )


class EventForm(forms.Form):
    """What an event asks for: by itself, nothing."""

    event: ClassVar[Event]
    # Where a refusal goes that names no field, if the form has one of these.
    about: ClassVar[tuple[str, ...]] = ("reason", "message")

    def __init__(self, *args: Any, on: Around, **kwargs: Any) -> None:
        self.on = on
        # Many forms stand on one page.
        super().__init__(*args, **{"auto_id": f"id_{self.event}_%s"} | kwargs)

    def fire(self, *, by: By, at: datetime, revision: int) -> object:
        """Ask for it. Call it once the form is valid; raises what the verb raises."""
        raise NotImplementedError

    def refuse(self, error: Invalid) -> None:
        """Put a refusal beside the field that it speaks of."""
        field = next((name for name in self.about if name in self.fields), None)
        if isinstance(error, InvalidFields) or field is None:
            refuse(self, error)
        else:
            self.add_error(field, say(error))


class WithOverride(EventForm):
    """An event that an Admin can let past the limits of the release process."""

    about = ("share",)
    advanced: ClassVar[tuple[str, ...]] = ("override",)

    override = forms.CharField(
        label=_("Override the release process"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "maxlength": LONGEST_TEXT}),
        help_text=_(
            "Admins only: the reason for which this goes past the largest first share, the "
            "shortest soak, a closed window or a freeze. It is audited."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.on.is_admin:
            del self.fields["override"]

    def hold_back(self, error: HeldBack) -> None:
        """Say which limit it is, where it can be overridden."""
        self.add_error("override" if self.on.is_admin else None, say(error))


class ApplyForm(EventForm):
    """Apply for the release."""

    event = Event.APPLY

    message = forms.CharField(
        label=_("Message to the reviewers"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "data-counter": True, "maxlength": LONGEST_TEXT}),
        help_text=_("What is new, and what to look at. Mails and the request show it."),
    )
    supersede = forms.BooleanField(
        label=_("Supersede what is under way"),
        required=False,
        widget=forms.CheckboxInput(attrs=CHECK),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        other = self.on.under_way
        if other is None or other.id == self.on.release.id:
            del self.fields["supersede"]
        else:
            text = _("Cancel version %(version)s as soon as this one reaches its next step")
            self.fields["supersede"].label = text % {"version": other.version.name}
        if not self.on.policy.review:
            del self.fields["message"]

    def fire(self, *, by: By, at: datetime, revision: int) -> object:
        """Apply for it."""
        given = self.cleaned_data
        return services.apply(
            self.on.release,
            by=by,
            at=at,
            revision=revision,
            supersede=given.get("supersede", False),
            message=given.get("message", ""),
        )


class WithdrawForm(EventForm):
    """Take the request back."""

    event = Event.WITHDRAW
    reason = reason_field(required=False)

    def fire(self, *, by: By, at: datetime, revision: int) -> object:
        """Withdraw it."""
        reason = self.cleaned_data["reason"]
        return services.withdraw(self.on.release, by=by, at=at, revision=revision, reason=reason)


class CompletePilotForm(EventForm):
    """The testers are done."""

    event = Event.COMPLETE_PILOT

    def fire(self, *, by: By, at: datetime, revision: int) -> object:
        """Complete the pilot."""
        return services.complete_pilot(self.on.release, by=by, at=at, revision=revision)


class BypassPilotForm(EventForm):
    """Go on without a pilot."""

    event = Event.BYPASS_PILOT
    reason = reason_field(required=True)

    def fire(self, *, by: By, at: datetime, revision: int) -> object:
        """Bypass it."""
        reason = self.cleaned_data["reason"]
        return services.bypass_pilot(
            self.on.release, reason=reason, by=by, at=at, revision=revision
        )


class StopRampForm(EventForm):
    """Nothing goes on by itself any more."""

    event = Event.STOP_RAMP

    def fire(self, *, by: By, at: datetime, revision: int) -> object:
        """Stop the ramp."""
        return services.stop_ramp(self.on.release, by=by, at=at, revision=revision)


class PauseForm(EventForm):
    """Nobody more gets it for now."""

    event = Event.PAUSE
    reason = reason_field(required=False)

    def fire(self, *, by: By, at: datetime, revision: int) -> object:
        """Pause it."""
        reason = self.cleaned_data["reason"]
        return services.pause(self.on.release, by=by, at=at, revision=revision, reason=reason)


class ResumeForm(EventForm):
    """More may get it again."""

    event = Event.RESUME

    def fire(self, *, by: By, at: datetime, revision: int) -> object:
        """Resume it."""
        return services.resume(self.on.release, by=by, at=at, revision=revision)


class CancelForm(EventForm):
    """It is over; users fall back."""

    event = Event.CANCEL
    reason = reason_field(required=True)

    def fire(self, *, by: By, at: datetime, revision: int) -> object:
        """Cancel it."""
        reason = self.cleaned_data["reason"]
        return services.cancel(self.on.release, reason=reason, by=by, at=at, revision=revision)


PLAIN_FORMS: Final[Mapping[Event, type[EventForm]]] = {
    form.event: form
    for form in (
        ApplyForm,
        WithdrawForm,
        CompletePilotForm,
        BypassPilotForm,
        StopRampForm,
        PauseForm,
        ResumeForm,
        CancelForm,
    )
}
"""Those that ask for no more than words."""
