"""`portico demo-mail`."""

from __future__ import annotations

import socket

import click

from portico.config.env import Env
from portico.config.running.checks import ensure_writable
from portico.config.running.configuration import configured
from portico.config.running.demo_mail import demo_mail as bind
from portico.config.running.refusal import Refusal
from portico.demo_mail.ports import Manner, folder_in
from portico.demo_mail.server import serve
from portico.kernel.errors import gettext_noop


class NoDemoInProduction(Refusal):
    """Its password is public."""

    code = "no_demo_in_production"
    sentence = gettext_noop("There is no demo mail server in production: its password is public.")


@click.command("demo-mail")
@click.option("--sockets", default="", hidden=True, help="Bound sockets that `portico up` gives.")
def demo_mail(*, sockets: str) -> None:
    """Run the demo's mail server alone.

    It listens on loopback and keeps what it receives in the data folder. `portico up --demo`
    runs one by itself.
    """
    env = configured()
    if env.production:
        raise NoDemoInProduction
    folder = folder_in(ensure_writable(env.data_dir))
    serve(folder, _inherited(sockets) if sockets else _found(env))


def _inherited(sockets: str) -> list[socket.socket]:
    return [socket.socket(fileno=int(descriptor)) for descriptor in sockets.split(",")]


def _found(env: Env) -> tuple[socket.socket, ...]:
    found = bind(env, env.data_dir)
    manners = ", ".join(f"{found.port + manner} {_named(manner)}" for manner in Manner)
    click.echo(f"Demo mail server on localhost: {manners}. Ctrl-C stops it.")
    return found.sockets


def _named(manner: Manner) -> str:
    return manner.name.lower().replace("_", " ")


commands = [demo_mail]
