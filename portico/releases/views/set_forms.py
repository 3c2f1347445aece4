"""The forms about what a release takes along and who tests it; and all forms by their event."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from portico.kernel.errors import Invalid, InvalidFields
from portico.miniprograms.models import ProgramOnTarget
from portico.miniprograms.target_forms import SetUpForm
from portico.releases import services
from portico.releases.acting import By
from portico.releases.models import ReleaseStatus
from portico.releases.rules.pipeline import Event
from portico.releases.test_groups.picking import TestersForm
from portico.releases.views.event_forms import CHECK, PLAIN_FORMS, Around, EventForm
from portico.releases.views.live_forms import ForceRemoveForm, OfflineForm, RollBackForm
from portico.releases.views.share_forms import GoLiveForm, RulesForm, ScaleForm, StartRampForm


class ConfigureForm(SetUpForm, EventForm):
    """What the release takes along."""

    event = Event.CONFIGURE

    void = forms.BooleanField(
        label=_("The approval may be void"),
        widget=forms.CheckboxInput(attrs=CHECK),
        help_text=_(
            "What was approved is not what is released then: the release goes back to “New Version "
            "Created” and has to be applied for again."
        ),
        error_messages={"required": _("Confirm that the approval is void then, or cancel.")},
    )

    def __init__(self, *args: Any, on: Around, **kwargs: Any) -> None:
        found = on.release.configuration
        present = ProgramOnTarget(
            server_domains=list(found.get("server_domains", [])),
            variables=dict(found.get("variables", {})),
        )
        super().__init__(*args, on=on, present=present, **kwargs)
        if on.release.status == ReleaseStatus.CREATED:
            del self.fields["void"]

    def fire(self, *, by: By, at: datetime, revision: int) -> object:
        """Change it."""
        return services.configure(self.on.release, self.set_up(), by=by, at=at, revision=revision)

    def refuse(self, error: Invalid) -> None:
        """Put what is wrong with a line or a pair beside it."""
        SetUpForm.refuse(
            self, error if isinstance(error, InvalidFields) else InvalidFields({"": error})
        )


class PilotForm(TestersForm, EventForm):
    """Who tries it before others."""

    __test__ = False  # not a test, whatever pytest takes its name for
    event = Event.START_PILOT

    def __init__(self, *args: Any, on: Around, **kwargs: Any) -> None:
        release = on.release
        super().__init__(
            *args,
            on=on,
            workspace=release.workspace,
            program=release.program,
            target=release.target,
            most=on.policy.most_testers,
            present=tuple(release.testers),
            **kwargs,
        )

    def fire(self, *, by: By, at: datetime, revision: int) -> object:
        """Start the pilot."""
        return services.start_pilot(self.on.release, self.testers, by=by, at=at, revision=revision)


class UpdatePilotForm(PilotForm):
    """Others try it, from now on."""

    event = Event.UPDATE_PILOT

    def fire(self, *, by: By, at: datetime, revision: int) -> object:
        """Replace the test group."""
        return services.update_pilot(self.on.release, self.testers, by=by, at=at, revision=revision)


FORMS: Final[Mapping[Event, type[EventForm]]] = {
    **PLAIN_FORMS,
    **{
        form.event: form
        for form in (
            GoLiveForm,
            ScaleForm,
            StartRampForm,
            RulesForm,
            ConfigureForm,
            PilotForm,
            UpdatePilotForm,
            OfflineForm,
            ForceRemoveForm,
            RollBackForm,
        )
    },
}
"""Every event that a page offers, with its form."""
