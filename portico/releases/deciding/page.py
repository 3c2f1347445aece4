"""What the page of one request shows, gathered for one member."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from django.core.paginator import Page, Paginator

from portico.approvals.differences import Differences, FileChange, How, differences
from portico.approvals.findings import key_of
from portico.approvals.manifests import configuration_changes
from portico.approvals.models import (
    ApprovalRequest,
    Decision,
    RequestKind,
    RequestStatus,
    ReviewVerdict,
)
from portico.approvals.queries import decisions_of
from portico.approvals.services import check_may_decide
from portico.audit.services import Actor
from portico.automated_checks.models import CheckRun, Finding, Level
from portico.automated_checks.services import (
    Verdict as Checked,
)
from portico.automated_checks.services import findings_of, run_of, verdict_of, worst_first
from portico.automated_checks.settling import counted
from portico.automated_checks.showing import TONES, source_of, words_of
from portico.kernel.errors import Conflict, Forbidden
from portico.kernel.permissions import Permission
from portico.miniprograms.models import ProgramOnTarget, Version
from portico.release_process.policy import Policy, read
from portico.releases.access import is_release_actor
from portico.releases.models import Release, ReleaseStatus
from portico.releases.rules.approving import approvals_needed, is_blocked_unless_clean
from portico.ui.texts import say
from portico.ui.values import Change, State
from portico.workspaces.models import Membership

FINDINGS_SHOWN: Final = 50
FILES_ON_A_PAGE: Final = 20


@dataclass(frozen=True)
class FindingRow:
    """A finding that a decision can name. `source`: who says it, where that is not us."""

    key: str
    level: str
    severity: State
    message: str
    advice: str
    rule: str
    place: str
    source: str


@dataclass(frozen=True)
class RequestPage:
    """A request as one member sees it. Each part is asked for once, when it is shown."""

    asked: ApprovalRequest
    member: Membership

    @property
    def in_review(self) -> bool:
        """Whether it waits for decisions."""
        return self.asked.status == RequestStatus.IN_REVIEW

    @cached_property
    def policy(self) -> Policy:
        """What was copied onto it when it was made."""
        return read(self.asked.policy)

    @cached_property
    def decisions(self) -> list[Decision]:
        """What was decided so far."""
        return decisions_of(self.asked)

    @property
    def had(self) -> int:
        """How many have approved."""
        return sum(one.verdict == ReviewVerdict.APPROVE for one in self.decisions)

    @property
    def needed(self) -> int:
        """How many have to."""
        return approvals_needed(self.policy)

    @cached_property
    def release(self) -> Release | None:
        """The release that it is about."""
        found = Release.objects.filter(
            workspace_id=self.asked.workspace_id, id=self.asked.release
        ).select_related("supersedes__version")
        return found.defer("version__manifest", "supersedes__version__manifest").first()

    @cached_property
    def baseline(self) -> Version | None:
        """What is compared with: what is live now; once it is over, what was live then."""
        if not self.in_review:
            return self.asked.baseline
        live = ProgramOnTarget.objects.filter(
            program=self.asked.program_id, target=self.asked.target_id
        ).select_related("live_version")
        found = live.first()
        return found.live_version if found else None

    @property
    def compares(self) -> bool:
        """Whether there is anything to compare: where something is taken away, there is not."""
        return self.asked.kind == RequestKind.RELEASE

    @cached_property
    def differences(self) -> Differences:
        """What the version changes."""
        return differences(self.baseline, self.asked.version)

    @cached_property
    def configuration(self) -> list[Change]:
        """What the release takes along otherwise than the live one does."""
        before: Mapping[str, object] = {}
        if self.baseline is not None:
            was_live = Release.objects.filter(
                version=self.baseline,
                target=self.asked.target_id,
                status__in=(ReleaseStatus.FULL, ReleaseStatus.ARCHIVED),
            )
            found = was_live.order_by("-id").values_list("configuration", flat=True).first()
            before = found or {}
        return configuration_changes(before, self.asked.configuration)

    def files(self, number: str | None) -> Page[FileChange]:
        """A page of the files that differ."""
        changes: Sequence[FileChange] = self.differences.files.changes
        return Paginator(changes, FILES_ON_A_PAGE).get_page(number)

    @property
    def file_counts(self) -> dict[str, int]:
        """How many files were added, removed, changed, and are the same."""
        files = self.differences.files
        return {how.value: files.count(how) for how in How} | {"same": files.same}

    @cached_property
    def checks(self) -> CheckRun | None:
        """The automated checks of the version."""
        return run_of(self.asked.version)

    @cached_property
    def checked(self) -> Checked:
        """What they say, in a word."""
        return verdict_of(self.asked.version)

    @cached_property
    def finding_counts(self) -> dict[str, int]:
        """How many findings there are, by severity."""
        return counted(self.checks) if self.checks else {}

    @cached_property
    def findings(self) -> list[FindingRow]:
        """The findings, errors first; the first of them."""
        if not sum(self.finding_counts.values()):
            return []
        found = worst_first(findings_of(self.asked.version))[:FINDINGS_SHOWN]
        return [_finding(one) for one in found]

    @property
    def findings_left_out(self) -> int:
        """How many more there are."""
        return max(0, sum(self.finding_counts.values()) - len(self.findings))

    @property
    def is_reviewer(self) -> bool:
        """Whether this member decides on requests at all."""
        return self.member.may(Permission.REQUESTS_DECIDE)

    @cached_property
    def why_not(self) -> str:
        """Why this member may not decide on it, in a sentence; empty: they may."""
        person = self.member.person
        by = Actor(person_id=person.id, email=person.email, name=person.name)
        try:
            check_may_decide(self.asked, by=by)
        except (Forbidden, Conflict) as error:
            return say(error)
        return ""

    @property
    def may_decide(self) -> bool:
        """Whether this member may decide on it now."""
        return self.in_review and self.is_reviewer and not self.why_not

    @property
    def is_blocked(self) -> bool:
        """Whether nobody may approve yet, because the automated checks are not clean."""
        return (
            self.in_review
            and self.compares
            and is_blocked_unless_clean(self.policy)
            and self.checked is not Checked.CLEAN
        )

    @cached_property
    def may_withdraw(self) -> bool:
        """Whether this member may withdraw it: who asked, and who drives releases there."""
        if not self.in_review:
            return False
        if self.asked.requested_by_id == self.member.person_id:
            return True
        return is_release_actor(self.member, self.asked.program, self.asked.target)


def _finding(one: Finding) -> FindingRow:
    message, advice = words_of(one)
    source = source_of(one)
    return FindingRow(
        key=key_of(one),
        level=one.severity,
        severity=State(str(Level(one.severity).label), TONES[one.severity]),
        message=message,
        advice=advice,
        rule=one.rule,
        place=f"{one.file}:{one.line}" if one.file and one.line else one.file,
        source="" if source == "portico" else source,
    )
