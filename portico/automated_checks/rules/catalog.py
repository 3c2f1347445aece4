"""All rules, and what is looked for together: each check runs in a child process of its own, so
that one that fails takes no other with it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from portico.automated_checks.rules import (
    addresses,
    manifests,
    pages,
    pictures,
    references,
    scripts,
    secrets,
    subjects,
    texts,
    weights,
)
from portico.automated_checks.rules.findings import Finding, Rule, Severity
from portico.automated_checks.rules.looking import check_content
from portico.automated_checks.rules.subjects import Subject
from portico.kernel.errors import gettext_noop

MOST_OF_A_RULE: Final = 50

MORE = Rule(
    "more-of-the-same",
    Severity.INFO,
    gettext_noop("“%(rule)s” was found %(count)s more times; they are not listed."),
    gettext_noop("Mend those that are listed, and upload a new version to see the rest."),
)

RULES: Final = {
    rule.id: rule
    for rule in (
        *manifests.RULES,
        *weights.RULES,
        *secrets.RULES,
        *scripts.RULES,
        *addresses.RULES,
        *texts.RULES,
        *pages.RULES,
        *references.RULES,
        *pictures.RULES,
        subjects.SKIPPED,
        subjects.NOT_UTF_8,
        MORE,
    )
}


@dataclass(frozen=True)
class Check:
    """What is looked for together. `title` says what, for people."""

    name: str
    title: str
    run: Callable[[Subject], Iterable[Finding]]


CHECKS: Final = {
    check.name: check
    for check in (
        Check(
            "content",
            gettext_noop("Manifest, size, scripts, addresses, texts and pages"),
            check_content,
        ),
        Check("secrets", gettext_noop("Keys and passwords"), secrets.check_secrets),
        Check("pictures", gettext_noop("Pictures and icons"), pictures.check_pictures),
    )
}


def findings_of(check: Check, subject: Subject) -> list[Finding]:
    """What a check finds in a version; of each rule a bounded number."""
    return list(bounded(check.run(subject)))


def bounded(findings: Iterable[Finding]) -> Iterator[Finding]:
    """The first of each rule, and how many more there were."""
    seen: Counter[str] = Counter()
    for finding in findings:
        seen[finding.rule] += 1
        if seen[finding.rule] <= MOST_OF_A_RULE:
            yield finding
    for rule, count in seen.items():
        if count > MOST_OF_A_RULE:
            yield MORE.found(rule=rule, count=f"{count - MOST_OF_A_RULE:,}")
