"""The command `portico`.

Commands live in modules of `portico.config.commands`, each with a list `commands`. A module is
imported when one of its commands is called, so that `portico --help` need not load Django.
"""

from __future__ import annotations

import importlib
from typing import Any, NamedTuple

import click

from portico.config.running.refusal import Refusal


class Place(NamedTuple):
    """Where a command lives, what it does in one line, and whether Django is set up for it."""

    module: str
    summary: str
    with_django: bool = True


COMMANDS = {
    "up": Place("up", "Run Portico on this machine.", with_django=False),
    "doctor": Place("doctor", "Check this installation and say what to do.", with_django=False),
    "createworkspace": Place("workspaces", "Make a workspace."),
    "createadmin": Place("workspaces", "Make an admin of a workspace."),
    "recover-admin": Place("recover_admin", "Let an admin in again who is locked out."),
    "token": Place("tokens", "Make and revoke API tokens."),
    "seed": Place("seed", "Fill in the demo data."),
    "migrate": Place("migrate", "Bring the database up to date."),
    "web": Place("web", "Run the web server alone.", with_django=False),
    "worker": Place("worker", "Run the background worker alone."),
    "demo-mail": Place("demo_mail", "Run the demo's mail server alone.", with_django=False),
    "settings": Place("settings", "Export, plan and apply settings as a file."),
    "secrets": Place("secrets", "Look after stored secrets and the key ring."),
    "files": Place("files", "Move stored files from the data folder into a bucket."),
    "upload": Place("upload", "Upload a mini program from any machine.", with_django=False),
    "release": Place("release", "Release versions from a pipeline.", with_django=False),
    "sample": Place("sample", "Write the sample mini program into a folder.", with_django=False),
    "openapi": Place("openapi", "Print the API's OpenAPI document."),
}


class Commands(click.Group):
    """The table above as a group."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - as click calls it
        """All names, in the table's order."""
        return list(COMMANDS)

    def get_command(
        self,
        ctx: click.Context,  # noqa: ARG002 - as click calls it
        cmd_name: str,
    ) -> click.Command | None:
        """The command of this name, from its module."""
        place = COMMANDS.get(cmd_name)
        if place is None:
            return None
        if place.with_django:
            from portico.config.setup import set_up_django  # noqa: PLC0415 - `--help` does without

            set_up_django()
        module = importlib.import_module(f"portico.config.commands.{place.module}")
        found: list[click.Command] = module.commands
        return next(command for command in found if command.name == cmd_name)

    def format_commands(
        self,
        ctx: click.Context,  # noqa: ARG002 - as click calls it
        formatter: click.HelpFormatter,
    ) -> None:
        """The list of commands, without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, place.summary) for name, place in COMMANDS.items()])

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; a refusal becomes one sentence and code 2."""
        try:
            return super().invoke(ctx)
        except Refusal as refusal:
            click.echo(f"portico: {refusal}", err=True)
            ctx.exit(2)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Portico, a Mini Program platform for super apps."""


if __name__ == "__main__":
    main(prog_name="portico")
