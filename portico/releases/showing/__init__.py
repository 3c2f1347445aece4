"""Releases in words and pictures, in the current language."""

from portico.releases.showing.chart import Chart, chart_of
from portico.releases.showing.history import Happened, happened, meanwhile, what_happened, who_did
from portico.releases.showing.rows import ReleaseRow, release_rows
from portico.releases.showing.steps import Approvals, path_of, steps_of
from portico.releases.showing.words import ended_because, share_text, status_chips

__all__ = [
    "Approvals",
    "Chart",
    "Happened",
    "ReleaseRow",
    "chart_of",
    "ended_because",
    "happened",
    "meanwhile",
    "path_of",
    "release_rows",
    "share_text",
    "status_chips",
    "steps_of",
    "what_happened",
    "who_did",
]
