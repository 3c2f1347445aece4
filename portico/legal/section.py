"""The settings section *Term of Service Agreement*."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from django.conf import settings
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portico.audit.services import Actor
from portico.basic_settings.sections import Section, SettingsForm
from portico.files.models import StoredFile
from portico.legal.copying import values_from_elsewhere
from portico.legal.models import LegalKind
from portico.legal.payload import LegalDocuments, LegalEntry
from portico.legal.services.intake import PURPOSE
from portico.legal.services.publishing import follow
from portico.legal.services.read import languages_of, versions_in_force
from portico.legal.services.settling import refuse_withdrawal, settle
from portico.legal.showing import kinds_of
from portico.ui.values import Fact
from portico.workspaces.models import Workspace


class TermsOfServiceSection(Section[LegalDocuments]):
    """The documents that a workspace publishes; saving them publishes what is new among them."""

    name = "terms-of-service"
    title = _("Term of Service Agreement")
    about = _("The Terms of Service, Privacy Policy and Cookie Notice that everybody can read.")
    surfaces = (
        _("Legal pages"),
        _("Footer of every page"),
        _("E-mails"),
        _("What members accept"),
    )
    schema = LegalDocuments
    form = SettingsForm
    edit_page = "legal_documents"
    values_template = "legal/section/values.html"
    drafts = False
    sensitive = True
    uploads: ClassVar = {"documents.*.file": PURPOSE}

    def settle(
        self, workspace: Workspace, payload: LegalDocuments, *, at: datetime
    ) -> LegalDocuments:
        """Give new versions their numbers; refuse to change or drop what is in force."""
        return settle(workspace, payload, at=at)

    def check_return(self, workspace: Workspace, payload: LegalDocuments, *, at: datetime) -> None:
        """Refuse to withdraw by the way what is to come into force."""
        refuse_withdrawal(workspace, payload, at=at)

    def published(
        self, workspace: Workspace, payload: LegalDocuments, *, by: Actor, at: datetime
    ) -> None:
        """Publish the new versions, withdraw those that are not in force and not listed."""
        follow(workspace, payload, by=by, at=at)

    def files(self, workspace: Workspace, payload: LegalDocuments) -> frozenset[str]:  # noqa: ARG002
        """The PDFs."""
        return frozenset(entry.file for entry in payload.documents)

    def import_values(
        self, workspace: Workspace, values: dict[str, Any], *, at: datetime
    ) -> dict[str, Any]:
        """Another workspace's documents as new versions of this one, which keeps what it has."""
        return values_from_elsewhere(workspace, values, at=at)

    def effective(
        self,
        workspace: Workspace,
        payload: LegalDocuments,  # noqa: ARG002
        *,
        at: datetime,
    ) -> dict[str, Any] | None:
        """The versions that are in force now."""
        return {
            kind.value: {
                "version": version.number,
                "effective_at": version.effective_at,
                "languages": languages_of(version),
                "governing_language": version.governing_language,
            }
            for kind, version in versions_in_force(workspace, at=at).items()
        }

    def facts(
        self,
        workspace: Workspace,  # noqa: ARG002
        payload: LegalDocuments,
        *,
        at: datetime,  # noqa: ARG002
        files: Mapping[str, StoredFile],
    ) -> dict[str, Fact]:
        """The documents by name; the card shows more of them."""
        shown = tuple(_in_words(entry, files) for entry in payload.documents)
        return {"documents": Fact(gettext("Documents"), shown or None)}

    def extras(
        self,
        workspace: Workspace,
        payload: LegalDocuments,  # noqa: ARG002
        *,
        at: datetime,
    ) -> dict[str, Any]:
        """Each kind with its versions in force and to come."""
        return {"kinds": kinds_of(workspace, at=at)}


def _in_words(entry: LegalEntry, files: Mapping[str, StoredFile]) -> str:
    """Such as "Terms of Service 2, English: terms.pdf"."""
    stored = files.get(entry.file)
    return gettext("%(kind)s %(number)s, %(language)s: %(name)s") % {
        "kind": LegalKind(entry.kind).label,
        "number": entry.version or "",
        "language": dict(settings.LANGUAGES).get(entry.language, entry.language),
        "name": stored.name if stored and stored.name else entry.file[:12],
    }


section = TermsOfServiceSection()
