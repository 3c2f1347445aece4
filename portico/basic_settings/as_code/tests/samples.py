"""A workspace whose settings are all set, and files of settings."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from conftest import Cast
from portico.audit.services import PLATFORM
from portico.basic_settings import services
from portico.basic_settings.as_code.applying import Wish, apply, plan
from portico.basic_settings.as_code.exporting import Export, export
from portico.basic_settings.as_code.packing import Bundle, opened, zipped
from portico.basic_settings.as_code.plans import Plan, PlannedSection
from portico.basic_settings.as_code.writing import yaml_of
from portico.basic_settings.payloads import Payload
from portico.basic_settings.registry import all_sections, section_named
from portico.branding.rules import Purpose
from portico.branding.services import take_in_picture
from portico.branding.tests.uploads import png
from portico.workspaces.models import Workspace
from tests.make import AT, actor

PASSWORD = "the password of the mail server"
MAIL = {
    "account": "service@acme.example.com",
    "nickname": "Acme “Pay”: 爱可米",
    "host": "smtp.example.com",
    "port": 587,
    "security": "starttls",
    "contact_url": "https://www.example.com/help",
}
ABOUT = {"url": "https://www.example.com/about/{lang}"}
NOTICE = {"text": "© {year} Acme: all # rights"}


def save(workspace: Workspace, name: str, values: dict[str, Any], *, based_on: int = 0) -> None:
    """Save a section, as the platform."""
    section = section_named(name)
    services.save(workspace, section, values, based_on=based_on, by=PLATFORM, at=AT)


def values_of(workspace: Workspace, name: str) -> dict[str, Any]:
    """The live values of a section, plain."""
    payload: Payload = services.live(workspace, section_named(name)).payload
    return payload.model_dump(mode="json")


def number_of(workspace: Workspace, name: str) -> int:
    """The number of a section's live revision."""
    return services.live(workspace, section_named(name)).number


def numbers(workspace: Workspace) -> dict[str, int]:
    """The live revisions of all sections."""
    return {section.name: number_of(workspace, section.name) for section in all_sections()}


def fill(workspace: Workspace) -> None:
    """Set what can be set without a file."""
    save(workspace, "about-us", ABOUT)
    save(workspace, "copyright-notice", NOTICE)
    save(workspace, "service-email", {**MAIL, "password": PASSWORD})


def upload_logo(workspace: Workspace, color: str = "#0b6e4f") -> str:
    """A logo of the workspace, by its hash."""
    stored, _removed = take_in_picture(
        workspace, png(color), purpose=Purpose.LOGO, name="Logo.png", at=AT
    )
    return stored.sha256


def exported(workspace: Workspace) -> Export:
    """All settings of a workspace."""
    return export(workspace, all_sections(), at=AT)


def carried(workspace: Workspace) -> Bundle:
    """The same with its files, as somebody carries it in a ZIP file."""
    return opened(zipped(exported(workspace)))


def written(
    workspace: Workspace | None,
    sections: Mapping[str, Mapping[str, object]],
    *,
    revision: int | None = None,
) -> Bundle:
    """A file that somebody wrote: values by section, all made from the same revision."""
    head: dict[str, object] = {"portico": 1}
    if workspace is not None:
        head |= {"workspace": workspace.slug, "workspace_id": str(workspace.id)}
    based = {} if revision is None else {"revision": revision}
    body = {name: {**based, "values": dict(values)} for name, values in sections.items()}
    return opened(yaml_of({**head, "sections": body}).encode())


@dataclass(frozen=True)
class Hand:
    """Somebody who plans and applies files in a workspace."""

    cast: Cast
    workspace: Workspace

    def plan(self, bundle: Bundle, **wishes: Any) -> Plan:
        """What the file would do."""
        return plan(self.workspace, Wish(bundle, **wishes), by=actor(self.cast.admin), at=AT)

    def apply(self, bundle: Bundle, *, digest: str = "", reason: str = "", **wishes: Any) -> Plan:
        """Apply the file."""
        return apply(
            self.workspace,
            Wish(bundle, **wishes),
            by=actor(self.cast.admin),
            at=AT,
            digest=digest,
            reason=reason,
        )

    def carry_out(self, bundle: Bundle, **wishes: Any) -> Plan:
        """Plan the file, and apply just that."""
        return self.apply(bundle, digest=self.plan(bundle, **wishes).digest, **wishes)


def part(plan: Plan, name: str) -> PlannedSection:
    """What a plan says of one section."""
    return next(one for one in plan.sections if one.section.name == name)


def sentences(plan: Plan) -> dict[str, str]:
    """What stands in the way, by place."""
    return {problem.place: str(problem.said) for problem in plan.all_problems}


def sha256_of(content: bytes) -> str:
    """What a file is named."""
    return hashlib.sha256(content).hexdigest()
