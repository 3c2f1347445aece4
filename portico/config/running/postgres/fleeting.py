"""Databases that are only there for a test run, and what a killed test run leaves of them."""

from __future__ import annotations

import shutil
from pathlib import Path

from portico.config.running.lock import holder
from portico.config.running.postgres.places import Places

MARK = "fleeting"


def mark(places: Places) -> None:
    """Say that this database may be removed once nobody holds its data folder."""
    (places.home / MARK).touch()


def sweep(places: Places) -> None:
    """Remove the fleeting databases beside this one whose runs have ended."""
    for marked in places.home.parent.glob(f"*/{MARK}"):
        home = marked.parent
        try:
            folder = Path((home / "data-folder").read_text(encoding="utf-8").strip())
        except OSError:
            continue  # another run removes it just now
        if home != places.home and holder(folder) is None:
            shutil.rmtree(home, ignore_errors=True)
