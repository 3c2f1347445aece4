"""Publishing as the settings do it, in one line."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any

from portico.basic_settings import services as settings_services
from portico.basic_settings.models import SettingsRevision
from portico.legal.isolated.intake import take_in
from portico.legal.models import LegalKind, LegalVersion
from portico.legal.section import section
from portico.legal.services.intake import keep_document
from portico.workspaces.models import Membership, Workspace
from tests.make import AT, actor
from tests.pdfs import make_pdf

Entry = dict[str, Any]


def upload(
    workspace: Workspace, content: bytes | str = "Terms of Service", *, pages: int = 1
) -> str:
    """The id of an uploaded PDF; a text makes one that says it.

    It is cleaned here, by the code that the child runs, which spares starting one each time.
    """
    pdf = make_pdf(content, pages=pages) if isinstance(content, str) else content
    return keep_document(workspace, _cleaned(pdf), name="terms.pdf", at=AT).sha256


_cleaned = cache(take_in)


def entry(
    file: str, kind: LegalKind = LegalKind.TERMS, language: str = "en", **values: object
) -> Entry:
    """An entry of the settings; `values` are its other fields."""
    return {"kind": kind, "language": language, "file": file, **values}


def listed(workspace: Workspace) -> list[Entry]:
    """What the settings list now."""
    payload = settings_services.live(workspace, section).payload
    return [one.model_dump() for one in payload.documents]


def save(
    workspace: Workspace, member: Membership, documents: list[Entry], *, at: datetime = AT
) -> SettingsRevision:
    """Save these documents as the member."""
    return settings_services.save(
        workspace,
        section,
        {"documents": documents},
        based_on=settings_services.live(workspace, section).number,
        by=actor(member),
        at=at,
    )


def publish(
    workspace: Workspace,
    member: Membership,
    texts: Mapping[str, str] | str = "Terms of Service",
    kind: LegalKind = LegalKind.TERMS,
    *,
    at: datetime = AT,
    **values: object,
) -> LegalVersion:
    """Publish a version beside what is there: a text a language, or one in English."""
    by_language = {"en": texts} if isinstance(texts, str) else texts
    new = [
        entry(upload(workspace, text), kind, language, **values)
        for language, text in by_language.items()
    ]
    save(workspace, member, [*listed(workspace), *new], at=at)
    return LegalVersion.objects.filter(workspace=workspace, kind=kind).latest("number")
