"""`portico openapi`: the contract of the API."""

from __future__ import annotations

import json

import click

from portico.config.commands.with_django import with_django


@click.command()
@with_django
def openapi() -> None:
    """Print the OpenAPI document of the API, as docs/openapi.json holds it."""
    from portico.config.contract import document

    click.echo(json.dumps(document(), indent=2, ensure_ascii=False, sort_keys=True))


commands = [openapi]
