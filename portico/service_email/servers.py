"""The server that sends a workspace's mail, the saved one, and how one becomes the other."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from django.db import transaction

from portico.audit.services import Actor
from portico.basic_settings.services import (
    forget_unneeded,
    live,
    lock,
    payload_of,
    refuse_stale,
    with_plain_secrets,
)
from portico.kernel.errors import Conflict, gettext_noop
from portico.secrets.services import SecretGone
from portico.service_email.checks import check_values
from portico.service_email.going_live import (
    is_same,
    note_proof,
    part_of,
    prove,
    row_of,
    take_over,
)
from portico.service_email.section import section
from portico.service_email.server_parts import ServerPart
from portico.service_email.smtp.server import Server
from portico.workspaces.models import Workspace


class NoServerWaits(Conflict):
    code = "no_server_waits"
    sentence = gettext_noop(
        "No saved server waits to be taken into use: the one that is saved is in use already, or "
        "none is saved."
    )


def server_in_use(workspace: Workspace) -> Server | None:
    """The server that mail goes through now, its password included; None: the platform's mailer.

    Raises `SecretUnusable` where its stored password cannot be opened, for want of the key.
    """

    def part() -> ServerPart | None:
        row = row_of(workspace)
        return part_of(row) if row else None

    return _revealed(workspace, part)


def saved_server(workspace: Workspace) -> Server | None:
    """The server that is saved, whether it is in use or not; None: none is.

    Raises `SecretUnusable`.
    """
    return _revealed(workspace, lambda: ServerPart.of(live(workspace, section).payload))


def server_from(
    workspace: Workspace,
    values: Mapping[str, object],
    *,
    at: datetime,  # noqa: ARG001 - every check of values has the time
    opened_on: str = "live",
) -> Server | None:
    """The server of values that are not saved, as a save would make it; None: they name no host.

    `values` are those that the API takes, and `form.values()` gives. A password that was not typed
    is the one of `opened_on` (`live`, `draft`, a revision's number), and only with the very server
    that it was given for. Raises `InvalidFields`. Nothing is kept.
    """
    payload, plain = with_plain_secrets(workspace, section, dict(values), opened_on=opened_on)
    check_values(workspace, payload, has={field for field, text in plain.items() if text})
    part = ServerPart.of(payload)
    return part.with_secrets(plain) if part else None


def note_accepted(workspace: Workspace, *servers: Server, by: Actor, at: datetime) -> None:
    """A test mail through this server was accepted: if it is the saved one, it takes over.

    Else it does so when just these values are saved within the hour. `servers` are one and the
    same, with the refresh token that is good now and the one that it was given with.
    """
    with transaction.atomic():
        pointer = lock(workspace, section)
        for server in servers:
            note_proof(workspace, server, at=at)
        if pointer.revision is None:
            return
        part = ServerPart.of(payload_of(section, pointer.revision))
        if part is None or not is_same(workspace, part, *servers):
            return
        row = row_of(workspace)
        if row is not None and is_same(workspace, part_of(row), *servers):
            prove(workspace, row, part, by=by, at=at)
        else:
            take_over(workspace, part, untested=False, by=by, at=at)
        forget_unneeded(pointer, section, at=at)


def take_untested(
    workspace: Workspace, *, by: Actor, at: datetime, based_on: int | None = None
) -> None:
    """Take the saved server into use although no test through it was accepted.

    `based_on` is the revision that the person saw. Raises `NoServerWaits` or `StaleRevision`.
    """
    with transaction.atomic():
        pointer = lock(workspace, section)
        if based_on is not None:
            refuse_stale(pointer, based_on)
        payload = payload_of(section, pointer.revision) if pointer.revision else None
        part = ServerPart.of(payload) if payload else None
        row = row_of(workspace)
        if part is None or (row is not None and part_of(row) == part):
            raise NoServerWaits
        take_over(workspace, part, untested=True, by=by, at=at)
        forget_unneeded(pointer, section, at=at)


def _revealed(workspace: Workspace, read: Callable[[], ServerPart | None]) -> Server | None:
    """The server that is read, with its password. One that is superseded between both readings
    is forgotten by then; its successor is there already."""
    part = read()
    try:
        return part.revealed(workspace) if part else None
    except SecretGone:
        newer = read()
        if newer == part:
            raise
        return newer.revealed(workspace) if newer else None
