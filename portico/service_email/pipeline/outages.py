"""Telling a server's failures from a mail's."""

from __future__ import annotations

from portico.kernel.errors import gettext_noop
from portico.service_email.pipeline.carriers import Carrier
from portico.service_email.pipeline.pausing import Outage
from portico.service_email.pipeline.troubles import BROKEN
from portico.service_email.smtp.failures import Failure, FailureKind
from portico.service_email.smtp.stages import Sentence, Stage, StageName

IN_THE_TALK = frozenset({StageName.SENDER, StageName.RECIPIENT, StageName.MESSAGE})


def is_servers(failure: Failure) -> bool:
    """Whether no mail at all can be sent now."""
    return failure.kind in {FailureKind.SERVER, FailureKind.SENDER}


def is_in_the_talk(failure: Failure) -> bool:
    """Whether a mail was the subject already: the server had been reached and signed in to."""
    return failure.stage in IN_THE_TALK


def outage_of(failure: Failure, carrier: Carrier) -> Outage:
    """What the queue rests for."""
    return Outage(
        stage=failure.explained,
        server=carrier.name,
        sign_in_refused=failure.stage is StageName.SIGN_IN and failure.permanent,
        own=carrier.own,
    )


def password_unreadable() -> Outage:
    """The workspace's server has a password that cannot be opened."""
    stage = Stage(
        name=StageName.SIGN_IN,
        ok=False,
        code="password_unreadable",
        meaning=Sentence(
            gettext_noop("The stored password of the mail server cannot be decrypted.")
        ),
        cause=Sentence(gettext_noop("The key that it was stored with is not in the key ring.")),
        advice=Sentence(
            gettext_noop(
                "Type the password again, or ask the operator to put the key back into "
                "PORTICO_KEY_RING."
            )
        ),
    )
    return Outage(stage=stage, server="", sign_in_refused=True, own=True)


def broken() -> Outage:
    """A mistake in the program broke a drain off."""
    return Outage(stage=BROKEN, server="", sign_in_refused=False, own=False)
