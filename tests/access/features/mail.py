"""The mail log."""

from __future__ import annotations

from uuid import UUID

from portico.service_email.models import MailState
from tests.access.rows import (
    ADMINS,
    ADMINS_CALL,
    ADMINS_SENT,
    NOT_THIS_FOR_ADMINS,
    Operation,
    Page,
)
from tests.access.scene import Scene
from tests.make import (
    make_mail,
)


def a_mail_id(scene: Scene) -> UUID:
    """A mail of acme that failed."""
    return make_mail(scene.cast.acme, state=MailState.FAILED).id


PAGES: dict[str, Page] = {
    "mail_log": Page(ADMINS, NOT_THIS_FOR_ADMINS),
    "mail": Page(ADMINS, NOT_THIS_FOR_ADMINS, args=lambda scene: {"mail_id": a_mail_id(scene)}),
    "mail_html": Page(
        ADMINS, NOT_THIS_FOR_ADMINS, args=lambda scene: {"mail_id": a_mail_id(scene)}
    ),
    "resend_mail": Page(
        NOT_THIS_FOR_ADMINS, ADMINS_SENT, args=lambda scene: {"mail_id": a_mail_id(scene)}
    ),
    "retry_failed_mails": Page(NOT_THIS_FOR_ADMINS, ADMINS_SENT),
    "mail_retention": Page(ADMINS, ADMINS_SENT, sent=lambda _: {"days": 30}),
}


OPERATIONS: dict[str, Operation] = {
    "GET /mails": Operation(ADMINS_CALL),
    "GET /mails/{mail_id}": Operation(
        ADMINS_CALL, path=lambda scene: {"mail_id": a_mail_id(scene)}
    ),
    "POST /mails/{mail_id}/resend": Operation(
        ADMINS_CALL, path=lambda scene: {"mail_id": a_mail_id(scene)}
    ),
    "POST /mails/retry-failed": Operation(ADMINS_CALL),
    "GET /mails/retention": Operation(ADMINS_CALL),
    "PUT /mails/retention": Operation(ADMINS_CALL, body={"days": 30}),
}
