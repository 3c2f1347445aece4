"""`portico web`."""

from __future__ import annotations

import importlib
import os
import signal
from wsgiref.types import WSGIApplication

import click
from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server

from portico.config.running import gate
from portico.config.running.checks import ensure_bucket, ensure_outbound
from portico.config.running.configuration import configured, refuse_what_is_unsafe
from portico.config.running.tie import die_with

APPLICATION = "portico.config.wsgi"  # importing it sets up Django
KILL_AFTER = 4  # seconds that a stopping process gets for its last requests


@click.command()
def web() -> None:
    """Run the web server alone."""
    env = configured()
    refuse_what_is_unsafe(env)
    if not gate.is_named():  # `up` has looked; a web server that it starts again must not stay away
        ensure_outbound(env.egress.outbound)
        ensure_bucket(env.bucket)
    server = Server(
        f"{APPLICATION}:application",
        address=env.bind,
        port=env.port,
        interface=Interfaces.WSGI,
        workers=env.web_workers,
        blocking_threads=env.web_threads,
        websockets=False,
        respawn_failed_workers=True,
        workers_kill_timeout=KILL_AFTER,
        log_level=LogLevels.error,  # Django logs the requests, and `up` the starts and stops
        log_access=False,
    )
    # Loaded once here, for all processes to begin with: they start sooner and share its memory.
    importlib.import_module(APPLICATION)
    gate.wait()
    server.serve(target_loader=application, wrap_loader=False)


def application() -> WSGIApplication:
    """What each of the server's processes asks for, in itself, to serve it."""
    # A process whose server was killed must not keep the port.
    die_with(os.getppid(), signal.SIGKILL)
    served: WSGIApplication = importlib.import_module(APPLICATION).application
    return served


commands = [web]
