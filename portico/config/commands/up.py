"""`portico up`."""

from __future__ import annotations

import os
from pathlib import Path

import click

from portico.config.running import startup
from portico.config.running.configuration import configured


@click.command()
@click.option("--demo", is_flag=True, help="With demo data and one-click sign-in.")
@click.option("--port", type=click.IntRange(1, 65535), help="Port to listen on (PORTICO_PORT).")
@click.option("--data-dir", type=Path, help="Folder for all data (PORTICO_DATA_DIR).")
def up(*, demo: bool, port: int | None, data_dir: Path | None) -> None:
    """Run Portico on this machine: database, web server and worker.

    Uses the PostgreSQL that DATABASE_URL names, and else an embedded one. Ctrl-C stops it.
    """
    # Flags go before the environment, for this process and for its children alike.
    if demo:
        os.environ["PORTICO_DEMO"] = "true"
    if port is not None:
        os.environ["PORTICO_PORT"] = str(port)
    if data_dir is not None:
        os.environ["PORTICO_DATA_DIR"] = str(data_dir)
    raise SystemExit(startup.up(configured()))


commands = [up]
