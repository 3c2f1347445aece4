"""`portico worker`."""

from __future__ import annotations

import asyncio

import click

from portico.config.running import gate
from portico.config.running.checks import ensure_bucket, ensure_outbound
from portico.config.running.configuration import configured
from portico.config.working import work

CONCURRENCY = 4
MAIL_CONCURRENCY = 8  # mostly waits for servers
WEBHOOK_CONCURRENCY = 8  # likewise


@click.command()
def worker() -> None:
    """Run the background worker alone."""
    if not gate.is_named():
        ensure_outbound(configured().egress.outbound)
        ensure_bucket(configured().bucket)
    asyncio.run(
        work(
            concurrency=CONCURRENCY,
            mail_concurrency=MAIL_CONCURRENCY,
            webhook_concurrency=WEBHOOK_CONCURRENCY,
        )
    )


commands = [worker]
