"""Taking in a PDF: cleaned, kept, and what was learned of it noted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext, ngettext

from portico.files.models import StoredFile
from portico.files.services import is_hash, store
from portico.kernel.errors import NotFound
from portico.legal.isolated.protocol import Cleaned
from portico.legal.isolated.removals import Removal
from portico.legal.models import PAGE_BREAK, CheckedPdf
from portico.legal.rules.isolation import take_in
from portico.workspaces.models import Workspace

PURPOSE = "legal"
LEAST_LETTERS_A_PAGE = 8


def take_in_document(
    workspace: Workspace, content: bytes, *, name: str, at: datetime
) -> tuple[StoredFile, tuple[str, ...]]:
    """Clean a PDF and keep it, for nobody to see until a version with it is published.

    Returns it, and sentences on what was taken out of it. Raises an `Invalid` that says why it
    cannot be used. Takes 0.3 s for an ordinary document, never more than 40 s.
    """
    cleaned = take_in(content)
    stored = keep_document(workspace, cleaned, name=name, at=at)
    return stored, removals_in_words(cleaned.removed)


def keep_document(workspace: Workspace, cleaned: Cleaned, *, name: str, at: datetime) -> StoredFile:
    """Keep a PDF that was cleaned, and what was learned of it."""
    with transaction.atomic():
        stored = store(
            workspace,
            cleaned.content,
            content_type="application/pdf",
            name=name,
            purpose=PURPOSE,
            at=at,
        )
        CheckedPdf.objects.update_or_create(file=stored, defaults=_learned(cleaned))
    return stored


def checked_pdf(workspace: Workspace, sha256: str) -> CheckedPdf:
    """An uploaded PDF of this workspace; raises `NotFound`, whoever else may have it."""
    found = checked_pdfs(workspace, [sha256])
    if sha256 not in found:
        raise NotFound
    return found[sha256]


def checked_pdfs(workspace: Workspace, hashes: Iterable[str]) -> dict[str, CheckedPdf]:
    """Those of these files that are PDFs of this workspace, by hash, in one query."""
    wanted = set(filter(is_hash, hashes))
    found = CheckedPdf.objects.filter(
        file__workspace=workspace, file__sha256__in=wanted
    ).select_related("file")
    return {pdf.file.sha256: pdf for pdf in found}


def removals_in_words(removed: Mapping[str, int]) -> tuple[str, ...]:
    """What was taken out, as a list: "2 scripts", "1 attachment"."""
    return tuple(
        _in_words(kind, removed[kind.value]) for kind in Removal if removed.get(kind.value)
    )


def hints_on(pdf: CheckedPdf) -> tuple[str, ...]:
    """What an admin should know of a document that can be used."""
    hints = []
    if len("".join(pdf.text.split())) < LEAST_LETTERS_A_PAGE * pdf.pages:
        hints.append(
            gettext(
                "No text can be read in this document; it seems to be scanned. People who use a "
                "screen reader cannot read it, and nothing is found in it or compared with it."
            )
        )
    if pdf.repaired:
        hints.append(
            gettext(
                "Parts of this document were damaged and have been repaired. Look at each page."
            )
        )
    return tuple(hints)


def _learned(cleaned: Cleaned) -> dict[str, object]:
    return {
        "title": cleaned.title,
        "sizes": [list(size) for size in cleaned.pages],
        "text": PAGE_BREAK.join(text.replace(PAGE_BREAK, " ") for text in cleaned.texts),
        "removed": cleaned.removed,
        "repaired": cleaned.repaired,
        "signed": cleaned.signed,
    }


def _in_words(kind: Removal, n: int) -> str:
    match kind:
        case Removal.SCRIPT:
            words = ngettext("%(n)s script", "%(n)s scripts", n)
        case Removal.ATTACHMENT:
            words = ngettext("%(n)s attachment", "%(n)s attachments", n)
        case Removal.LAUNCH:
            words = ngettext(
                "%(n)s action that opens programs or other files",
                "%(n)s actions that open programs or other files",
                n,
            )
        case Removal.FORM:
            words = ngettext(
                "%(n)s action that sends or fills a form",
                "%(n)s actions that send or fill a form",
                n,
            )
        case Removal.MEDIA:
            words = ngettext("%(n)s sound, film or 3D model", "%(n)s sounds, films or 3D models", n)
        case Removal.LINK:
            words = ngettext(
                "%(n)s link that leads neither to the web nor to a mail address",
                "%(n)s links that lead neither to the web nor to a mail address",
                n,
            )
        case Removal.ACTION:
            words = ngettext("%(n)s other action", "%(n)s other actions", n)
        case Removal.PRIVATE:
            words = ngettext(
                "%(n)s piece of data for programs alone",
                "%(n)s pieces of data for programs alone",
                n,
            )
        case Removal.TRAILING:
            words = gettext("What stood behind the end of the document")
    return words % {"n": n}
