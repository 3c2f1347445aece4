from __future__ import annotations

from typing import Annotated

from pydantic import AwareDatetime, Field

from portico.basic_settings.payloads import Payload, checked
from portico.legal.models import LegalKind
from portico.legal.rules.entries import check_file, check_language

MOST_ENTRIES = 200


class LegalEntry(Payload):
    """A document: the PDF of one version of a kind, in one language.

    What is null is filled in when it is published. After that it never changes.
    """

    kind: LegalKind
    language: Annotated[str, checked(check_language)] = Field(
        description="One that the platform speaks, such as `en`."
    )
    version: int | None = Field(
        None,
        ge=1,
        description="The number of a published version. Null: a new one, which gets its number.",
    )
    file: Annotated[str, checked(check_file)] = Field(
        description="The id of a PDF that was uploaded for `legal`."
    )
    effective_at: AwareDatetime | None = Field(
        None,
        description="When it comes into force; the same in all languages of a version. Null: now.",
    )
    material: bool = Field(
        True,
        description="Members are asked to accept it. False: a correction, which asks nobody.",
    )
    governing: bool | None = Field(
        None,
        description="Whether this language counts where texts differ; one of a version's does. "
        "Null: the only language, or the workspace's.",
    )

    def __repr__(self) -> str:
        """As the audit log shows it."""
        number = "" if self.version is None else f" {self.version}"
        return f"{self.kind.value}{number} ({self.language}, {self.file[:12]})"


class LegalDocuments(Payload):
    """The versions that are in force, those that will be, and those that are to be published.

    Superseded versions are not listed; they stay where they are. One that is not in force yet is
    withdrawn by leaving it out. One that is in force cannot be left out.
    """

    documents: tuple[LegalEntry, ...] = Field((), max_length=MOST_ENTRIES)
