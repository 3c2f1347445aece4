"""`portico files copy-to-bucket`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from portico.config.commands.with_django import with_django

if TYPE_CHECKING:
    from portico.files.moving import Copied


@click.group()
def files() -> None:
    """Look after stored files."""


@files.command()
@with_django
def copy_to_bucket() -> None:
    """Copy all files from the data folder into the bucket of PORTICO_S3_BUCKET.

    Safe to repeat and to interrupt; nothing is deleted. Files that lie in the bucket already are
    left alone, and one that is damaged is named and left out.
    """
    from portico.config.env import load
    from portico.files.moving import copy_to_bucket as copy

    env = load()
    if env.bucket is None:
        raise click.UsageError("Set PORTICO_S3_BUCKET first: where the files are to go.")
    env.bucket.probe()
    done = copy(env.data_dir.resolve() / "files")
    click.echo(
        f"{_files(done.copied)} copied to {env.bucket.name} at {env.bucket.place}; "
        f"{done.there} had been there already."
    )
    _conclude(done)


def _conclude(done: Copied) -> None:
    """Name what could not be copied, and end with code 1 where there is something."""
    for sha256 in done.damaged:
        click.echo(f"Damaged, and not copied: {sha256}", err=True)
    for sha256 in done.missing:
        click.echo(f"Neither in the folder nor in the bucket: {sha256}", err=True)
    if done.damaged or done.missing:
        raise SystemExit(1)
    click.echo("Everything that is needed is in the bucket; the folder may be removed.")


def _files(number: int) -> str:
    return "1 file" if number == 1 else f"{number} files"


commands = [files]
