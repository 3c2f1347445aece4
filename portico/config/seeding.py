"""Making the demo's workspaces and people, through the services, as often as one likes."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from portico.accounts.models import Person
from portico.accounts.services import make_person
from portico.audit.services import Actor, Via
from portico.basic_settings import services as settings
from portico.basic_settings.registry import AnySection, section_named
from portico.config.demo import ACCOUNTS, NAMES, PASSWORD, WORKSPACES
from portico.config.seeding_documents import accept_documents, publish_documents
from portico.config.seeding_programs import make_programs
from portico.workspaces.models import Membership, Workspace
from portico.workspaces.permissions import Role
from portico.workspaces.services import add_member, make_workspace

BY = Actor(via=Via.COMMAND)

SETTINGS: dict[str, dict[str, dict[str, object]]] = {
    "acme": {
        "about-us": {"url": "https://www.example.com/{lang}/about"},
        "copyright-notice": {"text": "© 2019-{year} Acme Pay. All rights reserved."},
    },
}
WITH_DOCUMENTS = ("acme",)
WITH_PROGRAMS = ("acme",)


def seed(*, at: datetime) -> None:
    """Make what is missing of the demo; what people changed since stays as they left it."""
    with transaction.atomic():
        for slug, name, time_zone in WORKSPACES:
            workspace = Workspace.objects.filter(slug=slug).first() or make_workspace(
                slug, name, time_zone=time_zone, by=BY, at=at
            )
            for section_name, values in SETTINGS.get(slug, {}).items():
                _set(workspace, section_named(section_name), values, at=at)
            if slug in WITH_DOCUMENTS:
                publish_documents(workspace, at=at)
        for email, slug, role in ACCOUNTS:
            _add(email, NAMES[email], Workspace.objects.get(slug=slug), Role(role), at=at)
        for slug in WITH_PROGRAMS:
            make_programs(Workspace.objects.get(slug=slug), at=at)


def _add(email: str, name: str, workspace: Workspace, role: Role, *, at: datetime) -> None:
    person = Person.objects.filter(email=email).first() or make_person(
        email, name=name, password=PASSWORD, verified_at=at
    )
    if not Membership.objects.filter(workspace=workspace, person=person).exists():
        member = add_member(workspace, person, role, by=BY, at=at)
        if workspace.slug in WITH_DOCUMENTS:
            accept_documents(member, at=at)


def _set(
    workspace: Workspace, section: AnySection, values: dict[str, object], *, at: datetime
) -> None:
    if settings.live(workspace, section).number == 0:
        settings.save(workspace, section, values, based_on=0, by=BY, at=at)
