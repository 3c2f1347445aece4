"""Values for every section that the engine draws a form for, and a section of the tests' own."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from portico.audit.services import Actor
from portico.basic_settings.payloads import Payload
from portico.basic_settings.registry import AnySection, all_sections
from portico.basic_settings.sections import Section, SettingsForm
from portico.files.models import StoredFile
from portico.files.services import store
from portico.kernel.errors import Conflict
from portico.ui.values import Fact
from portico.workspaces.models import Workspace
from tests.make import AT

FIRST: dict[str, dict[str, Any]] = {
    "branding": {"brand_color": "#0b6e4f"},
    "service-email": {"contact_url": "https://www.example.com/first-help"},
    "domain-preference": {"alternative_domain": "first.example.com"},
    "about-us": {"url": "https://www.example.com/first"},
    "copyright-notice": {"text": "© {year} First Company"},
}
SECOND: dict[str, dict[str, Any]] = {
    "branding": {"brand_color": "#8a1c7c"},
    "service-email": {"contact_url": "https://www.example.com/second-help"},
    "domain-preference": {"alternative_domain": "second.example.com"},
    "about-us": {"url": "https://www.example.com/second"},
    "copyright-notice": {"text": "© {year} Second Company"},
}
REFUSED: dict[str, dict[str, Any]] = {
    "branding": {"brand_color": "#ffff00"},
    "service-email": {"contact_url": "javascript:alert(1)"},
    "domain-preference": {"alternative_domain": "192.0.2.1"},
    "about-us": {"url": "javascript:alert(1)"},
    "copyright-notice": {"text": "Nobody's words"},
}

# One with a page of its own, or with more than texts, has its own tests.
SECTIONS: tuple[AnySection, ...] = tuple(one for one in all_sections() if one.name in FIRST)
DRAFTED = tuple(section for section in SECTIONS if section.drafts)


def text_in(values: dict[str, Any]) -> str:
    """The one value of a sample, as it is typed and as it is shown."""
    (text,) = values.values()
    return str(text)


class Shelf(Payload):
    """What the tests' own section holds: files, by hash."""

    label: str = ""
    files: tuple[str, ...] = ()


class ShelfSection(Section[Shelf]):
    """A section of files. `fails`: something goes wrong after everything is written."""

    name = "shelf"
    title = "Shelf"
    about = "For tests."
    surfaces = ("Nowhere",)
    schema = Shelf
    form = SettingsForm

    def __init__(self, *, fails: bool = False) -> None:
        self.fails = fails

    def files(self, workspace: Workspace, payload: Shelf) -> frozenset[str]:  # noqa: ARG002
        return frozenset(payload.files)

    def published(
        self,
        workspace: Workspace,  # noqa: ARG002
        payload: Shelf,  # noqa: ARG002
        *,
        by: Actor,  # noqa: ARG002
        at: datetime,  # noqa: ARG002
    ) -> None:
        if self.fails:
            raise Conflict

    def facts(
        self,
        workspace: Workspace,  # noqa: ARG002
        payload: Shelf,
        *,
        at: datetime,  # noqa: ARG002
        files: Mapping[str, StoredFile],  # noqa: ARG002
    ) -> dict[str, Fact]:
        return {"label": Fact("Label", payload.label)} if payload.label else {}


shelf = ShelfSection()
failing_shelf = ShelfSection(fails=True)


def stored(workspace: Workspace, content: bytes = b"bytes", *, at: datetime = AT) -> str:
    """The hash of a file of this workspace."""
    return store(workspace, content, content_type="image/png", at=at).sha256
