"""Mail servers on loopback, workspaces that send through them, and mails to send."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from asgiref.sync import async_to_sync
from procrastinate.contrib.django import app
from procrastinate.jobs import Status

from portico.kernel.clock import now
from portico.secrets.services import keep
from portico.service_email.look import content
from portico.service_email.look.content import Action, Content, Context, MailTemplate
from portico.service_email.models import Mail, ServerInUse
from portico.service_email.pipeline.draining import drain
from portico.service_email.pipeline.queueing import QUEUE
from portico.service_email.server_parts import ServerPart
from portico.service_email.services import send
from portico.service_email.smtp.limits import Limits
from portico.service_email.smtp.server import Security
from portico.workspaces.models import Workspace
from tests.make import AT
from tests.peers.smtp import HOST, MailServer, mail_server

QUICK = Limits(connect=2.0, reply=2.0, whole=5.0)
UseServer = Callable[..., ServerInUse]


class Clock:
    """Stands still, unless a test moves it."""

    def __init__(self, at: datetime = AT) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def pass_(self, **duration: float) -> datetime:
        """Let so much time pass."""
        self.at += timedelta(**duration)
        return self.at


def _greeting(context: Context, links: dict[str, str]) -> Content:
    return Content(
        subject=f"Hello {context['name']}",
        heading="Hello",
        action=Action("Enter", links["door"]),
    )


def _note(context: Context, links: dict[str, str]) -> Content:
    return Content(subject=f"Note {context['number']}", heading="Note")


GREETING = MailTemplate(
    name="tests.greeting",
    title="Greeting",
    compose=_greeting,  # type: ignore[arg-type]
    links={"door": lambda context: f"https://example.com/door/?token=t0ken-{context['name']}"},
)
NOTE = MailTemplate(name="tests.note", title="Note", compose=_note)  # type: ignore[arg-type]


@pytest.fixture(autouse=True)
def _templates(monkeypatch: pytest.MonkeyPatch) -> None:
    for template in (GREETING, NOTE):
        monkeypatch.setitem(content._templates, template.name, template)


@pytest.fixture
def clock() -> Clock:
    """Time, as this test has it."""
    return Clock()


@pytest.fixture
def server(settings: Any) -> Iterator[MailServer]:
    """A mail server that takes everything, at a port that is allowed."""
    with mail_server() as running:
        allow_port(settings, running.port)
        yield running


def allow_port(settings: Any, port: int) -> None:
    """Let workspaces' servers listen at this port."""
    egress = settings.PORTICO_EGRESS
    settings.PORTICO_EGRESS = replace(egress, mail_ports=egress.mail_ports | {port})


def use_server(workspace: Workspace, port: int, *, password: str = "") -> ServerInUse:
    """Have a workspace's mail go through the server at this port of loopback."""
    part = ServerPart(
        host=HOST,
        port=port,
        security=Security.NONE,
        account=f"service@{workspace.slug}.example.com",
        username=f"service@{workspace.slug}.example.com",
        password=None,
    )
    if password:
        binding = part.binding
        secret = keep(workspace, password, binding=binding.equal, at_least=binding.at_least, at=AT)
        part = replace(part, password=secret.id)
    row, _made = ServerInUse.objects.update_or_create(
        workspace=workspace, defaults={"server": part.as_stored()}
    )
    return row


@pytest.fixture
def through(server: MailServer, acme: Workspace) -> MailServer:
    """The mail server, in use by `acme`."""
    use_server(acme, server.port)
    return server


def send_note(workspace: Workspace, to: str = "ada@example.com", *, number: int = 1) -> Mail:
    """Queue a mail without secrets."""
    return send("tests.note", to, {"number": number}, workspace, language="en", at=AT)


def drained(workspace: Workspace, clock: Clock, *, dice: float = 0.5) -> None:
    """Run one drain, at the clock's time and with known dice."""
    drain(workspace.id, clock=clock, dice=lambda: dice, limits=QUICK)


def work_off(most: int = 1000, *, clock: Callable[[], datetime] = now) -> list[UUID]:
    """Take drains from the queue in procrastinate's own order and run them, until none is left or
    there were so many; the workspaces they were for."""
    worker_id = async_to_sync(app.job_manager.register_worker)()
    done: list[UUID] = []
    while len(done) < most:
        job = async_to_sync(app.job_manager.fetch_job)(queues=[QUEUE], worker_id=worker_id)
        if job is None:
            break
        arguments = json.loads(str(job.task_kwargs))  # as Django's connection hands them over
        workspace_id = UUID(arguments["workspace_id"])
        drain(workspace_id, clock=clock, dice=lambda: 0.5, limits=QUICK)
        async_to_sync(app.job_manager.finish_job)(job, Status.SUCCEEDED, delete_job=True)
        done.append(workspace_id)
    return done
