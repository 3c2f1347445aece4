"""`portico worker`."""

from __future__ import annotations

import asyncio

import click

from portico.config.working import work

CONCURRENCY = 4
MAIL_CONCURRENCY = 8  # mostly waits for servers


@click.command()
def worker() -> None:
    """Run the background worker alone."""
    asyncio.run(work(concurrency=CONCURRENCY, mail_concurrency=MAIL_CONCURRENCY))


commands = [worker]
