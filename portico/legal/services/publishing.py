"""Versions come and, as long as they are not in force, go: with the settings that list them."""

from __future__ import annotations

from datetime import datetime

from portico.audit.services import Actor, Change, record
from portico.files.services import use
from portico.legal.models import LegalDocument, LegalKind, LegalVersion
from portico.legal.payload import LegalDocuments, LegalEntry
from portico.legal.services.intake import checked_pdfs
from portico.legal.services.read import standing
from portico.legal.tasks import draw_pages
from portico.outbox.services import publish as publish_event
from portico.workspaces.models import Workspace

USER_KIND = "legal_version"


def follow(workspace: Workspace, payload: LegalDocuments, *, by: Actor, at: datetime) -> None:
    """Publish the versions that these settled values list and that are not there yet, and withdraw
    those that are not in force and not listed. The section is locked."""
    there = {(one.kind, one.number): one for one in standing(workspace)}
    listed: dict[tuple[str, int], list[LegalEntry]] = {}
    for entry in payload.documents:
        listed.setdefault((entry.kind.value, entry.version or 0), []).append(entry)
    for key, version in there.items():
        if key not in listed and version.effective_at > at:
            _withdraw(version, by=by, at=at)
    for (kind, number), entries in listed.items():
        if (kind, number) not in there:
            _publish(workspace, LegalKind(kind), number, entries, by=by, at=at)


def _publish(
    workspace: Workspace,
    kind: LegalKind,
    number: int,
    entries: list[LegalEntry],
    *,
    by: Actor,
    at: datetime,
) -> None:
    first = entries[0]
    version = LegalVersion.objects.create(
        workspace=workspace,
        kind=kind,
        number=number,
        governing_language=next(one.language for one in entries if one.governing),
        material=first.material,
        effective_at=first.effective_at or at,
        published_at=at,
        author_id=by.person_id,
    )
    pdfs = checked_pdfs(workspace, {one.file for one in entries})
    LegalDocument.objects.bulk_create(
        [
            LegalDocument(
                version=version,
                language=one.language,
                sha256=one.file,
                size=pdfs[one.file].file.size,
                pages=pdfs[one.file].pages,
                sizes=pdfs[one.file].sizes,
                text=pdfs[one.file].text,
            )
            for one in entries
        ]
    )
    use(workspace, {one.file for one in entries}, user_kind=USER_KIND, user_id=version.id)
    for one in entries:
        draw_pages.defer(workspace_id=str(workspace.id), sha256=one.file)
    _record("legal.published", version, by=by, at=at, changes=_changes(version, entries))
    publish_event(
        "legal.published",
        workspace_id=workspace.id,
        payload={
            "kind": kind.value,
            "version": number,
            "effective_at": version.effective_at.isoformat(),
            "material": version.material,
            "languages": [one.language for one in entries],
        },
        at=at,
    )


def _withdraw(version: LegalVersion, *, by: Actor, at: datetime) -> None:
    LegalVersion.objects.filter(id=version.id).update(withdrawn_at=at)
    _record("legal.withdrawn", version, by=by, at=at, changes=[])
    publish_event(
        "legal.withdrawn",
        workspace_id=version.workspace_id,
        payload={"kind": version.kind, "version": version.number},
        at=at,
    )


def _record(
    action: str, version: LegalVersion, *, by: Actor, at: datetime, changes: list[Change]
) -> None:
    record(
        action,
        by=by,
        at=at,
        workspace_id=version.workspace_id,
        subject_kind="legal_version",
        subject_id=version.id,
        subject_label=f"{LegalKind(version.kind).label} {version.number}",
        changes=changes,
    )


def _changes(version: LegalVersion, entries: list[LegalEntry]) -> list[Change]:
    facts = {
        "effective_at": version.effective_at.isoformat(),
        "material": str(version.material).lower(),
        "governing_language": version.governing_language,
        **{f"sha256 ({one.language})": one.file for one in entries},
    }
    return [Change(field=name, before="", after=value) for name, value in facts.items()]
