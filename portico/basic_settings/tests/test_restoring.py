"""Restore and reset publish anew, through every check; the history shows what each changed."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection

from conftest import Cast
from portico.audit.models import AuditEntry, AuditPerson
from portico.audit.services import PLATFORM, erase_person
from portico.basic_settings.models import Origin, SettingsRevision
from portico.basic_settings.registry import AnySection, section_named
from portico.basic_settings.services import (
    StaleRevision,
    diff,
    history,
    live,
    payload_at,
    reset,
    restore,
    revision_of,
    save,
)
from portico.basic_settings.tests.samples import (
    FIRST,
    REFUSED,
    SECOND,
    SECTIONS,
    Shelf,
    shelf,
    stored,
)
from portico.files.models import FileUse
from portico.kernel.errors import InvalidFields, NotFound
from portico.outbox.models import Event
from portico.workspaces.models import Workspace
from tests.make import AT, actor


def stored_long_ago(workspace: Workspace, section: AnySection, values: dict[str, Any]) -> None:
    """A revision from before its section's rules became what they are."""
    payload = {**section.default(workspace).model_dump(mode="json"), **values}
    SettingsRevision.objects.create(
        workspace=workspace, section=section.name, number=1, based_on=0, payload=payload
    )


@pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.name)
def test_restoring_publishes_a_copy_as_the_newest_revision(cast: Cast, section: AnySection) -> None:
    by = actor(cast.admin)
    save(cast.acme, section, FIRST[section.name], based_on=0, by=by, at=AT)
    save(cast.acme, section, SECOND[section.name], based_on=1, by=by, at=AT)

    restored = restore(cast.acme, section, 1, based_on=2, by=by, at=AT, reason="Back")

    assert (restored.number, restored.restored_from, restored.origin) == (3, 1, Origin.RESTORE)
    assert live(cast.acme, section).payload == section.schema(**FIRST[section.name])
    assert revision_of(cast.acme, section, 1).payload == restored.payload
    assert AuditEntry.objects.get(action="settings.restore").reason == "Back"
    assert Event.objects.filter(name="settings.changed").count() == 3


@pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.name)
def test_a_revision_that_would_be_refused_today_is_not_restored(
    cast: Cast, section: AnySection
) -> None:
    stored_long_ago(cast.acme, section, REFUSED[section.name])

    with pytest.raises(InvalidFields) as refusal:
        restore(cast.acme, section, 1, based_on=0, by=actor(cast.admin), at=AT)

    assert set(refusal.value.errors) == set(REFUSED[section.name])
    assert live(cast.acme, section).number == 0


def test_a_restored_revision_needs_its_files_again(cast: Cast) -> None:
    by, sha256 = actor(cast.admin), stored(cast.acme)
    save(cast.acme, shelf, {"files": [sha256]}, based_on=0, by=by, at=AT)
    save(cast.acme, shelf, {}, based_on=1, by=by, at=AT)

    restored = restore(cast.acme, shelf, 1, based_on=2, by=by, at=AT)

    assert {use.user_id for use in FileUse.objects.all()} >= {restored.id}


def test_a_stale_restore_is_refused(cast: Cast) -> None:
    section, by = section_named("about-us"), actor(cast.admin)
    save(cast.acme, section, FIRST["about-us"], based_on=0, by=by, at=AT)
    save(cast.acme, section, SECOND["about-us"], based_on=1, by=by, at=AT)

    with pytest.raises(StaleRevision):
        restore(cast.acme, section, 1, based_on=1, by=by, at=AT)


@pytest.mark.parametrize("number", [0, 2, 2**63])
def test_a_revision_that_never_was_cannot_be_restored(cast: Cast, number: int) -> None:
    section, by = section_named("about-us"), actor(cast.admin)
    save(cast.acme, section, FIRST["about-us"], based_on=0, by=by, at=AT)

    with pytest.raises(NotFound):
        restore(cast.acme, section, number, based_on=1, by=by, at=AT)


def test_another_workspaces_revision_cannot_be_restored(cast: Cast) -> None:
    section = section_named("about-us")
    save(cast.zenith, section, FIRST["about-us"], based_on=0, by=actor(cast.outsider), at=AT)

    with pytest.raises(NotFound):
        restore(cast.acme, section, 1, based_on=0, by=actor(cast.admin), at=AT)


@pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.name)
def test_a_reset_publishes_the_default(cast: Cast, section: AnySection) -> None:
    by = actor(cast.admin)
    save(cast.acme, section, FIRST[section.name], based_on=0, by=by, at=AT)

    revision = reset(cast.acme, section, based_on=1, by=by, at=AT)

    assert (revision.number, revision.origin) == (2, Origin.RESET)
    assert live(cast.acme, section).payload == section.default(cast.acme)
    with pytest.raises(StaleRevision):
        reset(cast.acme, section, based_on=1, by=by, at=AT)


def test_the_history_is_newest_first_and_of_one_section_alone(cast: Cast) -> None:
    section, by = section_named("about-us"), actor(cast.admin)
    for number in range(3):
        values = {"url": f"https://www.example.com/{number}"}
        save(cast.acme, section, values, based_on=number, by=by, at=AT)
    notice = section_named("copyright-notice")
    save(cast.acme, notice, FIRST["copyright-notice"], based_on=0, by=by, at=AT)

    assert [revision.number for revision in history(cast.acme, section)] == [3, 2, 1]
    assert payload_at(cast.acme, section, 1).url == "https://www.example.com/0"
    assert payload_at(cast.acme, section, 0).url == ""


def test_a_diff_names_the_fields_that_differ_as_they_are_shown(cast: Cast) -> None:
    section = section_named("about-us")
    before, after = section.schema(), section.schema(**FIRST["about-us"])

    (change,) = diff(cast.acme, section, before, after, at=AT)

    assert (change.field, change.before) == ("Address", None)
    assert diff(cast.acme, section, after, after, at=AT) == []


def test_a_diff_copes_with_a_fact_that_only_one_side_shows(cast: Cast) -> None:
    labelled, blank = Shelf(label="Top"), Shelf()

    (added,) = diff(cast.acme, shelf, blank, labelled, at=AT)
    (removed,) = diff(cast.acme, shelf, labelled, blank, at=AT)

    assert (added.field, added.before, added.after) == ("Label", None, "Top")
    assert (removed.field, removed.before, removed.after) == ("Label", "Top", None)


def test_the_platform_and_an_erased_person_are_authors_too(cast: Cast) -> None:
    section = section_named("about-us")
    save(cast.acme, section, FIRST["about-us"], based_on=0, by=PLATFORM, at=AT)
    save(cast.acme, section, SECOND["about-us"], based_on=1, by=actor(cast.admin), at=AT)
    erase_person(cast.admin.person_id, at=AT)

    newest, oldest = history(cast.acme, section)

    assert (str(newest.author), oldest.author) == ("erased person", None)
    assert AuditPerson.objects.get(id=cast.admin.person_id).email == ""
    with connection.cursor() as cursor:
        cursor.execute("SELECT payload::text FROM basic_settings_settingsrevision")
        assert not any("admin@" in text for (text,) in cursor.fetchall())
