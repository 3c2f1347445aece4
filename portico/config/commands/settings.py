"""`portico settings export`, `plan` and `apply`: the settings of a workspace as one file."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from portico.config.commands.with_django import with_django

if TYPE_CHECKING:
    from portico.audit.services import Actor
    from portico.basic_settings.as_code.applying import Wish
    from portico.basic_settings.as_code.plans import Plan
    from portico.workspaces.models import Workspace

NOTHING_TO_DO = DONE = 0
REFUSED = 2
PENDING = 3

workspace_option = click.option(
    "--workspace", "slug", default="", help="The workspace's slug. Needed where there are several."
)
rebase_option = click.option(
    "--rebase", is_flag=True, help="Lay the file's changes over those that were made here since."
)
secret_option = click.option(
    "--secret",
    "secrets",
    multiple=True,
    metavar="NAME=@FILE|env:VARIABLE",
    help="A secret that is to be given, such as service-email.password=env:PASSWORD.",
)
as_option = click.option(
    "--as", "email", default="", help="The admin in whose name it is done. Default: the platform."
)


@click.group()
def settings() -> None:
    """Export the settings of a workspace as a file; plan and apply such a file."""


@settings.command()
@click.argument("path", type=click.Path(path_type=Path))
@workspace_option
@with_django
def export(path: Path, slug: str) -> None:
    """Write all settings to PATH: a folder, a ZIP file (*.zip), or - for the YAML alone.

    Secrets are left out.
    """
    from portico.basic_settings.as_code.exporting import NAME
    from portico.basic_settings.as_code.exporting import export as export_all
    from portico.basic_settings.as_code.packing import write_folder, write_whole, zipped
    from portico.basic_settings.registry import all_sections
    from portico.kernel.clock import now

    exported = export_all(_workspace(slug), all_sections(), at=now())
    if str(path) == "-":
        click.echo(exported.text, nl=False)
        return
    try:
        if path.suffix == ".zip":
            write_whole(path, zipped(exported))
        else:
            write_folder(exported, path)
            path /= NAME
    except OSError as error:
        raise click.ClickException(f"{path} cannot be written ({error.strerror}).") from None
    click.echo(f"{path}: {len(all_sections())} sections, {len(exported.files)} files.")


@settings.command()
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path))
@workspace_option
@rebase_option
@secret_option
@as_option
@with_django
def plan(path: Path, slug: str, *, rebase: bool, secrets: tuple[str, ...], email: str) -> None:
    """Say what applying FILE would do: a folder, a ZIP file, or settings.yaml.

    Ends with 0 where there is nothing to do, 2 where the file is refused, 3 where it would change
    something.
    """
    from portico.basic_settings.as_code.applying import is_based_here
    from portico.basic_settings.as_code.applying import plan as plan_file
    from portico.kernel.clock import now

    workspace = _workspace(slug)
    wish, by = _wish(path, secrets, rebase=rebase), _actor(workspace, email)
    made = plan_file(workspace, wish, by=by, at=now())
    _say(made)
    if made.is_refused:
        raise SystemExit(REFUSED)
    if not made.is_pending:
        click.echo("There is nothing to do.")
        raise SystemExit(NOTHING_TO_DO)
    rebased = " --rebase" if rebase else ""
    click.echo(f"Next: portico settings apply {path} --workspace {workspace.slug}{rebased}")
    needed = "This file needs it" if not is_based_here(workspace, wish.bundle) else "For just this"
    click.echo(f"{needed}: --plan {made.digest}")
    raise SystemExit(PENDING)


@settings.command()
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path))
@workspace_option
@rebase_option
@secret_option
@as_option
@click.option("--plan", "digest", default="", help="The digest of the plan that you looked at.")
@click.option("--reason", default="", help="Why, for the history.")
@with_django
def apply(
    path: Path,
    slug: str,
    *,
    rebase: bool,
    secrets: tuple[str, ...],
    email: str,
    digest: str,
    reason: str,
) -> None:
    """Save all sections of FILE in one transaction, or none.

    A file that was not made from revisions of this workspace needs --plan. Ends with 0 where it was
    applied or there was nothing to do, 2 where it was refused.
    """
    from portico.basic_settings.as_code.applying import apply as apply_file
    from portico.basic_settings.as_code.plans import (
        CannotBeApplied,
        FileIsOld,
        NeedsPlan,
        PlanIsOld,
    )
    from portico.kernel.clock import now

    workspace = _workspace(slug)
    wish, by = _wish(path, secrets, rebase=rebase), _actor(workspace, email)
    try:
        done = apply_file(workspace, wish, by=by, at=now(), digest=digest, reason=reason)
    except (CannotBeApplied, FileIsOld, PlanIsOld) as error:
        _say(error.plan)
        _refuse(error.sentence % error.facts)
    except NeedsPlan as error:
        _refuse(f"{error} (portico settings plan {path}, then apply it with --plan)")
    else:
        _say(done, done=True)
        click.echo("Applied." if done.is_pending else "There is nothing to do.")


@settings.command()
@with_django
def schema() -> None:
    """Print the JSON Schema of a settings file, as docs/settings.schema.json holds it."""
    from portico.basic_settings.as_code.schema import settings_schema

    click.echo(json.dumps(settings_schema(), indent=2, ensure_ascii=False, sort_keys=True))


def _workspace(slug: str) -> Workspace:
    from portico.config.admins import workspace_named
    from portico.workspaces.models import Workspace

    if slug:
        return workspace_named(slug)
    found = list(Workspace.objects.all()[:2])
    if len(found) != 1:
        raise click.UsageError("Say which workspace: --workspace SLUG.")
    return found[0]


def _actor(workspace: Workspace, email: str) -> Actor:
    from portico.audit.services import Actor, Via
    from portico.config.admins import member_at
    from portico.kernel.permissions import Permission

    if not email:
        return Actor(via=Via.COMMAND)
    member = member_at(email, workspace.slug)
    if not member.may(Permission.SETTINGS_CHANGE):
        _refuse(f"{email} may not change the settings of {workspace.slug}.")
    person = member.person
    return Actor(person_id=person.id, email=person.email, name=person.name, via=Via.COMMAND)


def _wish(path: Path, secrets: tuple[str, ...], *, rebase: bool) -> Wish:
    from portico.basic_settings.as_code.applying import Wish
    from portico.basic_settings.as_code.packing import opened_at
    from portico.kernel.errors import Invalid

    texts = dict(_secret(given) for given in secrets)
    try:
        return Wish(opened_at(path), secrets=texts, rebase=rebase)
    except Invalid as error:
        _refuse(str(error))


def _secret(given: str) -> tuple[str, str]:
    """A secret's name and text. What is typed is not repeated: it may be the secret itself."""
    name, _equals, source = given.partition("=")
    if source.startswith("@"):
        try:
            text = Path(source[1:]).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            raise click.UsageError(f"--secret {name}: the file cannot be read.") from None
        return name, text.removesuffix("\n").removesuffix("\r")
    if source.startswith("env:"):
        text = os.environ.get(source.removeprefix("env:"), "")
        if not text:
            raise click.UsageError(f"--secret {name}: that variable is not set.")
        return name, text
    raise click.UsageError(
        "--secret NAME=@FILE or NAME=env:VARIABLE: on the command line itself everybody on this "
        "machine could read it."
    )


def _say(made: Plan, *, done: bool = False) -> None:
    from portico.basic_settings.as_code.showing import lines_of

    for line in lines_of(made, done=done):
        click.echo(line)


def _refuse(sentence: str) -> NoReturn:
    click.echo(f"Error: {sentence}", err=True)
    raise SystemExit(REFUSED)


commands = [settings]
