"""What the page of a check shows of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portico.domains.checking import CheckName
from portico.domains.checklists import CheckRow, check_rows
from portico.domains.models import CheckRun, RunState
from portico.domains.rules import State
from portico.domains.runs import BROKEN, INTERRUPTED, LATE_AFTER, NEVER_BEGUN
from portico.domains.showing import TONES, DomainView
from portico.ui.values import StageState

# What a name has to pass to be of use; the other checks explain.
DECISIVE = (CheckName.OWNERSHIP, CheckName.ROUTING, CheckName.HTTPS)
TROUBLES: dict[str, Promise] = {
    INTERRUPTED: gettext_lazy("The worker was stopped in the middle of this check. Check again."),
    NEVER_BEGUN: gettext_lazy(
        "No worker took this check within ten minutes, so it was given up. The operator finds out "
        "why with “portico doctor”."
    ),
    BROKEN: gettext_lazy(
        "The check broke off with an error of Portico's own. The operator finds details in the log."
    ),
}


@dataclass(frozen=True)
class Panel:
    """One check, as it stands. `in_part`: as a part of the page that htmx swaps."""

    run: CheckRun
    at: datetime
    in_part: bool = False

    @property
    def swapped(self) -> bool:
        """Whether what the page says of the domain is to be renewed with it."""
        return self.in_part and not self.run.goes_on and self.view.is_wanted

    @property
    def url(self) -> str:
        """Where its page is."""
        return reverse("domain_check", args=[self.run.id])

    @property
    def poll_url(self) -> str:
        """Where to ask for it as it stands later."""
        return f"{self.url}?seen={self.version}"

    @property
    def version(self) -> str:
        """Differs wherever the panel would look different."""
        run = self.run
        asked = "c" if run.cancel_requested_at else ""
        late = "l" if self.is_late else ""
        return f"{run.state}-{len(run.checks)}-{len(run.under_way)}-{asked}{late}"

    @property
    def rows(self) -> tuple[CheckRow, ...]:
        """The checks."""
        run = self.run
        return check_rows(
            run.checks, culprit=run.culprit, under_way=run.under_way, goes_on=run.goes_on
        )

    @property
    def is_late(self) -> bool:
        """Whether no worker has taken it for so long that one should say so."""
        waits = self.run.state == RunState.WAITING
        return waits and self.at - self.run.created_at > LATE_AFTER

    @property
    def unanswered(self) -> CheckRow | None:
        """The first check of those that decide of which nobody could say how it is; None where
        something is wrong for certain, which says more."""
        if self.run.culprit:
            return None
        rows = (row for row in self.rows if row.name in DECISIVE)
        return next((row for row in rows if row.state is not StageState.DONE), None)

    @property
    def in_order(self) -> bool:
        """Whether everything was found to be as it should be."""
        done = self.run.state == RunState.DONE
        return done and not self.run.culprit and self.unanswered is None

    @cached_property
    def view(self) -> DomainView:
        """The domain as it stands."""
        return DomainView(self.run.domain, self.at)

    @property
    def tone(self) -> str:
        """Of the verdict."""
        if self.run.state == RunState.FAILED:
            return "danger"
        if self.run.state != RunState.DONE or not self.run.after:
            return "info"
        if not self.in_order and self.run.after == State.ACTIVE:
            return "warning"
        return TONES[State(self.run.after)]

    @property
    def verdict(self) -> str:
        """How it ended, in one line; "" while it goes on."""
        name = {"domain": self.run.domain.name}
        if self.run.state == RunState.DONE:
            return self._found() % name
        return {
            RunState.FAILED: _("The check was not finished."),
            RunState.CANCELED: _("The check was canceled."),
        }.get(RunState(self.run.state), "")

    @property
    def explanation(self) -> str:
        """What that means, and what to do first."""
        if self.run.trouble:
            return str(TROUBLES.get(self.run.trouble, ""))
        if self.run.state != RunState.DONE:
            return ""
        culprit = next((row for row in self.rows if row.is_culprit), None)
        if culprit is None and self.run.domain.rival:
            return self.view.meaning
        telling = culprit or self.unanswered
        return " ".join(filter(None, (telling.meaning, telling.advice))) if telling else ""

    def _found(self) -> str:
        if self.run.after == State.ACTIVE:
            if self.run.culprit:
                return _("%(domain)s is in use, but something is wrong with it.")
            if not self.in_order:
                return _("%(domain)s is in use; whether it is in order could not be found out.")
            return _("%(domain)s is in use, and everything is in order.")
        return {
            State.PENDING: _("Nothing proves yet that %(domain)s is yours.")
            if not self.run.domain.rival
            else _("%(domain)s cannot be taken yet."),
            State.VERIFIED: _("%(domain)s is yours; it is not in use yet."),
            State.DEGRADED: _("%(domain)s is in use, but something is wrong with it."),
            State.SUSPENDED: _("%(domain)s is suspended."),
        }.get(State(self.run.after), _("%(domain)s was removed meanwhile."))
