"""What cards and pages show of versions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext

from portico.legal.models import LegalDocument, LegalKind, LegalVersion
from portico.legal.services.read import coming_versions, languages_of, versions_in_force
from portico.workspaces.models import Workspace


@dataclass(frozen=True)
class Standing:
    """Where a version stands at a moment: one of these holds."""

    withdrawn: bool = False
    coming: bool = False
    superseded: bool = False

    @property
    def in_force(self) -> bool:
        """Whether it is the one that counts."""
        return not (self.withdrawn or self.coming or self.superseded)

    @property
    def words(self) -> str:
        """In one word or so."""
        if self.withdrawn:
            return gettext("Withdrawn")
        if self.coming:
            return gettext("Not yet in force")
        return gettext("Superseded") if self.superseded else gettext("In force")

    @property
    def tone(self) -> str:
        """How it is marked."""
        if self.in_force:
            return "good"
        return "info" if self.coming else "neutral"


@dataclass(frozen=True)
class ShownVersion:
    """A version with what pages say of it. `follows`: there is one before it to compare it with."""

    version: LegalVersion
    standing: Standing
    follows: bool = False

    @property
    def key(self) -> str:
        """What its card is found by on a page."""
        return f"{self.version.kind}-{self.version.number}"

    @property
    def title(self) -> str:
        """The kind's name."""
        return str(LegalKind(self.version.kind).label)

    @cached_property
    def languages(self) -> tuple[tuple[str, str], ...]:
        """Codes and names, the governing one first."""
        return tuple((code, language_name(code)) for code in languages_of(self.version))

    @property
    def language_names(self) -> list[str]:
        """Their names alone."""
        return [name for _code, name in self.languages]

    @property
    def governing(self) -> str:
        """The name of the language that counts."""
        return language_name(self.version.governing_language)

    @cached_property
    def documents(self) -> tuple[tuple[LegalDocument, str], ...]:
        """The documents with their languages' names, in the order of `languages`."""
        by_language = {document.language: document for document in self.version.documents.all()}
        return tuple((by_language[code], name) for code, name in self.languages)

    @property
    def pages(self) -> int:
        """How many pages it has in the governing language."""
        return self.documents[0][0].pages

    @property
    def url(self) -> str:
        """Where everybody can read it, for ever."""
        return reverse("legal_version", args=[self.version.kind, self.version.number])


@dataclass(frozen=True)
class ShownKind:
    """A kind of document, with what is in force of it and what is to come."""

    kind: LegalKind
    in_force: ShownVersion | None
    coming: tuple[ShownVersion, ...] = ()

    @property
    def title(self) -> str:
        """Its name."""
        return str(self.kind.label)

    @property
    def url(self) -> str:
        """Where everybody reads what is in force."""
        return reverse("legal_document", args=[self.kind.value])


def kinds_of(workspace: Workspace, *, at: datetime) -> tuple[ShownKind, ...]:
    """Each of the three kinds as it stands, in four queries at most."""
    in_force = versions_in_force(workspace, at=at)
    coming = coming_versions(workspace, at=at)
    return tuple(
        ShownKind(
            kind,
            ShownVersion(in_force[kind], Standing()) if kind in in_force else None,
            tuple(ShownVersion(one, Standing(coming=True)) for one in coming if one.kind == kind),
        )
        for kind in LegalKind
    )


def shown(version: LegalVersion, in_force: LegalVersion | None, *, at: datetime) -> ShownVersion:
    """A version as it stands beside the one that is in force."""
    if version.withdrawn_at is not None:
        return ShownVersion(version, Standing(withdrawn=True))
    if version.effective_at > at:
        return ShownVersion(version, Standing(coming=True))
    return ShownVersion(version, Standing(superseded=version != in_force))


def all_shown(versions: Iterable[LegalVersion], *, at: datetime) -> tuple[ShownVersion, ...]:
    """All versions of one kind as they stand."""
    listed = list(versions)
    begun = [one for one in listed if one.withdrawn_at is None and one.effective_at <= at]
    in_force = max(begun, key=lambda one: (one.effective_at, one.number), default=None)
    first = min((one.number for one in listed if one.withdrawn_at is None), default=0)
    return tuple(replace(shown(one, in_force, at=at), follows=one.number > first) for one in listed)


def language_name(code: str) -> str:
    """A language's name in the reader's."""
    return str(dict(settings.LANGUAGES).get(code, code))
