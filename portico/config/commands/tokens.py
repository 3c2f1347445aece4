"""`portico token`: API tokens for scripts."""

from __future__ import annotations

from datetime import timedelta

import click

from portico.config.commands.with_django import with_django


@click.group()
def token() -> None:
    """Make and revoke API tokens."""


@token.command()
@click.argument("email")
@click.option("--workspace", "slug", required=True, help="The workspace's slug.")
@click.option("--name", default="Made on the command line", show_default=True)
@click.option("--days", default=90, show_default=True, type=click.IntRange(1, 366))
@click.option(
    "--permission", "names", multiple=True, help="May be repeated. Default: all that they have."
)
@with_django
def create(email: str, slug: str, name: str, days: int, names: tuple[str, ...]) -> None:
    """Make a token for EMAIL in a workspace; its secret is the last line printed."""
    from portico.audit.services import Actor, Via
    from portico.config.admins import member_at
    from portico.kernel.clock import now
    from portico.kernel.permissions import Permission
    from portico.workspaces.tokens import make_token

    member = member_at(email, slug)
    try:
        permissions = [Permission(each) for each in names] or list(member.permissions)
    except ValueError:
        known = ", ".join(Permission)
        raise click.ClickException(f"A permission is one of: {known}.") from None
    made, secret = make_token(
        member,
        name=name,
        permissions=permissions,
        lasts=timedelta(days=days),
        by=Actor(via=Via.COMMAND),
        at=now(),
    )
    click.echo(f"{made.name}: may {', '.join(made.permissions)}; until {made.expires_at:%Y-%m-%d}")
    click.echo(secret)


@token.command()
@click.argument("secret")
@click.option("--workspace", "slug", required=True, help="The workspace's slug.")
@with_django
def revoke(secret: str, slug: str) -> None:
    """End a token whose secret is at hand (or has leaked)."""
    from portico.audit.services import Actor, Via
    from portico.config.admins import workspace_named
    from portico.kernel.clock import now
    from portico.workspaces.tokens import revoke_token, token_for

    at = now()
    found = token_for(secret, workspace_named(slug), at=at)
    if found is None:
        raise click.ClickException("No live token of this workspace has that secret.")
    revoke_token(found.membership, found.id, by=Actor(via=Via.COMMAND), at=at)
    click.echo(f"{found.name} no longer works.")


commands = [token]
