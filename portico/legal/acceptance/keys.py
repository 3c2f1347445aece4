"""The key by which a workspace signs its evidence: Ed25519, one a workspace, made when needed."""

from __future__ import annotations

from datetime import datetime

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import transaction

from portico.kernel.errors import NotFound
from portico.legal.models import LegalKey
from portico.secrets import services as secrets
from portico.workspaces.models import Workspace

KIND = "legal.key"


def key_of(workspace: Workspace, *, at: datetime) -> LegalKey:
    """The workspace's key; made now where there is none."""
    known = LegalKey.objects.filter(workspace=workspace).first()
    if known is not None:
        return known
    with transaction.atomic():
        # Of two who need it at the same moment, one makes it.
        Workspace.objects.select_for_update(no_key=True).get(id=workspace.id)
        known = LegalKey.objects.filter(workspace=workspace).first()
        return known or _make(workspace, at=at)


def public_key_of(workspace: Workspace) -> str:
    """The public half as PEM; raises `NotFound` where nothing was ever signed."""
    known = LegalKey.objects.filter(workspace=workspace).first()
    if known is None:
        raise NotFound
    return known.public_pem


def sign(key: LegalKey, content: bytes) -> bytes:
    """The signature of these bytes: 64 bytes. Raises a `SecretUnusable` where the key ring of the
    installation does not open the private half any more."""
    pem = secrets.reveal(key.secret_id, workspace=key.workspace, binding=_binding(key.public_pem))
    private = serialization.load_pem_private_key(pem.encode(), password=None)
    if not isinstance(private, Ed25519PrivateKey):
        raise TypeError("The key for evidence is no Ed25519 key.")
    return private.sign(content)


def _make(workspace: Workspace, *, at: datetime) -> LegalKey:
    private = Ed25519PrivateKey.generate()
    public_pem = private.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    private_pem = private.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    public = public_pem.decode()
    secret = secrets.keep(
        workspace, private_pem.decode(), binding=_binding(public), kind=KIND, at=at
    )
    return LegalKey.objects.create(
        workspace=workspace, secret_id=secret.id, public_pem=public, made_at=at
    )


def _binding(public_pem: str) -> dict[str, str | int]:
    return {"use": "evidence", "public": public_pem}
