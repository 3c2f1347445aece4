"""`portico migrate`."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

import click
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from portico.config.commands.seed import seed

LOCK = 0x706F727469636F  # "portico": whoever holds this advisory lock migrates
PAUSE = 0.2
MOST_TO_NAME = 10  # migrations; a new database has dozens, and their names tell nobody anything


@click.command()
@click.option("--with-demo", is_flag=True, help="Then fill in the demo data, as `seed` does.")
@click.pass_context
def migrate(context: click.Context, *, with_demo: bool) -> None:
    """Bring the database up to date. Safe to call from several places at once."""
    with _alone():
        waiting = unapplied()
        if waiting:
            by_name = len(waiting) <= MOST_TO_NAME
            call_command("migrate", interactive=False, verbosity=1 if by_name else 0)
        call_command("createcachetable", verbosity=0)
    if waiting:
        click.echo(f"{len(waiting)} migrations applied.")
    else:
        click.echo("The database is up to date.")
    if with_demo:
        context.invoke(seed)


def unapplied() -> list[str]:
    """The migrations that the database still lacks."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _ in plan]


@contextmanager
def _alone() -> Iterator[None]:
    """Hold the advisory lock; wait for it where another process migrates.

    It polls: a session that waits inside PostgreSQL would hold up a concurrent index build.
    """
    with connection.cursor() as cursor:
        told = False
        while not _locked():
            if not told:
                click.echo("Another process is migrating; waiting for it.")
                told = True
            time.sleep(PAUSE)
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])


def _locked() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
        row: tuple[bool] = cursor.fetchone()
    return row[0]


commands = [migrate]
