"""`portico createworkspace` and `portico createadmin`."""

from __future__ import annotations

import click

from portico.config.commands.with_django import with_django


@click.command()
@click.argument("slug")
@click.option("--name", required=True, help="What people call it, for example “Acme Pay”.")
@click.option("--language", default="en", show_default=True, help="Default language.")
@click.option("--time-zone", default="UTC", show_default=True, help="An IANA name.")
@with_django
def createworkspace(slug: str, name: str, language: str, time_zone: str) -> None:
    """Make a workspace, reached at SLUG.<base domain>."""
    from portico.audit.services import Actor, Via
    from portico.kernel.clock import now
    from portico.workspaces.hosts import address_of
    from portico.workspaces.services import make_workspace

    workspace = make_workspace(
        slug,
        name,
        default_language=language,
        time_zone=time_zone,
        by=Actor(via=Via.COMMAND),
        at=now(),
    )
    click.echo(f"{workspace.name} is at {address_of(workspace)}")
    click.echo(f"Next: portico createadmin EMAIL --workspace {workspace.slug}")


@click.command()
@click.argument("email")
@click.option("--workspace", "slug", required=True, help="The workspace's slug.")
@click.option("--name", default="", help="The person's name.")
@with_django
def createadmin(email: str, slug: str, name: str) -> None:
    """Make EMAIL an admin of a workspace, and print a one-time link to set a password."""
    from portico.audit.services import Actor, Via
    from portico.config.admins import make_admin
    from portico.kernel.clock import now

    person, link = make_admin(email, slug, name=name, by=Actor(via=Via.COMMAND), at=now())
    click.echo(f"{person.email} is an admin of {slug}.")
    if link:
        click.echo("Set the password with this link. It works once, for three days:")
        click.echo(link)
    else:
        click.echo("They have a password already and sign in with it.")


commands = [createworkspace, createadmin]
