"""`portico sample`: a mini program to begin from."""

from __future__ import annotations

import shutil
from pathlib import Path

import click

from portico.miniprograms.sample import SAMPLE_APP_ID, sample_folder


@click.command()
@click.argument("folder", type=click.Path(path_type=Path), default=Path("split"))
def sample(folder: Path) -> None:
    """Write the sample mini program into FOLDER (default: split).

    The folder must not be there yet, or be empty: nothing is written over.
    """
    if folder.is_symlink() or (folder.exists() and (not folder.is_dir() or any(folder.iterdir()))):
        raise click.ClickException(f"{folder} is there already. Name a new folder.")
    try:
        shutil.copytree(sample_folder(), folder, dirs_exist_ok=True)
    except OSError as error:
        raise click.ClickException(f"{folder} cannot be written ({error.strerror}).") from None
    click.echo(f"{folder}: the sample mini program, {SAMPLE_APP_ID}.")
    click.echo(f"Next: portico upload {folder} --app-id {SAMPLE_APP_ID} --url … --token …")


commands = [sample]
