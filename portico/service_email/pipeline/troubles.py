"""What is wrong with a workspace's server, kept with its queue as JSON and said again."""

from __future__ import annotations

from django.utils.translation import gettext

from portico.kernel.errors import gettext_noop
from portico.service_email.models import MailQueue
from portico.service_email.smtp.kept import KeptStage, kept_stage, stage_kept
from portico.service_email.smtp.stages import Sentence, Stage, StageName

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
    stored: dict[str, object] = {**kept_stage(stage)}
    return {"stage": stored.pop("name"), **stored}


def trouble_of(queue: MailQueue) -> Stage | None:
    """The stage at which this queue's server failed last; None while it does not fail."""
    found = queue.trouble
    if not found:
        return None
    return stage_kept(
        KeptStage(
            name=found["stage"],
            ok=False,
            ms=found["ms"],
            seen=found["seen"],
            code=found["code"],
            meaning=found["meaning"],
            cause=found["cause"],
            advice=found["advice"],
            correction=found.get("correction"),
        )
    )


def said(sentence: Sentence | None) -> str:
    """A sentence in the current language; nothing for none."""
    return gettext(sentence.text) % sentence.facts if sentence else ""


def in_words(stage: Stage) -> tuple[str, ...]:
    """What happened, why, and what to do, in the current language."""
    return tuple(filter(None, map(said, (stage.meaning, stage.cause, stage.advice))))
