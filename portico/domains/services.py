"""Which domain a workspace has: what a save makes of it, and what others ask of it."""

from __future__ import annotations

import secrets
from datetime import datetime

from django.conf import settings
from django.utils.crypto import salted_hmac

from portico.audit.services import Actor
from portico.domains.checking import Question
from portico.domains.configuration import Domains
from portico.domains.models import AlternativeDomain
from portico.domains.moving import move
from portico.domains.payload import RECORD
from portico.domains.rules import SERVED, Outcome, State
from portico.kernel.errors import Invalid, gettext_noop
from portico.workspaces.hosts import site
from portico.workspaces.models import Workspace

TOKEN = "portico-domain="  # noqa: S105 - what stands before it in the record


class NameHeld(Invalid):
    """Says not by whom: that is nobody else's business."""

    code = "name_held"
    sentence = gettext_noop(
        "%(domain)s belongs to another workspace here, or did until a short while ago. If it is "
        "yours, have it removed there, and its records from the DNS; a day after that it is free."
    )


def configured() -> Domains:
    """What the operator says about domains."""
    found: Domains = settings.PORTICO_DOMAINS
    return found


def domain_of(workspace: Workspace) -> AlternativeDomain | None:
    """The domain that a workspace wants to be reached at, be it proven or not."""
    found = AlternativeDomain.objects.filter(workspace=workspace)
    return found.exclude(state=State.REMOVED).first()


def marker_of(workspace: Workspace) -> str:
    """What a workspace answers at `/.well-known/portico-domain`, so that a check knows it again.

    Nobody can make it up, and it gives nothing away.
    """
    return salted_hmac("portico.domains.marker", str(workspace.id), algorithm="sha256").hexdigest()


def slug_host_of(workspace: Workspace) -> str:
    """The name at which a workspace is always reached, without a port."""
    return f"{workspace.slug}.{site().base_domain}"


def question_for(domain: AlternativeDomain) -> Question:
    """What has to be found out about a domain. Its workspace must have been read with it."""
    known = configured()
    return Question(
        domain=domain.name,
        record_name=f"{RECORD}.{domain.name}",
        token=domain.token,
        target=slug_host_of(domain.workspace),
        addresses=known.addresses,
        issuers=() if domain.tls_elsewhere else known.certificate_issuers,
        tls_elsewhere=domain.tls_elsewhere,
        marker=marker_of(domain.workspace),
        verified=State(domain.state) in SERVED,
        https_port=known.https_port,
    )


def refuse_held(workspace: Workspace, name: str) -> None:
    """Raise `NameHeld` where another workspace holds the name, be it as a tombstone."""
    held = AlternativeDomain.objects.filter(name=name, held=True).exclude(workspace=workspace)
    if name and held.exists():
        raise NameHeld(domain=name)


def follow(
    workspace: Workspace, name: str, *, tls_elsewhere: bool, by: Actor, at: datetime
) -> None:
    """Make this name the workspace's domain, "" for none, in the caller's transaction.

    Another one that it had until now is removed; it stays blocked for others while it is held.
    Its own tombstone is taken back, with the record that is in the DNS already. The caller holds
    the section's lock, so that two of these never meet.
    """
    domains = AlternativeDomain.objects.select_for_update().filter(workspace=workspace)
    present = domains.exclude(state=State.REMOVED).first()
    if present is not None and present.name == name:
        _answer_otherwise(present, tls_elsewhere=tls_elsewhere, at=at)
        return
    if present is not None:
        present.workspace = workspace
        move(present, Outcome.REMOVED, by=by, at=at)
    if name:
        _claim(workspace, name, tls_elsewhere=tls_elsewhere, by=by, at=at)


def _claim(
    workspace: Workspace, name: str, *, tls_elsewhere: bool, by: Actor, at: datetime
) -> None:
    tombstone = (
        AlternativeDomain.objects.select_for_update()
        .filter(workspace=workspace, name=name, state=State.REMOVED, held=True)
        .first()
    )
    if tombstone is not None:
        tombstone.workspace, tombstone.tls_elsewhere = workspace, tls_elsewhere
        tombstone.save(update_fields=["tls_elsewhere"])
        move(tombstone, Outcome.CLAIMED, by=by, at=at)
        return
    AlternativeDomain.objects.create(
        workspace=workspace,
        name=name,
        token=f"{TOKEN}{secrets.token_hex(16)}",
        tls_elsewhere=tls_elsewhere,
        since=at,
        asked_at=at,
        due_at=at,
        created_at=at,
    )


def _answer_otherwise(domain: AlternativeDomain, *, tls_elsewhere: bool, at: datetime) -> None:
    """Look soon whether it works that way, too. What is wrong counts from anew."""
    if domain.tls_elsewhere == tls_elsewhere:
        return
    domain.tls_elsewhere, domain.misses, domain.due_at = tls_elsewhere, 0, at
    domain.save(update_fields=["tls_elsewhere", "misses", "due_at"])
