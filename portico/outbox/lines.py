"""Having a job waiting for a piece of work that many ask for, and not one for each who asks.

The jobs of one piece of work share a lock of procrastinate's, so that only one of them runs. Mind
two things about these locks, both in `procrastinate_fetch_job_v2`: a job with a lock is not started
while an *older* one with that lock waits, even if the older one is scheduled for next week. So such
jobs are never scheduled, or retried by procrastinate: what is not to be done now has no job, and a
sweep makes one when the time has come.
"""

from __future__ import annotations

import json

from django.db import connection, transaction
from procrastinate.contrib.django import app

# While we hold the row, no worker starts that job: it looks for jobs with FOR UPDATE SKIP LOCKED.
# So the job will see what we are about to commit. Never the oldest that waits: that one must stay
# free for the worker, however many callers overlap without end.
FIND = """
SELECT id, queue_name FROM procrastinate_jobs AS job
 WHERE lock = %(lock)s AND status = 'todo'
   AND EXISTS (SELECT 1 FROM procrastinate_jobs AS older
                WHERE older.lock = %(lock)s AND older.status = 'todo' AND older.id < job.id)
 ORDER BY id DESC LIMIT 1
   FOR NO KEY UPDATE SKIP LOCKED
"""

# A worker that passed the job over while we held it hears of it again with our commit.
WAKE = "SELECT pg_notify(%s, %s)"


def ensure_waiting(task: str, *, queue: str, lock: str, **arguments: str | int) -> None:
    """Have a job of this task started once the present transaction has committed; at most two of
    them wait under one lock. Commit soon: one that waits already may be held back until then."""
    with transaction.atomic(savepoint=False), connection.cursor() as cursor:
        cursor.execute(FIND, {"lock": lock})
        found = cursor.fetchone()
        if found:
            notice = json.dumps({"type": "job_inserted", "job_id": found[0]})
            cursor.execute(WAKE, [f"procrastinate_queue_v1#{found[1]}", notice])
            return
    app.configure_task(task, queue=queue, lock=lock).defer(**arguments)
