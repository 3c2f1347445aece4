"""What tests in every folder stand on: a cast, clients, and a database they share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import transaction
from django.db.backends.postgresql.operations import DatabaseOperations
from django.test import Client

from portico.accounts.binding import HOST_KEY, WORKSPACE_KEY
from portico.workspaces.models import Membership, Workspace
from portico.workspaces.permissions import Role
from tests.casting import Template
from tests.make import make_member, make_person, make_token, make_workspace
from tests.thrift import be_thrifty

APPEND_ONLY = (
    "approvals_approvalrequest",
    "approvals_decision",
    "audit_auditentry",
    "basic_settings_settingsrevision",
    "legal_legalledger",
    "legal_legalversion",
    "legal_legaldocument",
    "miniprograms_version",
    "releases_releaseevent",
)


_numbers = count(1)


@dataclass(frozen=True)
class Cast:
    """One member of `acme` for each role, and the outsider: an admin of `zenith`."""

    acme: Workspace
    zenith: Workspace
    admin: Membership
    developer: Membership
    reviewer: Membership
    operator: Membership
    inspector: Membership
    outsider: Membership

    def members(self) -> dict[str, Membership]:
        """The members of `acme` by role."""
        return {role.value: getattr(self, role.value) for role in Role}


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """Add what `portico migrate` makes beside the migrations, and make the cast for the first
    time."""
    with django_db_blocker.unblock():
        call_command("createcachetable", verbosity=0)
        templates.append(Template(_made_cast))
    let_append_only_tables_be_flushed()


def let_append_only_tables_be_flushed() -> None:
    """Let the flush after a transactional test empty tables that refuse to be emptied, and leave
    alone those that are empty: that is most of them, and each one costs."""

    def flush_what_is_full(self: DatabaseOperations, _sql_list: Any) -> None:
        tables = set(self.connection.introspection.django_table_names(only_existing=True))
        tables.add("procrastinate_jobs")  # and with them what is noted of them
        tables -= {"django_content_type", "auth_permission"}  # they would be written anew at once
        with self.connection.cursor() as cursor:
            questions = [
                f"SELECT '{table}' WHERE EXISTS (SELECT FROM \"{table}\")"  # noqa: S608 - ours
                for table in tables
            ]
            cursor.execute(" UNION ALL ".join(questions))
            full = [table for (table,) in cursor.fetchall()]
            refusing = [table for table in full if table in APPEND_ONLY]
            for table in refusing:
                cursor.execute(f'ALTER TABLE "{table}" DISABLE TRIGGER USER')
            with transaction.atomic():
                for table in full:
                    cursor.execute(f'DELETE FROM "{table}"')  # noqa: S608 - ours
            for table in refusing:
                cursor.execute(f'ALTER TABLE "{table}" ENABLE TRIGGER USER')

    setattr(DatabaseOperations, "execute_sql_flush", flush_what_is_full)  # noqa: B010 - one for all


def pytest_collection_finish() -> None:
    """Everything is imported, and no test has run."""
    be_thrifty()


@pytest.fixture(autouse=True)
def _own_storage(tmp_path_factory: pytest.TempPathFactory, settings: Any) -> None:
    """Store files where no other test does: in a folder that is made for the first of them."""
    folder = tmp_path_factory.getbasetemp() / f"storage-{next(_numbers)}" / "files"
    storages = {**settings.STORAGES}
    storages["default"] = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(folder), "base_url": None},
    }
    settings.STORAGES = storages


@pytest.fixture
def cast(db: None) -> Cast:
    """The fixed cast."""
    return make_cast()


templates: list[Template[Cast]] = []


def make_cast() -> Cast:
    """Put the fixed cast into the present, empty database."""
    return templates[0].put()


def _made_cast() -> Cast:
    acme, zenith = make_workspace("acme", "Acme Pay"), make_workspace("zenith", "Zenith Bank")
    members = {
        role.value: make_member(
            acme, role, person=make_person(f"{role.value}@acme.example.com", name=str(role.label))
        )
        for role in Role
    }
    outsider = make_member(zenith, person=make_person("admin@zenith.example.com", name="Zoe"))
    return Cast(acme=acme, zenith=zenith, outsider=outsider, **members)


@pytest.fixture
def acme(cast: Cast) -> Workspace:
    """The workspace that tests are about."""
    return cast.acme


@pytest.fixture
def zenith(cast: Cast) -> Workspace:
    """The other one."""
    return cast.zenith


def browser(workspace: Workspace, member: Membership | None = None) -> Client:
    """A browser on a workspace's host, signed in as this member (of any workspace), or nobody."""
    host = f"{workspace.slug}.localhost:8000"
    client = Client(headers={"host": host})
    if member is not None:
        client.force_login(member.person, backend=settings.AUTHENTICATION_BACKENDS[0])
        session = client.session
        session[HOST_KEY], session[WORKSPACE_KEY] = host, str(workspace.id)
        session.save()
    return client


@pytest.fixture
def browse() -> Callable[..., Client]:
    """`browse(workspace, member)`: a signed-in browser; without a member, a visitor's."""
    return browser


@pytest.fixture
def call() -> Callable[..., Client]:
    """`call(workspace, member)`: a client of the API with a token of that member."""

    def caller(workspace: Workspace, member: Membership | None = None) -> Client:
        headers = {"host": f"{workspace.slug}.localhost:8000"}
        if member is not None:
            headers["authorization"] = f"Bearer {make_token(member)[1]}"
        return Client(headers=headers)

    return caller
