"""Where no mail server is: mails are kept, and not sent."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from django.conf import settings

from portico.service_email.look.letterheads import letterhead_of
from portico.service_email.models import Mail, MailState
from portico.service_email.pipeline.batches import Batch
from portico.service_email.pipeline.carriers import platforms_address
from portico.service_email.pipeline.recording import finish_unwritable
from portico.service_email.pipeline.writing import Letter, Unwritable, write
from portico.workspaces.models import Workspace

FILE_BACKEND = "django.core.mail.backends.filebased.EmailBackend"


def capture(workspace: Workspace, batch: Batch, clock: Callable[[], datetime]) -> int:
    """Write mails into the log, and whole, with their links, into the folder in which the
    platform's own are captured; how many."""
    letterhead = letterhead_of(workspace, at=clock())
    for mail in batch.mails:
        try:
            letter = write(mail, letterhead, sender=platforms_address(), at=clock())
        except Unwritable as error:
            finish_unwritable(mail, str(error), at=clock())
        else:
            _capture(mail, letter, at=clock())
    return len(batch.mails)


def file_of(mail: Mail) -> Path | None:
    """Where a captured mail is whole; None where nothing is captured, as in production."""
    if settings.EMAIL_BACKEND != FILE_BACKEND:
        return None
    return Path(settings.EMAIL_FILE_PATH) / f"{mail.id}.eml"


def _capture(mail: Mail, letter: Letter, *, at: datetime) -> None:
    path = file_of(mail)
    if path is not None:
        _keep(path, letter.message)
    Mail.objects.filter(id=mail.id, state=MailState.QUEUED).update(
        state=MailState.CAPTURED,
        due_at=None,
        finished_at=at,
        message_id=letter.message_id,
        subject=letter.subject,
        html=letter.html,
        text=letter.text,
    )


def _keep(path: Path, message: bytes) -> None:
    """All of it or nothing, and for nobody else: whoever has a link in it is the recipient."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    half = path.with_suffix(".half")
    descriptor = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(message)
    half.replace(path)
