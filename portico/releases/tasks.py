"""The jobs of releases, each beside what it does; found here."""

from __future__ import annotations

from portico.releases.notices import tasks as notices_tasks
from portico.releases.ramping import tasks as ramping_tasks

__all__ = ["notices_tasks", "ramping_tasks"]
