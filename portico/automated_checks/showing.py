"""Findings, reviews and their states in words, in the current language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext, gettext_lazy
from django.utils.translation import gettext as _

from portico.automated_checks.models import Finding, Level, Review, ReviewState, RunState
from portico.automated_checks.reviewers.answering import SOURCE
from portico.automated_checks.rules.catalog import CHECKS, RULES
from portico.ui.values import State
from portico.webhooks.pipeline.troubles import said

OWN_SOURCE = "portico"
PLUGIN = "plugin:"

TONES: Mapping[str, str] = {Level.ERROR: "danger", Level.WARNING: "warning", Level.INFO: "info"}
RUN_TONES: Mapping[str, str] = {
    RunState.QUEUED: "info",
    RunState.RUNNING: "info",
    RunState.DONE: "good",
    RunState.FAILED: "danger",
}
REVIEW_TONES: Mapping[str, str] = {
    ReviewState.WAITING: "info",
    ReviewState.ANSWERED: "good",
    ReviewState.TIMED_OUT: "danger",
    ReviewState.FAILED: "danger",
}
PLURALS = {
    Level.ERROR: gettext_lazy("Errors"),
    Level.WARNING: gettext_lazy("Warnings"),
    Level.INFO: gettext_lazy("Notes"),
}


@dataclass(frozen=True)
class ShownFinding:
    """A finding in words. `source`: who says it, where that is not us."""

    rule: str
    severity: State
    message: str
    advice: str
    line: int
    source: str


@dataclass(frozen=True)
class ShownFile:
    """The findings of one file; `name` empty: of the package as a whole."""

    name: str
    findings: list[ShownFinding]


@dataclass(frozen=True)
class ShownReview:
    """A reviewer's answer in words."""

    review: Review
    state: State
    trouble: str


def files_with(findings: Iterable[Finding]) -> list[ShownFile]:
    """Findings by file, in the order in which the files come first."""
    by_file: dict[str, list[ShownFinding]] = {}
    for one in findings:
        by_file.setdefault(one.file, []).append(shown(one))
    return [ShownFile(name, group) for name, group in by_file.items()]


def shown(finding: Finding) -> ShownFinding:
    """A finding in words."""
    message, advice = words_of(finding)
    source = source_of(finding)
    return ShownFinding(
        rule=finding.rule,
        severity=State(str(Level(finding.severity).label), TONES[finding.severity]),
        message=message,
        advice=advice,
        line=finding.line,
        source="" if source == OWN_SOURCE else source,
    )


def words_of(finding: Finding) -> tuple[str, str]:
    """What was found and what to do; those of plug-ins and reviewers in the words they chose."""
    rule = RULES.get(finding.rule) if finding.source in CHECKS else None
    if rule is None:
        return finding.message, finding.advice
    # Some facts are words of ours, too, such as the kind of a secret.
    facts = {name: gettext(value) if value else "" for name, value in finding.facts.items()}
    try:
        return gettext(rule.message) % facts, gettext(rule.advice) % facts
    except KeyError:  # stored by an older version of the rule
        return finding.message, finding.advice


def source_of(finding: Finding) -> str:
    """Who says it: `portico`, `plugin:<name>`, or a reviewer's name."""
    if finding.source == SOURCE and finding.review is not None:
        return finding.review.name
    return finding.source if finding.source.startswith(PLUGIN) else OWN_SOURCE


def title_of(check: str) -> str:
    """What people call a check."""
    if check in CHECKS:
        return gettext(CHECKS[check].title)
    return _("Plug-in %(name)s") % {"name": check.removeprefix(PLUGIN)}


def troubles_of(troubles: Iterable[Mapping[str, object]]) -> list[str]:
    """What went wrong with checks, a sentence each."""
    found = []
    for one in troubles:
        facts = one.get("facts")
        sentence = gettext(str(one["text"])) % (facts if isinstance(facts, dict) else {})
        check = str(one["check"])
        found.append(f"{title_of(check)}: {sentence}" if check else sentence)
    return found


def shown_reviews(reviews: Iterable[Review]) -> list[ShownReview]:
    """Reviews in words."""
    return [
        ShownReview(
            review=one,
            state=State(str(ReviewState(one.state).label), REVIEW_TONES[one.state]),
            trouble=said(one.trouble),
        )
        for one in reviews
    ]
