"""What is wrong with a workspace's server, kept with its queue as JSON and said again."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext

from portico.kernel.errors import gettext_noop
from portico.service_email.models import MailQueue
from portico.service_email.smtp.stages import Correction, Sentence, Stage, StageName

Json = Mapping[str, object]

BROKEN = Stage(
    name=StageName.MESSAGE,
    ok=False,
    code="broken",
    meaning=Sentence(gettext_noop("Sending broke off with an error of Portico's own.")),
    advice=Sentence(
        gettext_noop("The operator finds details in the worker's log. It is tried again.")
    ),
)


def kept(stage: Stage) -> dict[str, object]:
    """A stage as JSON."""
    correction = stage.correction
    return {
        "stage": stage.name.value,
        "code": stage.code,
        "ms": stage.ms,
        "seen": [_kept(sentence) for sentence in stage.seen],
        "meaning": _kept(stage.meaning),
        "cause": _kept(stage.cause),
        "advice": _kept(stage.advice),
        "correction": correction
        and {"values": dict(correction.values), "why": _kept(correction.why)},
    }


def trouble_of(queue: MailQueue) -> Stage | None:
    """The stage at which this queue's server failed last; None while it does not fail."""
    found = queue.trouble
    if not found:
        return None
    correction = found.get("correction")
    return Stage(
        name=StageName(found["stage"]),
        ok=False,
        ms=found["ms"],
        seen=tuple(_sentence(seen) for seen in found["seen"]),
        code=found["code"],
        meaning=_maybe(found["meaning"]),
        cause=_maybe(found["cause"]),
        advice=_maybe(found["advice"]),
        correction=Correction(correction["values"], _sentence(correction["why"]))
        if correction
        else None,
    )


def said(sentence: Sentence | None) -> str:
    """A sentence in the current language; nothing for none."""
    return gettext(sentence.text) % sentence.facts if sentence else ""


def in_words(stage: Stage) -> tuple[str, ...]:
    """What happened, why, and what to do, in the current language."""
    return tuple(filter(None, map(said, (stage.meaning, stage.cause, stage.advice))))


def _kept(sentence: Sentence | None) -> dict[str, object] | None:
    return {"text": sentence.text, "facts": dict(sentence.facts)} if sentence else None


def _maybe(found: dict[str, object] | None) -> Sentence | None:
    return _sentence(found) if found else None


def _sentence(found: dict[str, object]) -> Sentence:
    return Sentence(str(found["text"]), found["facts"])  # type: ignore[arg-type]
