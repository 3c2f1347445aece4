"""Names of what entries are about, where the log itself keeps an id alone.

People and invited addresses can be erased; the log cannot. So entries about them hold an id, and
the name is looked up when they are read: at most two queries for any number of entries.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from portico.audit.models import AuditEntry, AuditPerson
from portico.members.models import Invitation

Labels = dict[tuple[str, str], str]


def labels_of(entries: Sequence[AuditEntry]) -> Labels:
    """The names, by kind and id of the subject. Who acted on their own account is not named twice.

    Who is erased has no name here.
    """
    people = {
        entry.subject_id
        for entry in entries
        if _is_nameless(entry, "person") and not entry.action.startswith("account.")
    }
    invitations = {entry.subject_id for entry in entries if _is_nameless(entry, "invitation")}
    labels: Labels = {}
    if people:
        for person in AuditPerson.objects.filter(id__in=map(UUID, people), erased_at=None):
            labels["person", str(person.id)] = person.name or person.email
    if invitations:
        workspaces = {entry.workspace_id for entry in entries if entry.workspace_id}
        for invitation in Invitation.objects.filter(
            workspace_id__in=workspaces, id__in=map(UUID, invitations)
        ):
            labels["invitation", str(invitation.id)] = invitation.email
    return labels


def subject_of(entry: AuditEntry, labels: Labels) -> str:
    """What an entry is about, by name; empty where none is left."""
    if entry.subject_label or entry.action.startswith("account."):
        return entry.subject_label
    return labels.get((entry.subject_kind, entry.subject_id), "")


def _is_nameless(entry: AuditEntry, kind: str) -> bool:
    return entry.subject_kind == kind and not entry.subject_label
