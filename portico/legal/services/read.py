"""Which legal document is in force: what pages, gates, mails and footers ask."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Prefetch, QuerySet

from portico.kernel.errors import NotFound
from portico.legal.models import LegalDocument, LegalKind, LegalVersion
from portico.workspaces.models import Workspace


def version_in_force(workspace: Workspace, kind: LegalKind, *, at: datetime) -> LegalVersion | None:
    """The version of a kind that counts at a moment: the newest whose time has come.

    Its documents come along, without their text.
    """
    return _begun(workspace, at=at).filter(kind=kind).first()


def versions_in_force(workspace: Workspace, *, at: datetime) -> dict[LegalKind, LegalVersion]:
    """The version in force of each kind that has one, in the order of the kinds.

    Two queries, however many versions there are: one, and one for the documents (without their
    text).
    """
    # DISTINCT ON takes the first row of each kind, and the order of the index makes that the
    # newest in force.
    newest = _begun(workspace, at=at).order_by("kind", "-effective_at", "-number")
    found = {version.kind: version for version in newest.distinct("kind")}
    return {kind: found[kind] for kind in LegalKind if kind in found}


def kinds_in_force(workspace: Workspace, *, at: datetime) -> tuple[LegalKind, ...]:
    """The kinds of which a version is in force, in their order; one query."""
    begun = standing(workspace).filter(effective_at__lte=at)
    found = set(begun.order_by().values_list("kind", flat=True).distinct())
    return tuple(kind for kind in LegalKind if kind in found)


def version_numbered(workspace: Workspace, kind: LegalKind, number: int) -> LegalVersion:
    """A version by its number, withdrawn or not; raises `NotFound`. Its documents come along."""
    found = LegalVersion.objects.filter(workspace=workspace, kind=kind, number=number)
    version = found.prefetch_related(documents()).first()
    if version is None:
        raise NotFound
    return version


def newest_version(workspace: Workspace, kind: LegalKind) -> LegalVersion | None:
    """The version of a kind with the highest number that was not withdrawn, in force or not."""
    found = standing(workspace).filter(kind=kind).order_by("-number")
    return found.prefetch_related(documents()).first()


def version_before(version: LegalVersion) -> LegalVersion | None:
    """The version that this one followed: the next lower number that was not withdrawn."""
    return (
        LegalVersion.objects.filter(
            workspace_id=version.workspace_id,
            kind=version.kind,
            number__lt=version.number,
            withdrawn_at=None,
        )
        .order_by("-number")
        .prefetch_related(documents())
        .first()
    )


def text_of(document: LegalDocument) -> str:
    """What a document says, page by page with `PAGE_BREAK` between them; one query."""
    return LegalDocument.objects.values_list("text", flat=True).get(id=document.id)


def coming_versions(workspace: Workspace, *, at: datetime) -> list[LegalVersion]:
    """Versions whose time has not come, the next one first; their documents come along."""
    return list(
        standing(workspace)
        .filter(effective_at__gt=at)
        .order_by("effective_at", "number")
        .prefetch_related(documents())
    )


def document_for(version: LegalVersion, language: str) -> LegalDocument:
    """The document of a version in the reader's language, else in the governing one.

    Reads the documents that came along with the version.
    """
    by_language = {document.language: document for document in version.documents.all()}
    return by_language.get(language) or by_language[version.governing_language]


def standing(workspace: Workspace) -> QuerySet[LegalVersion]:
    """Versions of a workspace that were not withdrawn."""
    return LegalVersion.objects.filter(workspace=workspace, withdrawn_at=None)


def documents() -> Prefetch[str, QuerySet[LegalDocument], str]:
    """Documents to come along with versions; their text, which may be long, does not."""
    return Prefetch("documents", queryset=LegalDocument.objects.defer("text").order_by("language"))


def languages_of(version: LegalVersion) -> tuple[str, ...]:
    """The languages of a version, the governing one first."""
    others = sorted(document.language for document in version.documents.all())
    return tuple(sorted(others, key=lambda language: language != version.governing_language))


def documents_of(versions: Iterable[LegalVersion]) -> list[LegalDocument]:
    """All documents of versions that came with theirs."""
    return [document for version in versions for document in version.documents.all()]


def _begun(workspace: Workspace, *, at: datetime) -> QuerySet[LegalVersion]:
    """Versions whose time has come, the one in force first."""
    return (
        standing(workspace)
        .filter(effective_at__lte=at)
        .order_by("-effective_at", "-number")
        .prefetch_related(documents())
    )
