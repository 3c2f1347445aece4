"""Who is told by mail of what happened: listeners, which `portico.config` connects to events."""

from __future__ import annotations

from collections.abc import Mapping
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation

from portico.basic_settings.models import SettingsRevision
from portico.basic_settings.registry import AnySection, section_named
from portico.basic_settings.services import diff, history, payload_at, payload_of
from portico.outbox.models import Event
from portico.service_email.look.values import change_of
from portico.service_email.services import send
from portico.workspaces.hosts import address_of
from portico.workspaces.models import Membership, Workspace


def tell_admins_of_changed_settings(event: Event) -> None:
    """Mail all admins of a workspace that a sensitive section of its settings changed.

    Listens to `settings.changed`; other sections are passed over. It writes mails and nothing
    else, in the transaction in which the event's delivery is written down: nobody is told twice.
    """
    if not event.payload["sensitive"]:
        return
    workspace = Workspace.objects.get(id=event.workspace_id)
    section = section_named(event.payload["section"])
    revision = history(workspace, section).get(number=event.payload["revision"])
    facts = _facts(workspace, section, revision)
    changes: dict[str, list[Mapping[str, str]]] = {}
    for admin in Membership.objects.admins_of(workspace).select_related("person"):
        language = _language_of(admin, workspace)
        if language not in changes:
            changes[language] = _changes(workspace, section, revision, language)
        context = facts | {"changes": changes[language]}
        send("settings_changed", admin.person.email, context, workspace, language=language)


def _language_of(admin: Membership, workspace: Workspace) -> str:
    chosen = admin.person.language
    return chosen if chosen in dict(settings.LANGUAGES) else workspace.default_language


def _facts(
    workspace: Workspace, section: AnySection, revision: SettingsRevision
) -> dict[str, object]:
    author = revision.author
    path = reverse("section_history", kwargs={"name": section.name})
    return {
        "workspace": workspace.name,
        "section": section.name,
        "who": (author.name or author.email) if author else "",
        "at": revision.created_at.isoformat(),
        "time_zone": workspace.time_zone,
        "reason": revision.reason,
        "url": address_of(workspace, path),
    }


def _changes(
    workspace: Workspace, section: AnySection, revision: SettingsRevision, language: str
) -> list[Mapping[str, str]]:
    """What the revision changed, in words of this language."""
    before = payload_at(workspace, section, revision.number - 1)
    after = payload_of(section, revision)
    with translation.override(language), timezone.override(ZoneInfo(workspace.time_zone)):
        found = diff(workspace, section, before, after, at=revision.created_at)
        return [change_of(change) for change in found]
