"""`portico doctor`."""

from __future__ import annotations

import os

import click
from cryptography.fernet import Fernet

from portico.config.running.diagnosis import findings
from portico.config.setup import set_up_django


@click.command()
@click.option("--new-key", is_flag=True, help="Only print a new key for the key ring.")
def doctor(*, new_key: bool) -> None:
    """Check this installation and say what to do. Where there is something, end with code 1."""
    if new_key:
        click.echo(Fernet.generate_key().decode())
        return
    problems = 0
    for finding in findings(_unapplied):
        problems += not finding.fine
        label, color = ("ok     ", "green") if finding.fine else ("problem", "red")
        click.echo(f"{click.style(label, fg=color)}  {finding.sentence}")
    if problems:
        raise SystemExit(1)


def _unapplied(address: str) -> list[str]:
    os.environ["DATABASE_URL"] = address
    set_up_django()
    from portico.config.commands.migrate import unapplied

    return unapplied()


commands = [doctor]
