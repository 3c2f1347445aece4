"""What the page of a version, and the checks' own page, show of its checks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from portico.automated_checks.children import works
from portico.automated_checks.models import (
    CheckRun,
    Finding,
    Level,
    Review,
    ReviewState,
    RunState,
)
from portico.automated_checks.services import findings_of, reviews_of, run_of, worst_first
from portico.automated_checks.settling import counted
from portico.automated_checks.showing import (
    PLURALS,
    RUN_TONES,
    ShownFile,
    ShownReview,
    files_with,
    shown_reviews,
    title_of,
    troubles_of,
)
from portico.kernel.clock import now
from portico.kernel.permissions import Permission
from portico.miniprograms.access import Act, may, role_in
from portico.miniprograms.models import Version
from portico.ui.frame import NavItem
from portico.ui.values import Stage, StageState, State
from portico.workspaces.http import MemberRequest
from portico.workspaces.permissions import Role

FIRST = 20  # findings, on the page of the version
ON_A_PAGE = 100
LATE_AFTER = timedelta(seconds=30)


@dataclass(frozen=True)
class ChecksPanel:
    """The checks of a version as they stand. `whole`: on a page of its own, with all findings.

    `may_run`: this member may run them again; `may_ask`: set up reviewers.
    """

    version: Version
    at: datetime
    run: CheckRun | None
    severity: str = ""
    number: str | None = None
    whole: bool = False
    may_run: bool = False
    may_ask: bool = False

    @property
    def goes_on(self) -> bool:
        """Whether our checks have not ended."""
        return self.run is None or self.run.goes_on

    @property
    def waits(self) -> bool:
        """Whether an answer of a reviewer is waited for."""
        return any(one.review.state == ReviewState.WAITING for one in self.reviews)

    @property
    def pause(self) -> str:
        """How long to wait before asking again how it stands; "": it has ended."""
        if self.goes_on:
            return "1s"
        return "10s" if self.waits else ""

    @property
    def url(self) -> str:
        """Where the checks' own page is."""
        args = [self.version.program.app_id, self.version.code]
        return reverse("version_checks", args=args)

    @property
    def run_url(self) -> str:
        """Where they are run again."""
        return reverse("run_checks", args=[self.version.program.app_id, self.version.code])

    @property
    def poll_url(self) -> str:
        """Where to ask for it as it stands later."""
        asked = {
            "severity": self.severity,
            "page": self.number or "",
            "whole": "1" if self.whole else "",
            "seen": self.seen,
        }
        return f"{self.url}?{urlencode({name: value for name, value in asked.items() if value})}"

    @property
    def seen(self) -> str:
        """Differs wherever the panel would look different."""
        run = self.run
        own = f"{run.round}.{run.state}.{run.attempts}.{len(run.checks)}" if run else "none"
        late = "l" if self.is_late else ""
        return f"{own}.{late}." + ".".join(one.review.state[:2] for one in self.reviews)

    @property
    def state(self) -> State:
        """Where our checks are."""
        if self.run is None:
            return State(str(RunState.QUEUED.label), "info")
        return State(str(RunState(self.run.state).label), RUN_TONES[self.run.state])

    @property
    def is_late(self) -> bool:
        """Whether no worker has taken it for so long that one should say so."""
        if self.run is None:
            return self.at - self.version.created_at > LATE_AFTER
        return self.run.state == RunState.QUEUED and self.at - self.run.queued_at > LATE_AFTER

    @property
    def steps(self) -> tuple[Stage, ...]:
        """Our checks and the plug-ins, while they go on."""
        ended = set(self.run.checks) if self.run else set()
        troubled = {str(one["check"]) for one in self.run.troubles} if self.run else set()
        running = self.run is not None and self.run.state == RunState.RUNNING
        steps = []
        for work in works():
            state = StageState.WAITING
            if work.name in ended:
                state = StageState.FAILED if work.name in troubled else StageState.DONE
            elif running:
                state, running = StageState.NOW, False
            steps.append(Stage(title_of(work.name), state))
        return tuple(steps)

    @property
    def troubles(self) -> list[str]:
        """What went wrong with our checks and plug-ins."""
        return troubles_of(self.run.troubles) if self.run else []

    @property
    def checked(self) -> list[str]:
        """What was looked at, in words."""
        return [title_of(name) for name in self.run.checks] if self.run else []

    @cached_property
    def reviews(self) -> list[ShownReview]:
        """The reviewers that are asked, and how they answered."""
        found: QuerySet[Review] = reviews_of(self.version)
        return shown_reviews(found) if self.run else []

    @cached_property
    def counts(self) -> dict[str, int]:
        """How many findings there are, by severity."""
        return counted(self.run) if self.run else {level.value: 0 for level in Level}

    @property
    def total(self) -> int:
        """How many findings there are."""
        return sum(self.counts.values())

    @property
    def filters(self) -> list[NavItem]:
        """Links that narrow the findings; one with nothing behind it is left out."""
        narrow = [
            NavItem(
                str(PLURALS[level]),
                self._at(level.value),
                current=self.severity == level,
                count=self.counts[level],
            )
            for level in Level
            if self.counts[level]
        ]
        everything = NavItem(_("All"), self._at(""), current=not self.severity, count=self.total)
        return [everything, *narrow]

    @cached_property
    def page(self) -> Page[Finding]:
        """The findings to show."""
        found = findings_of(self.version)
        found = found if self.whole else worst_first(found)
        if self.severity:
            found = found.filter(severity=self.severity)
        paginator = Paginator(found, ON_A_PAGE if self.whole else FIRST)
        # It is known already how many there are: one query less.
        vars(paginator)["count"] = self.counts[self.severity] if self.severity else self.total
        return paginator.get_page(self.number)

    @cached_property
    def files(self) -> list[ShownFile]:
        """They, by file."""
        return files_with(self.page.object_list) if self.total else []

    @property
    def left_out(self) -> int:
        """How many findings are on the checks' own page alone."""
        shown = len(self.page.object_list) if self.total else 0
        return 0 if self.whole else self.page.paginator.count - shown if self.total else 0

    def _at(self, severity: str) -> str:
        return f"{self.url}?{urlencode({'severity': severity})}" if severity else self.url


def panel_for(
    request: MemberRequest,
    version: Version,
    *,
    whole: bool = False,
    severity: str = "",
    number: str | None = None,
) -> ChecksPanel:
    """The checks of a version as this member sees them."""
    role, assigned = Role(request.member.role), role_in(request.member, version.program)
    return ChecksPanel(
        version=version,
        at=now(),
        run=run_of(version),
        severity=severity if severity in Level.values else "",
        number=number,
        whole=whole,
        may_run=may(role, Act.UPLOAD, assigned),
        may_ask=request.member.may(Permission.CHECKS_CHANGE),
    )


def checks_shown(request: MemberRequest, version: Version) -> Mapping[str, object]:
    """What the panel on the page of a version shows."""
    return {"checks": panel_for(request, version)}
