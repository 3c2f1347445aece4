"""Removing an installation's data: `python -m portico.config.running.removal`."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from portico.config.running.configuration import configured
from portico.config.running.lock import held
from portico.config.running.postgres.places import places
from portico.config.running.refusal import Refusal


def remove(data_dir: Path) -> None:
    """Remove the data folder and its embedded database. Raises where Portico runs on it."""
    if not data_dir.exists():
        return
    with held(data_dir):
        where = places(data_dir)
        for folder in (where.socket, where.home, where.folder):
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    try:
        remove(configured().data_dir)
    except Refusal as refusal:
        sys.exit(f"portico: {refusal}")
