"""Reports as JSON, and back: the words stay untranslated, with their facts beside them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypedDict, cast

from portico.domains.checking.reports import NOTHING, Check, CheckName, Report, Seen
from portico.kernel.sentences import Fact, Sentence


class KeptSentence(TypedDict):
    """A `Sentence`."""

    text: str
    facts: dict[str, Fact]


class KeptSeen(TypedDict):
    """A `Seen`."""

    where: str
    values: list[str]
    trouble: KeptSentence | None
    notes: list[KeptSentence]
    ttl: int | None
    authoritative: bool


class KeptCheck(TypedDict):
    """A `Check`."""

    name: str
    ok: bool | None
    expected: str
    seen: list[KeptSeen]
    meaning: KeptSentence
    advice: KeptSentence
    milliseconds: int
    code: str
    notes: list[KeptSentence]


class KeptReport(TypedDict):
    """A `Report`."""

    checks: list[KeptCheck]
    culprit: str | None


def as_json(report: Report) -> KeptReport:
    """A report to store; a JSON value throughout."""
    return KeptReport(
        checks=[check_as_json(check) for check in report.checks],
        culprit=report.culprit.value if report.culprit else None,
    )


def report_from(kept: Mapping[str, object]) -> Report:
    """A report that was stored with `as_json`."""
    stored = cast("KeptReport", kept)
    culprit = stored["culprit"]
    return Report(
        tuple(check_from(check) for check in stored["checks"]),
        CheckName(culprit) if culprit else None,
    )


def check_as_json(check: Check) -> KeptCheck:
    """One check to store, for progress."""
    return KeptCheck(
        name=check.name.value,
        ok=check.ok,
        expected=check.expected,
        seen=[_kept_seen(seen) for seen in check.seen],
        meaning=_kept(check.meaning),
        advice=_kept(check.advice),
        milliseconds=check.milliseconds,
        code=check.code,
        notes=[_kept(note) for note in check.notes],
    )


def check_from(kept: Mapping[str, object]) -> Check:
    """One check that was stored."""
    stored = cast("KeptCheck", kept)
    return Check(
        name=CheckName(stored["name"]),
        ok=stored["ok"],
        expected=stored["expected"],
        seen=tuple(_seen(seen) for seen in stored["seen"]),
        meaning=_sentence(stored["meaning"]),
        advice=_sentence(stored["advice"]),
        milliseconds=stored["milliseconds"],
        code=stored["code"],
        notes=tuple(_sentence(note) for note in stored["notes"]),
    )


def storable(text: str) -> str:
    """What a stranger's server said, without the signs that a database refuses."""
    return text.replace("\0", "\ufffd").encode("utf-8", errors="replace").decode()


def _kept_seen(seen: Seen) -> KeptSeen:
    return KeptSeen(
        where=storable(seen.where),
        values=[storable(value) for value in seen.values],
        trouble=_kept(seen.trouble) if seen.trouble else None,
        notes=[_kept(note) for note in seen.notes],
        ttl=seen.ttl,
        authoritative=seen.authoritative,
    )


def _seen(kept: KeptSeen) -> Seen:
    trouble = kept["trouble"]
    return Seen(
        where=kept["where"],
        values=tuple(kept["values"]),
        trouble=_sentence(trouble) if trouble else None,
        notes=tuple(_sentence(note) for note in kept["notes"]),
        ttl=kept["ttl"],
        authoritative=kept["authoritative"],
    )


def _kept(sentence: Sentence) -> KeptSentence:
    facts = {
        name: storable(fact) if isinstance(fact, str) else fact
        for name, fact in sentence.facts.items()
    }
    return KeptSentence(text=sentence.text, facts=facts)


def _sentence(kept: KeptSentence) -> Sentence:
    return Sentence(kept["text"], kept["facts"]) if kept["text"] else NOTHING
