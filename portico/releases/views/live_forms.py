"""The forms about what is live: taking it away, and bringing back what was there before.

Their verbs are about the target; they are told which release the page showed, and as what.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portico.releases import services
from portico.releases.acting import By
from portico.releases.models import Release
from portico.releases.rules.pipeline import Event
from portico.releases.views.event_forms import EventForm, reason_field


class OfflineForm(EventForm):
    """Have what is live taken away, which may need an approval."""

    event = Event.TAKE_OFFLINE
    reason = reason_field(required=True)

    def fire(self, *, by: By, at: datetime, revision: int) -> object:
        """Ask for it."""
        release, reason = self.on.release, self.cleaned_data["reason"]
        seen = services.Seen(release, revision)
        return services.request_offline(
            release.program, release.target, reason=reason, by=by, at=at, seen=seen
        )


class ForceRemoveForm(EventForm):
    """Take what is live away at once."""

    event = Event.FORCE_REMOVE
    reason = reason_field(required=True)

    def fire(self, *, by: By, at: datetime, revision: int) -> object:
        """Remove it."""
        release, reason = self.on.release, self.cleaned_data["reason"]
        seen = services.Seen(release, revision)
        return services.force_remove(
            release.program, release.target, reason=reason, by=by, at=at, seen=seen
        )


class RollBackForm(EventForm):
    """Bring an archived version back: the release's own, or one that is picked."""

    event = Event.ROLL_BACK
    field_order = ("to", "reason")

    to = forms.ChoiceField(label=_("Version to go back to"))
    reason = reason_field(required=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.on.archived:
            self.fields["to"].choices = [  # type: ignore[attr-defined]
                (str(one.id), str(one.version)) for one in self.on.archived
            ]
        else:
            del self.fields["to"]

    def fire(self, *, by: By, at: datetime, revision: int) -> object:
        """Roll back to it."""
        reason = self.cleaned_data["reason"]
        seen = services.Seen(self.on.release, revision)
        return services.roll_back(self.picked, reason=reason, by=by, at=at, seen=seen)

    @property
    def picked(self) -> Release:
        """What to go back to."""
        to = self.cleaned_data.get("to") or self.data.get("to", "")
        return next((one for one in self.on.archived if str(one.id) == to), self.on.release)
