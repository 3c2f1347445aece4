"""`portico secrets rotate` and `portico secrets check`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from portico.config.commands.with_django import with_django

if TYPE_CHECKING:
    from portico.secrets.services import Rotation


@click.group()
def secrets() -> None:
    """Look after stored secrets and the key ring (PORTICO_KEY_RING)."""


@secrets.command()
@with_django
def rotate() -> None:
    """Encrypt every stored secret with the newest key; safe to repeat and to interrupt."""
    from portico.kernel.clock import now
    from portico.secrets.services import rotate as rotate_all

    done = rotate_all(at=now())
    click.echo(f"{_secrets(done.older)} encrypted anew; {done.newest} had the newest key already.")
    _conclude(done)


@secrets.command()
@with_django
def check() -> None:
    """Say which keys the stored secrets need. Changes nothing."""
    from portico.secrets.services import examine

    found = examine()
    click.echo(f"{_secrets(found.newest)} on the newest key, {found.older} on older ones.")
    if found.older:
        click.echo("Next: portico secrets rotate. Until then, keep the older keys in the ring.")
    _conclude(found, still_older=bool(found.older))


def _conclude(found: Rotation, *, still_older: bool = False) -> None:
    """Say whether older keys may go; end with code 1 where something cannot be opened."""
    if found.unreadable:
        raise click.ClickException(
            f"{_secrets(found.unreadable)} cannot be opened with any key of PORTICO_KEY_RING. Put "
            "the key back with which they were stored and run this again, or have them typed "
            "again in the settings."
        )
    if not still_older:
        click.echo("All are on the newest key: older keys may be taken out of PORTICO_KEY_RING.")


def _secrets(number: int) -> str:
    return "1 secret" if number == 1 else f"{number} secrets"


commands = [secrets]
