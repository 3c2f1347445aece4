"""The two contenders of `tests.bench.mail`, in a process with Django."""

from __future__ import annotations

import time

from django.conf import settings
from django.core.mail import get_connection, send_mass_mail

from portico.kernel.clock import now
from portico.service_email.look.content import template_named
from portico.service_email.look.letterheads import letterhead_of
from portico.service_email.models import Mail, MailState, ServerInUse
from portico.service_email.pipeline.carriers import SMTP_BACKEND
from portico.service_email.pipeline.draining import drain
from portico.service_email.pipeline.writing import write
from portico.service_email.server_parts import ServerPart
from portico.service_email.services import send
from portico.service_email.smtp.server import Security
from portico.workspaces.models import Workspace

HOST = "127.0.0.1"
TEMPLATE = "test"
SENDER = "service@acme.example.com"


def prepare(port: int) -> Workspace:
    """Have the demo's workspace send through the server at this port; Django's mailer, too."""
    workspace = Workspace.objects.get(slug="acme")
    part = ServerPart(
        host=HOST,
        port=port,
        security=Security.NONE,
        account=SENDER,
        username="",
        password=None,
    )
    ServerInUse.objects.update_or_create(workspace=workspace, defaults={"server": part.as_stored()})
    settings.EMAIL_HOST, settings.EMAIL_PORT = HOST, port
    return workspace


def size_of_a_mail(workspace: Workspace) -> int:
    """Bytes of a mail of the pipeline, as it goes over the wire."""
    mail = Mail(
        workspace=workspace,
        template=TEMPLATE,
        language="en",
        recipient="person0@example.com",
        context=dict(template_named(TEMPLATE).sample),
    )
    letterhead = letterhead_of(workspace, at=now())
    return len(write(mail, letterhead, sender=SENDER, at=now()).message)


def through_the_pipeline(workspace: Workspace, mails: int) -> float:
    """Mails a second from the queue to the server's answers, all of it written down."""
    context = template_named(TEMPLATE).sample
    for number in range(mails):
        send(TEMPLATE, f"person{number}@example.com", context, workspace, language="en")
    started = time.perf_counter()
    while Mail.objects.filter(workspace=workspace, due_at__isnull=False).exists():
        drain(workspace.id)
    seconds = time.perf_counter() - started
    if Mail.objects.exclude(state=MailState.SENT).exists():
        raise RuntimeError("Not all mails were sent.")
    return mails / seconds


def through_django(mails: int, size: int) -> float:
    """Mails a second of ready texts."""
    line = "All work and no play makes a dull mail, and this one is as long as the others.\n"
    text = (line * (size // len(line) + 1))[:size]
    messages = [
        (f"Mail {number}", text, SENDER, [f"person{number}@example.com"]) for number in range(mails)
    ]
    connection = get_connection(SMTP_BACKEND)
    started = time.perf_counter()
    sent = send_mass_mail(messages, connection=connection)
    seconds = time.perf_counter() - started
    if sent != mails:
        raise RuntimeError("Not all mails were sent.")
    return mails / seconds
