"""What pages ask of the database does not grow with workspaces, revisions or files."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from conftest import Cast
from portico.basic_settings.cards import entries_of
from portico.basic_settings.models import SettingsRevision
from portico.basic_settings.registry import section_named
from portico.basic_settings.services import LiveSettings, save
from portico.basic_settings.tests.pages import path, send
from portico.basic_settings.tests.samples import FIRST, SECTIONS, Shelf, shelf, stored
from portico.workspaces.models import Workspace
from tests.make import AT, actor, make_member, make_workspace

Browse = Callable[..., Client]


def queries(browser: Client, address: str) -> int:
    """How many queries a page takes, once what is made on first sight is made."""
    for _time in range(2):
        browser.get(address)
    with CaptureQueriesContext(connection) as captured:
        assert browser.get(address).status_code == 200
    return len(captured)


def with_history(workspace: Workspace, cast: Cast, length: int) -> None:
    """Save every section this often."""
    SettingsRevision.objects.bulk_create(
        SettingsRevision(
            workspace=workspace,
            section=section.name,
            number=number,
            based_on=number - 1,
            payload=section.schema(**FIRST[section.name]).model_dump(mode="json"),
            author_id=cast.admin.person_id,
        )
        for section in SECTIONS
        for number in range(2, length + 1)
    )


@pytest.mark.parametrize("address", ["/settings/tenant/", path("branding", "edit"), "/"])
def test_a_page_takes_as_many_queries_with_50_workspaces_as_with_one(
    cast: Cast, browse: Browse, address: str
) -> None:
    admin = browse(cast.acme, cast.admin)
    alone = queries(admin, address)
    for _number in range(50):
        make_member(make_workspace(), person=cast.admin.person)

    assert queries(admin, address) == alone


@pytest.mark.parametrize(
    "address", ["/settings/tenant/", path("branding", "edit"), path("branding", "history/1")]
)
def test_a_page_takes_as_many_queries_with_40_revisions_as_with_one(
    cast: Cast, browse: Browse, address: str
) -> None:
    admin = browse(cast.acme, cast.admin)
    for section in SECTIONS:
        send(admin, section.name, FIRST[section.name])
    one = queries(admin, address)
    with_history(cast.acme, cast, 40)

    assert queries(admin, address) == one


def test_the_settings_page_reads_all_sections_at_once(cast: Cast, browse: Browse) -> None:
    admin = browse(cast.acme, cast.admin)

    # Beside the settings: the domain, the outbound addresses, what is to be accepted, releases in
    # flight and requests to take something offline, what waits for this member's approval.
    assert queries(admin, "/settings/tenant/") <= 17


def test_the_history_page_takes_as_many_queries_for_20_entries_as_for_2(
    cast: Cast, browse: Browse
) -> None:
    admin = browse(cast.acme, cast.admin)
    for section in SECTIONS:
        send(admin, section.name, FIRST[section.name])
    with_history(cast.acme, cast, 2)
    two = queries(admin, path("branding", "history"))
    SettingsRevision.objects.bulk_create(
        SettingsRevision(
            workspace=cast.acme,
            section="branding",
            number=number,
            based_on=number - 1,
            payload={"logo": f"{number:064}", "favicon": f"{number + 100:064}"},
            author_id=cast.admin.person_id,
        )
        for number in range(3, 31)
    )

    twenty = queries(admin, path("branding", "history"))

    assert twenty == two + 1  # the files of all entries, in one query


def test_the_files_of_a_whole_history_are_read_in_one_query(cast: Cast) -> None:
    by = actor(cast.admin)
    for number in range(12):
        values = {"files": [stored(cast.acme, bytes([number, k])) for k in range(3)]}
        save(cast.acme, shelf, values, based_on=number, by=by, at=AT)
    revisions = list(SettingsRevision.objects.filter(section="shelf").select_related("author"))

    with CaptureQueriesContext(connection) as captured:
        entries = entries_of(cast.acme, shelf, revisions, live_number=12, at=AT)

    assert len(entries) == 12
    assert len(captured) == 1


def test_all_live_settings_take_one_query(cast: Cast) -> None:
    section = section_named("about-us")
    save(cast.acme, section, FIRST["about-us"], based_on=0, by=actor(cast.admin), at=AT)
    settings = LiveSettings(cast.acme)

    with CaptureQueriesContext(connection) as captured:
        for one in (*SECTIONS, shelf):
            settings.live(one)
        assert settings.fingerprint == (("about-us", 1),)

    assert len(captured) == 1
    assert settings.live(shelf).payload == Shelf()
