"""Secrets: kept encrypted, told to whoever asks for what they were given for, and forgotten."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction

from portico.kernel.clock import now
from portico.kernel.ids import new_id
from portico.secrets.errors import (
    SecretGone,
    SecretNotBound,
    SecretUnreadable,
    SecretUnusable,
)
from portico.secrets.models import Secret
from portico.secrets.rotation import Rotation, examine, rotate
from portico.secrets.sealing import Binding, Facts, seal, unseal
from portico.workspaces.models import Workspace

__all__ = [
    "Binding",
    "Rotation",
    "SecretGone",
    "SecretNotBound",
    "SecretUnreadable",
    "SecretUnusable",
    "examine",
    "forget",
    "forget_all_but",
    "keep",
    "renew",
    "reveal",
    "rotate",
    "seal",
    "secrets_of",
    "unseal",
]


def keep(
    workspace: Workspace,
    plain: str,
    *,
    binding: Facts,
    at: datetime,
    at_least: Mapping[str, int] | None = None,
    kind: str = "",
) -> Secret:
    """Keep this text, encrypted, for what `binding` says.

    `at_least` are numbers that may be greater when it is asked for, never less. `kind` says what
    it is, such as `service-email.password`.
    """
    secret_id = new_id()
    bound = _bound(secret_id, workspace, binding, at_least)
    return Secret.objects.create(
        id=secret_id,
        workspace=workspace,
        kind=kind,
        ciphertext=seal(plain, bound),
        set_at=at,
        sealed_at=at,
    )


def reveal(
    secret_id: UUID,
    *,
    workspace: Workspace,
    binding: Facts,
    at_least: Mapping[str, int] | None = None,
) -> str:
    """The text that was kept. Raises `SecretGone`, `SecretNotBound` or `SecretUnreadable`, all of
    them a `SecretUnusable`. Never show, log or store what this returns."""
    secret = Secret.objects.filter(workspace=workspace, id=secret_id).first()
    if secret is None or secret.forgotten_at is not None:
        raise SecretGone
    return unseal(secret.ciphertext, _bound(secret.id, workspace, binding, at_least))


def renew(
    secret_id: UUID,
    plain: str,
    *,
    workspace: Workspace,
    binding: Facts,
    at: datetime,
    at_least: Mapping[str, int] | None = None,
) -> None:
    """Put another text in the place of a kept one, for the same use; whoever names it has the new
    one from then on. Raises `SecretUnusable` unless it was kept for just this use."""
    bound = _bound(secret_id, workspace, binding, at_least)
    with transaction.atomic():
        secret = (
            Secret.objects.select_for_update().filter(workspace=workspace, id=secret_id).first()
        )
        if secret is None or secret.forgotten_at is not None:
            raise SecretGone
        unseal(secret.ciphertext, bound)
        secret.ciphertext, secret.sealed_at = seal(plain, bound), at
        secret.save(update_fields=["ciphertext", "sealed_at"])


def secrets_of(workspace: Workspace, ids: Iterable[UUID]) -> dict[UUID, Secret]:
    """Those of these secrets that are the workspace's, forgotten ones too, without what is in them,
    by id, in one query (none for no ids)."""
    wanted = set(ids)
    if not wanted:
        return {}
    found = Secret.objects.filter(workspace=workspace, id__in=wanted).defer("ciphertext")
    return {secret.id: secret for secret in found}


def forget(workspace: Workspace, ids: Iterable[UUID], *, at: datetime | None = None) -> int:
    """Forget these for good; returns how many there were. Their rows stay, emptied."""
    return Secret.objects.filter(
        workspace=workspace, id__in=set(ids), forgotten_at__isnull=True
    ).update(ciphertext="", forgotten_at=at or now())


def forget_all_but(workspace: Workspace, ids: Iterable[UUID], *, kind: str, at: datetime) -> int:
    """Forget all of one kind but these; returns how many there were."""
    return (
        Secret.objects.filter(workspace=workspace, kind=kind, forgotten_at__isnull=True)
        .exclude(id__in=set(ids))
        .update(ciphertext="", forgotten_at=at)
    )


def _bound(
    secret_id: UUID, workspace: Workspace, binding: Facts, at_least: Mapping[str, int] | None
) -> Binding:
    """What a row's ciphertext is bound to: what it was given for, in this row of this workspace."""
    return Binding(
        {
            **{f"given.{name}": value for name, value in binding.items()},
            "secret": str(secret_id),
            "workspace": str(workspace.id),
        },
        at_least or {},
    )
