"""An index of ours on the queue's table: procrastinate finds waiting jobs by their age only."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations


class Migration(migrations.Migration):
    initial = True

    dependencies: ClassVar = [("procrastinate", "0001_initial")]

    operations: ClassVar = [
        migrations.RunSQL(
            "CREATE INDEX waiting_jobs_by_lock ON procrastinate_jobs (lock, id)"
            " WHERE status = 'todo'",
            "DROP INDEX waiting_jobs_by_lock",
        )
    ]
