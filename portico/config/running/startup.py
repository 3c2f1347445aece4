"""`portico up` from the first check to the last process stopped."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from portico.config.env import Env
from portico.config.running import checks, demo_outbound, gate, welcome
from portico.config.running.child import Child
from portico.config.running.configuration import refuse_what_is_unsafe
from portico.config.running.demo_mail import DemoMail, demo_mail
from portico.config.running.leash import Leash
from portico.config.running.lock import held
from portico.config.running.logs import Logs
from portico.config.running.postgres import server, url
from portico.config.running.postgres.cluster import Cluster, prepare
from portico.config.running.readiness import web_answers
from portico.config.running.supervisor import Supervisor

AFTER_A_CRASH = 10.0  # seconds for a killed run's web server to free the port
HEAD_START = 10.0  # seconds that the web server gets before the worker
GIVE_UP_AFTER = 5  # ends in a row of a database that never answered
DEMO_WORKSPACE = "acme"
PROGRAM = (sys.executable, "-m", "portico.config.cli")


@dataclass(frozen=True)
class Plan:
    """What is to run."""

    env: Env
    cluster: Cluster | None  # None: the database is somebody else's
    gate: Path  # see `gate.py`
    environment: Mapping[str, str]  # of the children
    demo_mail: DemoMail | None = None

    def command(self, name: str, *options: str, color: int) -> Child:
        """One of Portico's own commands as a child."""
        return Child(name, (*PROGRAM, name, *options), env=self.environment, color=color)


def up(env: Env) -> int:
    """Run Portico until it is told to stop. The exit code; raises Refusal where it cannot start."""
    refuse_what_is_unsafe(env)
    checks.ensure_outbound(env.egress.outbound)
    if env.demo and not env.default_workspace:
        env = env.model_copy(update={"default_workspace": DEMO_WORKSPACE})
    folder = checks.ensure_writable(env.data_dir)
    checks.ensure_bucket(env.bucket)
    with held(folder) as hold:
        patience = AFTER_A_CRASH if hold.after_a_crash else 0.0
        checks.ensure_free(env.bind, env.port, patience=patience)
        plan = _plan(env, folder)
        with Leash(lock=hold.descriptor) as leash:
            return asyncio.run(_serve(plan, leash))


def _plan(env: Env, folder: Path) -> Plan:
    database_url, cluster = env.database_url.get_secret_value(), None
    if database_url:
        checks.ensure_usable(database_url)
    else:
        cluster = prepare(folder)
        database_url = url(folder)
    environment = dict(
        os.environ,
        DATABASE_URL=database_url,
        PORTICO_DATA_DIR=str(folder),
        PORTICO_PORT=str(env.port),
        PORTICO_DEMO=str(env.demo).lower(),
        PORTICO_DEFAULT_WORKSPACE=env.default_workspace,
        PYTHONUNBUFFERED="1",
    )
    environment[gate.VARIABLE] = str(folder / "start.gate")
    mail = None
    if env.demo:
        mail = demo_mail(env, folder)
        environment |= mail.environment(env)
        environment |= demo_outbound.environment(env)
    return Plan(env, cluster, folder / "start.gate", environment, mail)


async def _serve(plan: Plan, leash: Leash) -> int:
    env = plan.env
    as_json = env.log_format == "json" or (env.log_format == "auto" and env.production)
    async with Supervisor(leash, Logs(as_json=as_json)) as supervisor:
        told_to_stop = _told_to_stop(supervisor)
        starting = asyncio.create_task(_start(plan, supervisor))
        waiting = asyncio.create_task(told_to_stop.wait())
        await asyncio.wait({starting, waiting}, return_when=asyncio.FIRST_COMPLETED)
        code = 0
        if starting.done():
            code = starting.result()
            if code == 0:
                await waiting
        starting.cancel()
        waiting.cancel()
        supervisor.logs.say("Stopping.")
    return code


def _told_to_stop(supervisor: Supervisor) -> asyncio.Event:
    """Set by the first signal to stop; a second one hurries."""
    event = asyncio.Event()

    def tell() -> None:
        if event.is_set():
            supervisor.hurry()
        event.set()

    wishes = [signal.SIGINT, signal.SIGTERM]
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # which is what `nohup` asks for
        wishes.append(signal.SIGHUP)
    for wish in wishes:
        asyncio.get_running_loop().add_signal_handler(wish, tell)
    return event


async def _start(plan: Plan, supervisor: Supervisor) -> int:
    """Start everything in its order. 0, or the exit code where that fails for good."""
    if plan.cluster is not None:
        supervisor.keep(server.child(plan.cluster))
        if not await _database_is_ready(plan.cluster, supervisor):
            supervisor.logs.say("The database does not start; its lines above say why.")
            return 1
    with gate.closed(plan.gate):
        supervisor.keep(plan.command("web", color=32))
        demo = ("--with-demo",) if plan.env.demo else ()
        if await supervisor.run(plan.command("migrate", *demo, color=33)) != 0:
            supervisor.logs.say("The database cannot be used; the lines above say why.")
            return 1
    answer = asyncio.create_task(web_answers(plan.env.bind, plan.env.port))
    # The worker is in less of a hurry than people are, and starting both at once delays both.
    await asyncio.wait({answer}, timeout=HEAD_START)
    supervisor.keep(plan.command("worker", color=36))
    mail = plan.demo_mail
    if mail is not None:
        child = plan.command("demo-mail", *mail.options(), color=35)
        supervisor.keep(replace(child, name="mail", inherits=mail.descriptors))
    await answer
    supervisor.logs.message(welcome.message(plan.env, mail_port=mail.port if mail else 0))
    return 0


async def _database_is_ready(cluster: Cluster, supervisor: Supervisor) -> bool:
    """Wait for the database, for as long as a recovery takes. False: it keeps ending instead."""
    while not server.is_ready(cluster):
        if supervisor.failures[server.NAME] >= GIVE_UP_AFTER:
            return False
        await asyncio.sleep(0.02)
    return True
