"""What the page of a test shows of it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from portico.service_email.doctor.rules import LATE_AFTER
from portico.service_email.doctor.words import (
    correction_title,
    first_failed,
    form_with,
    say,
    shown_stages,
    trouble_in_words,
)
from portico.service_email.models import RunState, TestRun
from portico.service_email.section import section
from portico.ui.frame import Link
from portico.ui.values import Stage


@dataclass(frozen=True)
class Fill:
    """A button that fills something into the form: `values` as JSON, beside what stands there."""

    title: str
    values: str


@dataclass(frozen=True)
class Panel:
    """One test, as it stands. `in_form`: beside the form whose values it tests."""

    run: TestRun
    at: datetime
    in_form: bool = False

    @property
    def url(self) -> str:
        """Where its page is."""
        return reverse("test_run", args=[self.run.id])

    @property
    def poll_url(self) -> str:
        """Where to ask for it as it stands later."""
        place = "&in=form" if self.in_form else ""
        return f"{self.url}?seen={self.version}{place}"

    @property
    def cancel_url(self) -> str:
        """Where htmx sends the wish to stop it."""
        place = "?in=form" if self.in_form else ""
        return f"{reverse('cancel_test', args=[self.run.id])}{place}"

    @property
    def version(self) -> str:
        """Differs wherever the panel would look different."""
        run = self.run
        asked = "c" if run.cancel_requested_at else ""
        late = "l" if self.is_late else ""
        return f"{run.state}-{len(run.stages)}-{run.stage}-{asked}{late}"

    @property
    def title(self) -> str:
        """Which server is tested."""
        return str(_("Test of %(host)s, port %(port)s") % self.run.server)

    @property
    def steps(self) -> tuple[Stage, ...]:
        """The stages."""
        return shown_stages(self.run, linked=not self.in_form)

    @property
    def is_late(self) -> bool:
        """Whether no worker has taken it for so long that one should say so."""
        waits = self.run.state == RunState.WAITING
        return waits and self.at - self.run.created_at > LATE_AFTER

    @property
    def tone(self) -> str:
        """Of the verdict."""
        return {RunState.ACCEPTED: "good", RunState.FAILED: "danger"}.get(
            RunState(self.run.state), "info"
        )

    @property
    def verdict(self) -> str:
        """How it ended, in one line; "" while it goes on."""
        return {
            RunState.ACCEPTED: _("The server accepted the mail for %(to)s.") % {"to": self.run.to},
            RunState.FAILED: _("The mail was not accepted."),
            RunState.CANCELED: _("The test was canceled."),
        }.get(RunState(self.run.state), "")

    @cached_property
    def explanation(self) -> str:
        """What that means, or what follows from it."""
        run = self.run
        if run.state == RunState.ACCEPTED:
            return self._what_follows()
        if run.state == RunState.FAILED:
            failed = first_failed(run)
            return trouble_in_words(run) or (say(failed.meaning) if failed else "")
        if run.state == RunState.CANCELED and not run.stages:
            return _("Nothing was sent.")
        return ""

    @property
    def fill(self) -> Fill | None:
        """The correction of the stage that failed, for the form beside it."""
        failed = first_failed(self.run)
        if not self.in_form or failed is None or failed.correction is None:
            return None
        changes = failed.correction.values
        # Secrets were typed for other values, so they are left out and typed again.
        values = {"action": "values", **changes, **dict.fromkeys(section.secrets, ""), "held": ""}
        return Fill(correction_title(changes), json.dumps(values))

    @property
    def may_be_saved(self) -> bool:
        """Whether the form beside it holds values that were just accepted."""
        return self.in_form and self.run.state == RunState.ACCEPTED

    @property
    def links(self) -> tuple[Link, ...]:
        """Where to go from here."""
        links = []
        if self.run.state == RunState.ACCEPTED and settings.PORTICO_DEMO_MAIL_PORT:
            links.append(Link(_("Open the demo inbox"), reverse("demo_inbox")))
        if not (self.run.saved or self.in_form or self.run.goes_on):
            title = _("Back to the form with these values")
            links.append(Link(title, form_with(self.run)))
        return tuple(links)

    def _what_follows(self) -> str:
        if self.run.in_use:
            return _("This server is in use now: all mail of the workspace goes through it.")
        if self.run.saved:
            return _("It is not in use: other values were saved meanwhile.")
        return _("Save these values within the hour, and they are in use at once.")
