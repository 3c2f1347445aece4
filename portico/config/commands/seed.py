"""`portico seed`: make the demo's data."""

from __future__ import annotations

import click

from portico.config.commands.with_django import with_django


@click.command()
@with_django
def seed() -> None:
    """Make the demo's workspaces and accounts; safe to repeat."""
    from portico.config.env import load
    from portico.config.seeding import seed as make_demo
    from portico.kernel.clock import now

    if load().production:
        raise click.ClickException("Demo data is refused in production: its passwords are public.")
    make_demo(at=now())
    click.echo("The demo's workspaces and accounts are there.")


commands = [seed]
