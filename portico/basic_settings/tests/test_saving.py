"""Saving: numbers, refusals, and what is written with a change or not at all."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from conftest import Cast
from portico.audit.models import AuditEntry
from portico.basic_settings.models import LiveSetting, SettingsRevision
from portico.basic_settings.registry import AnySection, section_named
from portico.basic_settings.rules import NotText, ReasonTooLong
from portico.basic_settings.services import StaleRevision, live, save
from portico.basic_settings.tests.samples import (
    FIRST,
    REFUSED,
    SECOND,
    SECTIONS,
    failing_shelf,
    shelf,
    stored,
)
from portico.files.models import FileUse
from portico.files.services import NoSuchFile
from portico.kernel.errors import Conflict, InvalidFields
from portico.outbox.models import Event
from portico.workspaces.models import Membership, Workspace
from tests.make import AT, actor

URL = {"url": "https://www.example.com/"}


def saved(
    workspace: Workspace, member: Membership, values: dict[str, Any] = URL, *, based_on: int = 0
) -> SettingsRevision:
    """The revision that saving About Us makes."""
    section = section_named("about-us")
    return save(workspace, section, values, based_on=based_on, by=actor(member), at=AT)


@pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.name)
def test_revisions_are_numbered_from_one_and_the_newest_is_live(
    cast: Cast, section: AnySection
) -> None:
    by = actor(cast.admin)

    first = save(cast.acme, section, FIRST[section.name], based_on=0, by=by, at=AT)
    second = save(cast.acme, section, SECOND[section.name], based_on=1, by=by, at=AT, reason="Why")

    assert (first.number, first.based_on) == (1, 0)
    assert (second.number, second.based_on, second.reason) == (2, 1, "Why")
    assert live(cast.acme, section).number == 2
    assert live(cast.acme, section).payload == section.schema(**SECOND[section.name])


def test_before_anything_was_saved_the_default_is_live_as_revision_0(cast: Cast) -> None:
    found = live(cast.acme, section_named("about-us"))

    assert (found.number, found.revision) == (0, None)
    assert found.payload.url == ""


def test_a_stale_save_is_refused_naming_who_and_both_revisions(cast: Cast) -> None:
    saved(cast.acme, cast.admin)

    with pytest.raises(StaleRevision) as refusal:
        saved(cast.acme, cast.admin, {"url": "https://late.example.com/"})

    sentence = str(refusal.value)
    assert "Workspace Admin changed this while you were editing it." in sentence
    assert "based on revision 0; revision 1 is live now" in sentence
    assert live(cast.acme, section_named("about-us")).number == 1


@pytest.mark.parametrize("based_on", [-1, 1, 2**63, -(2**63)])
def test_a_save_based_on_a_revision_that_never_was_is_refused(cast: Cast, based_on: int) -> None:
    with pytest.raises(StaleRevision) as refusal:
        saved(cast.acme, cast.admin, based_on=based_on)

    assert "revision 0 is live now" in str(refusal.value)


@pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.name)
def test_refused_values_name_their_field_and_write_nothing(cast: Cast, section: AnySection) -> None:
    values = REFUSED[section.name]

    with pytest.raises(InvalidFields) as refusal:
        save(cast.acme, section, values, based_on=0, by=actor(cast.admin), at=AT)

    assert set(refusal.value.errors) == set(values)
    assert not SettingsRevision.objects.exists()


def test_unknown_fields_are_refused(cast: Cast) -> None:
    with pytest.raises(InvalidFields) as refusal:
        saved(cast.acme, cast.admin, {**URL, "secret": "x"})

    assert set(refusal.value.errors) == {"secret"}


def test_a_change_is_in_the_audit_log_and_the_outbox(cast: Cast) -> None:
    saved(cast.acme, cast.admin)

    entry = AuditEntry.objects.get(action="settings.save")
    event = Event.objects.get(name="settings.changed")
    assert (entry.workspace_id, entry.actor_id) == (cast.acme.id, cast.admin.person_id)
    assert entry.changes == [{"field": "url", "before": "", "after": URL["url"]}]
    assert event.workspace_id == cast.acme.id
    assert event.payload == {"section": "about-us", "revision": 1, "sensitive": False}


def test_what_fails_late_leaves_nothing_behind(cast: Cast) -> None:
    sha256 = stored(cast.acme)

    with pytest.raises(Conflict):
        save(cast.acme, failing_shelf, {"files": [sha256]}, based_on=0, by=actor(cast.admin), at=AT)

    assert not SettingsRevision.objects.exists()
    assert not LiveSetting.objects.filter(revision__isnull=False).exists()
    assert not AuditEntry.objects.filter(action="settings.save").exists()
    assert not Event.objects.filter(name="settings.changed").exists()
    assert not FileUse.objects.exists()


def test_audit_and_event_go_with_a_transaction_that_is_rolled_back(cast: Cast) -> None:
    with transaction.atomic():
        saved(cast.acme, cast.admin)
        transaction.set_rollback(True)

    assert not SettingsRevision.objects.exists()
    assert not AuditEntry.objects.filter(action="settings.save").exists()
    assert not Event.objects.filter(name="settings.changed").exists()


def test_files_are_named_by_hash_and_marked_as_used(cast: Cast) -> None:
    sha256 = stored(cast.acme, b"the bytes themselves")

    revision = save(cast.acme, shelf, {"files": [sha256]}, based_on=0, by=actor(cast.admin), at=AT)

    assert revision.payload == {"label": "", "files": [sha256]}
    use = FileUse.objects.get()
    assert (use.user_kind, use.user_id, use.file.sha256) == ("revision", revision.id, sha256)


def test_another_workspaces_file_is_refused_like_one_that_is_nowhere(cast: Cast) -> None:
    theirs, nowhere = stored(cast.zenith), "0" * 64

    for sha256 in (theirs, nowhere):
        with pytest.raises(NoSuchFile) as refusal:
            save(cast.acme, shelf, {"files": [sha256]}, based_on=0, by=actor(cast.admin), at=AT)
        assert str(refusal.value).replace(sha256, "…") == (
            "There is no file … in this workspace. Upload it first, then name it."
        )


def test_two_workspaces_do_not_touch(cast: Cast) -> None:
    saved(cast.acme, cast.admin)
    theirs = saved(cast.zenith, cast.outsider, {"url": "https://zenith.example.com/"})

    assert theirs.number == 1
    assert live(cast.acme, section_named("about-us")).payload.url == URL["url"]
    assert live(cast.zenith, section_named("about-us")).payload.url == "https://zenith.example.com/"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE basic_settings_settingsrevision SET payload = '{}'",
        "UPDATE basic_settings_settingsrevision SET number = number",
        "DELETE FROM basic_settings_settingsrevision",
        "TRUNCATE basic_settings_settingsrevision CASCADE",
    ],
)
def test_the_database_refuses_to_change_a_revision(cast: Cast, statement: str) -> None:
    saved(cast.acme, cast.admin)

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)

    assert SettingsRevision.objects.get().payload == URL


def test_a_reason_is_one_line(cast: Cast) -> None:
    section = section_named("about-us")

    revision = save(
        cast.acme, section, URL, based_on=0, by=actor(cast.admin), at=AT, reason=" New\r\n\tsite "
    )

    assert revision.reason == "New site"
    assert AuditEntry.objects.get(action="settings.save").reason == "New site"


@pytest.mark.parametrize(
    ("reason", "error"),
    [("x" * 501, ReasonTooLong), ("a\0b", NotText), ("a\x1b[2Jb", NotText), ("\ud800", NotText)],
)
def test_a_reason_that_cannot_be_kept_is_refused(
    cast: Cast, reason: str, error: type[Exception]
) -> None:
    section = section_named("about-us")

    with pytest.raises(error):
        save(cast.acme, section, URL, based_on=0, by=actor(cast.admin), at=AT, reason=reason)

    assert not SettingsRevision.objects.exists()


@pytest.mark.parametrize("sign", ["\0", "\ud800"])
def test_text_that_the_database_cannot_keep_is_refused_beside_its_field(
    cast: Cast, sign: str
) -> None:
    with pytest.raises(InvalidFields) as refusal:
        save(cast.acme, shelf, {"label": f"a{sign}b"}, based_on=0, by=actor(cast.admin), at=AT)

    assert isinstance(refusal.value.errors["label"], NotText)
