"""Seeing to it that whoever has mail to send has a drain waiting, and not more than one or two.

A drain is a job that sends one batch of one workspace's mail. Drains of all workspaces stand in
one line, and whoever has more mail goes to its end again: that is what keeps 100,000 mails of one
from standing before another's invitation.

Drains of one workspace share a lock of procrastinate's, so that only one of them runs. No drain is
ever scheduled, or retried by procrastinate (`portico.outbox.lines` says why): who is not to be
drained now has no drain, and `sweep` makes one when the time has come.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import connection

from portico.outbox.lines import ensure_waiting

QUEUE = "mail"
TASK = "service_email.drain"

# From one workspace to the next in the index, so that the length of the line does not matter.
WITH_DUE_MAIL = """
WITH RECURSIVE waiting AS (
    (SELECT workspace_id FROM service_email_mail
      WHERE due_at IS NOT NULL ORDER BY workspace_id, due_at LIMIT 1)
    UNION ALL
    SELECT (SELECT workspace_id FROM service_email_mail
             WHERE due_at IS NOT NULL AND workspace_id > waiting.workspace_id
             ORDER BY workspace_id, due_at LIMIT 1)
      FROM waiting WHERE waiting.workspace_id IS NOT NULL
)
SELECT workspace_id FROM waiting
 WHERE workspace_id IS NOT NULL
   AND EXISTS (SELECT 1 FROM service_email_mail AS mail
                WHERE mail.workspace_id = waiting.workspace_id AND mail.due_at <= %(at)s)
   AND NOT EXISTS (SELECT 1 FROM service_email_mailqueue AS queue
                    WHERE queue.workspace_id = waiting.workspace_id
                      AND queue.paused_until > %(at)s)
   AND NOT EXISTS (SELECT 1 FROM procrastinate_jobs AS job
                    WHERE job.lock = 'mail:' || waiting.workspace_id AND job.status = 'todo')
   AND NOT EXISTS (SELECT 1 FROM procrastinate_jobs AS job
                    WHERE job.lock = 'mail:' || waiting.workspace_id AND job.status = 'doing')
"""


def lock_of(workspace_id: UUID) -> str:
    """The lock that lets one drain of a workspace run at a time."""
    return f"mail:{workspace_id}"


def ensure_drain(workspace_id: UUID) -> None:
    """Have this workspace's mail sent once the present transaction has committed."""
    lock = lock_of(workspace_id)
    ensure_waiting(TASK, queue=QUEUE, lock=lock, workspace_id=str(workspace_id))


def sweep(*, at: datetime) -> int:
    """Start a drain for each workspace with due mail that has none; how many there were.

    Retries that have become due, queues that have rested, rates that allow more again, and drains
    that were lost: all of them are found here.
    """
    with connection.cursor() as cursor:
        cursor.execute(WITH_DUE_MAIL, {"at": at})
        found = [row[0] for row in cursor.fetchall()]
    for workspace_id in found:
        ensure_drain(workspace_id)
    return len(found)
