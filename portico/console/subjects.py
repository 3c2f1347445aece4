"""Names of what entries are about, where the log itself keeps an id alone.

People and invited addresses can be erased; the log cannot. So entries about them hold an id, and
the name is looked up when they are read: at most two queries for any number of entries.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db.models import Q

from portico.audit.models import AuditEntry, AuditPerson
from portico.audit.queries import MOST_PEOPLE
from portico.members.models import Invitation

Labels = dict[tuple[str, str], str]


def labels_of(entries: Sequence[AuditEntry]) -> Labels:
    """The names, by kind and id of the subject. Who acted on their own account is not named twice.

    Who is erased has no name here.
    """
    people = {
        entry.subject_id
        for entry in entries
        if _is_nameless(entry, "person") and not _is_own_account(entry)
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
    if entry.subject_label or _is_own_account(entry):
        return entry.subject_label
    return labels.get((entry.subject_kind, entry.subject_id), "")


def invitations_named(workspace_id: UUID, words: Sequence[str]) -> dict[str, str]:
    """Invitations whose address begins with one of the words, by id, for looking for entries."""
    begins = Q()
    for word in words:
        begins |= Q(email__startswith=word)
    found = Invitation.objects.filter(begins, workspace_id=workspace_id).order_by("-id")
    return {str(one.id): one.email for one in found[:MOST_PEOPLE]}


def _is_own_account(entry: AuditEntry) -> bool:
    return entry.action.startswith("account.") and entry.subject_id == str(entry.actor_id)


def _is_nameless(entry: AuditEntry, kind: str) -> bool:
    return entry.subject_kind == kind and not entry.subject_label
