"""`portico recover-admin`: for an admin who is locked out."""

from __future__ import annotations

import click

from portico.config.commands.with_django import with_django


@click.command("recover-admin")
@click.argument("email")
@click.option("--workspace", "slug", required=True, help="The workspace's slug.")
@click.option("--create", is_flag=True, help="Make the account, and the membership, if need be.")
@click.option("--keep-two-factor", is_flag=True, help="Leave their second factors as they are.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@with_django
def recover_admin(email: str, slug: str, create: bool, keep_two_factor: bool, yes: bool) -> None:
    """Let EMAIL in again as an admin of a workspace.

    Unblocks them, gives them the role, removes their second factors, ends their password, their
    sign-ins with other providers and all their sessions, and prints a single-use link by which they
    choose a new password. Make sure that it is them who gets it: the link opens the account.
    """
    from portico.audit.services import Actor, Via
    from portico.config import recovery
    from portico.kernel.clock import now

    plan = recovery.plan_recovery(email, slug, create=create, keep_two_factor=keep_two_factor)
    if not yes:
        click.echo(f"{plan.email} becomes able to sign in as an admin of {plan.workspace.name}:")
        for step in plan.steps:
            click.echo(f"- {step}")
        click.confirm("Do this?", abort=True)
    done = recovery.recover_admin(
        email,
        slug,
        create=create,
        keep_two_factor=keep_two_factor,
        by=Actor(via=Via.COMMAND),
        at=now(),
    )
    click.echo(f"Done for {done.person.email}, an admin of {plan.workspace.name}:")
    for step in done.steps:
        click.echo(f"- {step}")
    click.echo("They and the other admins are told by mail. It is in the audit log.")
    click.echo("Give them this link to choose a new password. It works once, for three days:")
    click.echo(done.link)


commands = [recover_admin]
