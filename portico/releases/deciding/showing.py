"""The page of a request in words, in the current language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from portico.approvals.differences import How
from portico.approvals.models import (
    ApprovalRequest,
    Decision,
    RequestKind,
    RequestStatus,
    ReviewVerdict,
)
from portico.automated_checks.models import Level
from portico.automated_checks.services import Verdict as Checked
from portico.automated_checks.showing import TONES
from portico.files.models import StoredFile
from portico.files.services import files_of
from portico.miniprograms.uploading.showing import size
from portico.release_process.policy import AutomatedReview
from portico.releases.deciding.page import RequestPage
from portico.releases.deciding.rows import named
from portico.releases.rules.pipeline import Status, next_after_review
from portico.ui.values import Fact, Picture, State, Value

HOW: Mapping[How, tuple[object, str]] = {
    How.ADDED: (gettext_lazy("Added"), "good"),
    How.CHANGED: (gettext_lazy("Changed"), "info"),
    How.REMOVED: (gettext_lazy("Removed"), "danger"),
}
CHECKED: Mapping[Checked, tuple[object, str]] = {
    Checked.CLEAN: (gettext_lazy("Clean"), "good"),
    Checked.FINDINGS: (gettext_lazy("Findings"), "warning"),
    Checked.PENDING: (gettext_lazy("Not over yet"), "info"),
    Checked.FAILED: (gettext_lazy("Did not get to their end"), "danger"),
}
AUTOMATED: Mapping[AutomatedReview, object] = {
    AutomatedReview.OFF: gettext_lazy("Off"),
    AutomatedReview.ADVISORY: gettext_lazy("Advisory: reviewers see it"),
    AutomatedReview.BLOCKING: gettext_lazy("Blocking: nobody approves before it is clean"),
    AutomatedReview.APPROVING: gettext_lazy("Approving: a clean one counts as an approval"),
}


@dataclass(frozen=True)
class Shot:
    """A screenshot: a thumbnail, and where it is shown whole."""

    url: str
    picture: Picture


@dataclass(frozen=True)
class Entry:
    """Something that happened to a request."""

    at: datetime
    who: str
    what: State
    reason: str = ""
    findings: Sequence[Mapping[str, object]] = ()
    shots: Sequence[Shot] = ()


def title_of(asked: ApprovalRequest) -> str:
    """What is asked for, in a line."""
    facts = {
        "program": asked.program.name,
        "version": asked.version.name,
        "target": str(asked.target),
    }
    texts = {
        RequestKind.RELEASE: _("%(program)s %(version)s to %(target)s"),
        RequestKind.OFFLINE: _("Take %(program)s offline on %(target)s"),
        RequestKind.REMOVAL: _("%(program)s was removed from %(target)s"),
    }
    return texts[RequestKind(asked.kind)] % facts


def facts_of(page: RequestPage) -> list[Fact]:
    """What it is about."""
    asked = page.asked
    facts = [
        Fact(_("Version"), f"{asked.version.name} ({asked.version.code})"),
        Fact(_("Target"), str(asked.target)),
        Fact(_("Asked by"), named(asked.requested_by)),
        Fact(_("Asked at"), asked.requested_at),
    ]
    if asked.decided_at:
        facts.append(Fact(str(RequestStatus(asked.status).label), asked.decided_at))
    return facts


def policy_facts(page: RequestPage) -> list[Fact]:
    """What it was made under, and stays under whatever is saved later."""
    policy, asked = page.policy, page.asked
    revision: Value = (
        _("Revision %(number)s") % {"number": asked.policy_revision}
        if asked.policy_revision
        else _("The default")
    )
    approvals = _("%(had)s of %(needed)s") % {"had": page.had, "needed": page.needed}
    return [
        Fact(_("Approvals"), approvals),
        Fact(
            _("May whoever asked approve?"), _("Yes") if policy.requester_may_approve else _("No")
        ),
        Fact(_("Automated review"), str(AUTOMATED[policy.automated_review])),
        Fact(_("Release Process"), revision),
    ]


def what_follows(page: RequestPage) -> list[str]:
    """What approving leads to, in sentences."""
    more = page.needed - page.had - 1
    texts = []
    if more > 0:
        texts.append(
            ngettext(
                "It needs %(count)s more approval after yours.",
                "It needs %(count)s more approvals after yours.",
                more,
            )
            % {"count": more}
        )
    facts = {"target": str(page.asked.target), "version": page.asked.version.name}
    if page.asked.kind == RequestKind.OFFLINE:
        texts.append(
            _(
                "Once approved, it is taken offline at once: users of %(target)s are told that it "
                "is not available. Nothing of it is deleted."
            )
            % facts
        )
        return texts
    following = {
        Status.PILOT: _(
            "Once approved, version %(version)s goes to Pilot Testing: those who drive the "
            "release pick testers, who get it first."
        ),
        Status.PREPARATION: _(
            "Once approved, version %(version)s is in Release Preparation: nobody gets it until "
            "those who drive the release take it live, for a share of the users at first."
        ),
        Status.FULL: _("Once approved, everybody on %(target)s gets version %(version)s at once."),
    }
    texts.append(following[next_after_review(page.policy)] % facts)
    return texts


def checked_of(page: RequestPage) -> State:
    """What the automated checks say, in a word."""
    text, tone = CHECKED[page.checked]
    return State(str(text), tone)


def finding_chips(page: RequestPage) -> list[State]:
    """How many findings there are of each severity."""
    return [
        State(f"{level.label}: {page.finding_counts[level]}", TONES[level])
        for level in Level
        if page.finding_counts.get(level)
    ]


def file_chips(page: RequestPage) -> list[State]:
    """How many files differ, and how."""
    counts = page.file_counts
    chips = [
        State(f"{text}: {counts[how]}", tone) for how, (text, tone) in HOW.items() if counts[how]
    ]
    if counts["same"]:
        same = _("The same")
        chips.append(State(f"{same}: {counts['same']}"))
    return chips


def size_facts(page: RequestPage) -> list[Fact]:
    """The sizes before and after; of a hosted version its address."""
    found = page.differences
    facts: list[Fact] = []
    for label, (before, after) in (
        (_("Package"), found.packed),
        (_("Unpacked"), found.unpacked),
    ):
        if after is None:
            continue
        if before is None:
            facts.append(Fact(label, size(after)))
        else:
            facts.append(Fact(label, _grown(before, after)))
    before_url, after_url = found.entry_urls
    if after_url:
        changed = bool(before_url) and before_url != after_url
        value = _("%(before)s → %(after)s") % {"before": before_url, "after": after_url}
        facts.append(Fact(_("Entry URL"), value if changed else after_url))
    return facts


def history_of(page: RequestPage) -> list[Entry]:
    """What happened to it, the first at first; one query, none where no screenshot is attached."""
    asked = page.asked
    hashes = [sha256 for one in page.decisions for sha256 in one.screenshots]
    stored = files_of(asked.workspace, hashes)
    entries = [
        Entry(
            asked.requested_at,
            named(asked.requested_by),
            State(_("Done") if asked.kind == RequestKind.REMOVAL else _("Asked")),
            asked.message,
        )
    ]
    entries += [_decided(one, asked, stored) for one in page.decisions]
    if asked.status == RequestStatus.WITHDRAWN and asked.decided_at:
        entries.append(
            Entry(
                asked.decided_at, named(asked.closed_by), State(_("Withdrawn")), asked.close_reason
            )
        )
    if asked.voided_at:
        text = _("The configuration was changed after the approval, which counts no more.")
        entries.append(Entry(asked.voided_at, "", State(_("Voided"), "warning"), text))
    return entries


def shots_of(asked: ApprovalRequest, stored: Sequence[StoredFile]) -> list[Shot]:
    """Screenshots as thumbnails, counted from 1."""
    return [
        Shot(
            url=(url := reverse("approval_screenshot", args=[asked.id, one.sha256])),
            picture=Picture(
                url,
                one.width or 0,
                one.height or 0,
                _("Screenshot %(number)s") % {"number": number},
            ),
        )
        for number, one in enumerate(stored, start=1)
    ]


def _decided(one: Decision, asked: ApprovalRequest, stored: Mapping[str, StoredFile]) -> Entry:
    verdict = ReviewVerdict(one.verdict)
    return Entry(
        one.decided_at,
        _("Automated review") if one.reviewer_id is None else named(one.reviewer),
        State(str(verdict.label), "good" if verdict is ReviewVerdict.APPROVE else "danger"),
        one.reason,
        one.findings,
        shots_of(asked, [stored[sha256] for sha256 in one.screenshots if sha256 in stored]),
    )


def _grown(before: int, after: int) -> str:
    facts = {"before": size(before), "after": size(after)}
    if before == after:
        return facts["after"]
    return _("%(before)s → %(after)s") % facts
