"""Which server really sends: a saved one takes over only once a test through it was accepted.

Whoever calls these holds the lock on the section's pointer, so they run one after the other.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import cast
from uuid import UUID

from django.utils.crypto import salted_hmac

from portico.audit.services import Actor, record
from portico.audit.services import Change as AuditChange
from portico.secrets.services import SecretUnusable
from portico.service_email.models import ServerInUse, ServerProof
from portico.service_email.payload import ServiceEmail
from portico.service_email.pipeline.pausing import unpause
from portico.service_email.server_parts import ServerPart, StoredPart
from portico.service_email.smtp.server import Server, TokenAccess
from portico.workspaces.models import Workspace

PROOF_LASTS = timedelta(hours=1)


def row_of(workspace: Workspace) -> ServerInUse | None:
    """The row of the server in use; None: the platform's mailer sends."""
    return ServerInUse.objects.filter(workspace=workspace).first()


def part_of(row: ServerInUse) -> ServerPart:
    """The server that a row means."""
    return ServerPart.stored(cast("StoredPart", row.server))


def secrets_in_use(workspace: Workspace) -> frozenset[UUID]:
    """The secrets of the server in use."""
    row = row_of(workspace)
    return frozenset(part_of(row).secrets.values() if row else ())


def follow(workspace: Workspace, payload: ServiceEmail, *, by: Actor, at: datetime) -> None:
    """Do what follows from these values having become the saved ones.

    No host: the platform's mailer sends from now on. Another server, tested within the last hour:
    it takes over. Else the one in use keeps sending.

    Whether a password that was typed is the stored one shows nowhere, or else it could be found
    out by trying: only a test tells, and a test is good for one try.
    """
    part, row = ServerPart.of(payload), row_of(workspace)
    if part is None:
        if row is not None:
            row.delete()
            unpause(workspace, at=at)
        return
    if row is not None and part_of(row) == part:
        return
    server = part.revealed(workspace)
    if not _is_proved(workspace, server, at=at):
        ServerProof.objects.filter(workspace=workspace).delete()
    elif row is not None and is_same(workspace, part_of(row), server):
        _name_anew(row, part)
    else:
        take_over(workspace, part, untested=False, by=by, at=at)


def is_same(workspace: Workspace, part: ServerPart, *servers: Server) -> bool:
    """Whether a stored server is one of these, its secrets included."""
    try:
        return part.revealed(workspace) in servers
    except SecretUnusable:
        return False


def take_over(
    workspace: Workspace, part: ServerPart, *, untested: bool, by: Actor, at: datetime
) -> None:
    """Have mail go through this server from now on."""
    before = row_of(workspace)
    change = AuditChange(
        field="server",
        before=address_of(part_of(before)) if before else "",
        after=address_of(part),
    )
    if untested:
        _record("service_email.taken_untested", workspace, by=by, at=at, changes=[change])
    else:
        _record("service_email.taken_over", workspace, by=by, at=at, changes=[change])
    ServerInUse.objects.update_or_create(
        workspace=workspace,
        defaults={
            "server": part.as_stored(),
            "taken_over_at": at,
            "by_id": by.person_id,
            "untested": untested,
        },
    )
    unpause(workspace, at=at)


def prove(
    workspace: Workspace, row: ServerInUse, part: ServerPart, *, by: Actor, at: datetime
) -> None:
    """Note that the server in use was tested now, and is what these saved values mean. A queue that
    rests because of it goes on."""
    _name_anew(row, part)
    unpause(workspace, at=at)
    if row.untested:
        row.untested = False
        row.save(update_fields=["untested"])
        _record("service_email.proved", workspace, by=by, at=at, changes=[])


def note_proof(workspace: Workspace, server: Server, *, at: datetime) -> None:
    """Remember for an hour that a test through this server was accepted."""
    ServerProof.objects.filter(workspace=workspace, accepted_at__lt=at - PROOF_LASTS).delete()
    ServerProof.objects.update_or_create(
        workspace=workspace,
        fingerprint=_fingerprint(workspace, server),
        defaults={"accepted_at": at},
    )


def address_of(part: ServerPart) -> str:
    """The server in one word, for people."""
    host = f"[{part.host}]" if ":" in part.host else part.host
    return f"{part.account}, {host}:{part.port} ({part.security.value})"


def _name_anew(row: ServerInUse, part: ServerPart) -> None:
    """The same server under the present name of its password, which was typed once more."""
    row.server = part.as_stored()
    row.save(update_fields=["server"])


def _is_proved(workspace: Workspace, server: Server, *, at: datetime) -> bool:
    return ServerProof.objects.filter(
        workspace=workspace,
        fingerprint=_fingerprint(workspace, server),
        accepted_at__gte=at - PROOF_LASTS,
    ).exists()


def _fingerprint(workspace: Workspace, server: Server) -> str:
    """Keyed, so that no password can be guessed from it by whoever reads the table."""
    # Lengths in front: two different servers never read the same.
    parts = (
        str(workspace.id),
        server.host,
        str(server.port),
        server.security.value,
        server.account,
        server.username,
        server.password,
        *(_access(server.tokens) if server.tokens else ()),
    )
    text = "".join(f"{len(part)}:{part}" for part in parts)
    return salted_hmac("portico.service_email.proof", text, algorithm="sha256").hexdigest()


def _access(tokens: TokenAccess) -> tuple[str, ...]:
    return (
        tokens.url,
        tokens.client_id,
        tokens.scope,
        tokens.client_secret,
        tokens.refresh_token,
    )


def _record(
    action: str, workspace: Workspace, *, by: Actor, at: datetime, changes: list[AuditChange]
) -> None:
    record(
        action,
        by=by,
        at=at,
        workspace_id=workspace.id,
        subject_kind="section",
        subject_id="service-email",
        subject_label="Service Email Preference",
        changes=changes,
    )
