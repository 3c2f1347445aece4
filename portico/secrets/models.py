from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from portico.kernel.clock import now
from portico.kernel.ids import new_id
from portico.workspaces.models import Workspace


class Secret(models.Model):
    """Something that a workspace entrusted to us, encrypted.

    Settings and other rows name it by its id. What it is bound to (its row, its workspace, and
    what it was given for) stands inside the encryption, so a ciphertext that was copied elsewhere
    opens nothing there. A forgotten secret keeps its row, and nothing in it.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=80, blank=True)
    ciphertext = models.TextField(blank=True)
    set_at = models.DateTimeField(default=now)
    sealed_at = models.DateTimeField(default=now)
    forgotten_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(forgotten_at__isnull=True) ^ Q(ciphertext=""),
                name="a_secret_is_empty_once_it_is_forgotten",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["workspace", "kind"],
                condition=Q(forgotten_at__isnull=True),
                name="secrets_that_are_kept",
            )
        ]

    def __str__(self) -> str:
        return "a secret" if self.forgotten_at is None else "a forgotten secret"

    def __repr__(self) -> str:
        return f"<Secret {self.id}>"
