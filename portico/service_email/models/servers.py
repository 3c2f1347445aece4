from __future__ import annotations

from typing import ClassVar

from django.db import models

from portico.audit.models import AuditPerson
from portico.kernel.clock import now
from portico.workspaces.models import Workspace


class ServerInUse(models.Model):
    """The mail server that a workspace's mail really goes through. No row: the platform's mailer.

    `server` is the part of the saved values that says which server it is, the password as the id
    of a secret. `untested`: an admin took it into use without an accepted test.
    """

    workspace = models.OneToOneField(
        Workspace, on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    server = models.JSONField()
    taken_over_at = models.DateTimeField(default=now)
    by = models.ForeignKey(
        AuditPerson, null=True, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+"
    )
    untested = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"mail server of {self.workspace_id}"


class ServerProof(models.Model):
    """A test through some server was accepted. It counts for an hour.

    The server is known by a keyed fingerprint of all of it, the password too: whoever reads this
    table learns neither.
    """

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    fingerprint = models.CharField(max_length=64)
    accepted_at = models.DateTimeField(default=now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["workspace", "fingerprint"], name="a_server_is_proved_once"
            )
        ]

    def __str__(self) -> str:
        return f"proof of {self.accepted_at:%Y-%m-%d %H:%M}"
