"""The worker's part, done by a test: inside its transaction, where no worker can look."""

from __future__ import annotations

from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob


def waiting(task_name: str) -> list[dict[str, object]]:
    """The arguments of the jobs of this task that wait, oldest first."""
    jobs = ProcrastinateJob.objects.filter(task_name=task_name, status="todo")
    return [job.args for job in jobs.order_by("id")]


def run(task_name: str) -> int:
    """Do what the waiting jobs of this task ask for; returns how many there were."""
    jobs = waiting(task_name)
    for arguments in jobs:
        app.tasks[task_name].func(**arguments)
    return len(jobs)
