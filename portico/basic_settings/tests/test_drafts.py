"""Drafts: kept, seen by nobody, published or thrown away."""

from __future__ import annotations

from typing import Any

import pytest

from conftest import Cast
from portico.audit.models import AuditEntry
from portico.basic_settings.models import Origin, SettingsDraft, SettingsRevision
from portico.basic_settings.registry import AnySection, section_named
from portico.basic_settings.services import (
    DraftGone,
    NoDraft,
    NoDraftsHere,
    StaleDraft,
    StaleRevision,
    discard_draft,
    draft_of,
    drafts_of,
    live,
    publish_draft,
    save,
    save_draft,
)
from portico.basic_settings.tests.samples import (
    DRAFTED,
    FIRST,
    SECOND,
    ShelfSection,
    shelf,
    stored,
)
from portico.files.models import FileUse
from portico.files.services import NoSuchFile
from portico.kernel.errors import InvalidFields
from portico.outbox.models import Event
from portico.workspaces.models import Membership
from tests.make import AT, actor, make_member, make_person

URL = {"url": "https://draft.example.com/"}


def drafted(
    member: Membership, values: dict[str, Any] = URL, *, based_on: int = 0, version: int = 0
) -> SettingsDraft:
    section = section_named("about-us")
    return save_draft(
        member.workspace,
        section,
        values,
        based_on=based_on,
        version=version,
        by=actor(member),
        at=AT,
    )


@pytest.mark.parametrize("section", DRAFTED, ids=lambda section: section.name)
def test_a_draft_goes_live_when_it_is_published_and_is_gone_then(
    cast: Cast, section: AnySection
) -> None:
    by, values = actor(cast.admin), FIRST[section.name]
    save_draft(cast.acme, section, values, based_on=0, version=0, by=by, at=AT)
    before = live(cast.acme, section)

    revision = publish_draft(cast.acme, section, version=1, based_on=0, by=by, at=AT, reason="Go")

    assert before.number == 0
    assert live(cast.acme, section).payload == section.schema(**values)
    assert (revision.number, revision.origin, revision.reason) == (1, Origin.DRAFT, "Go")
    assert draft_of(cast.acme, section) is None
    assert AuditEntry.objects.filter(action="settings.draft").count() == 1


def test_saving_a_draft_is_recorded_but_no_event_says_that_anything_changed(cast: Cast) -> None:
    drafted(cast.admin)

    assert AuditEntry.objects.filter(action="settings.draft_saved").count() == 1
    assert not Event.objects.filter(name="settings.changed").exists()


def test_each_save_of_a_draft_is_a_version_of_it(cast: Cast) -> None:
    first = drafted(cast.admin)
    second = drafted(cast.admin, {"url": "https://second.example.com/"}, version=1)

    assert (first.id, second.version) == (second.id, 2)
    assert SettingsDraft.objects.count() == 1


def test_a_draft_that_somebody_else_changed_is_not_written_over(cast: Cast) -> None:
    drafted(cast.admin)
    other = make_member(cast.acme, person=make_person("sam@acme.example.com", name="Sam"))
    drafted(other, {"url": "https://sam.example.com/"}, version=1)

    with pytest.raises(StaleDraft, match="Sam changed the draft while you were editing it"):
        drafted(cast.admin, {"url": "https://late.example.com/"}, version=1)

    draft = draft_of(cast.acme, section_named("about-us"))
    assert draft is not None
    assert draft.payload == {"url": "https://sam.example.com/"}


def test_a_draft_that_is_gone_is_not_brought_back_by_saving(cast: Cast) -> None:
    drafted(cast.admin)
    section = section_named("about-us")
    discard_draft(cast.acme, section, version=1, by=actor(cast.admin), at=AT)

    with pytest.raises(DraftGone, match="published or discarded"):
        drafted(cast.admin, version=1)


@pytest.mark.parametrize("based_on", [-1, 1, 2**63])
def test_a_draft_based_on_a_revision_that_never_was_is_refused(cast: Cast, based_on: int) -> None:
    with pytest.raises(StaleRevision):
        drafted(cast.admin, based_on=based_on)


def test_a_draft_over_older_values_may_be_kept(cast: Cast) -> None:
    section, by = section_named("about-us"), actor(cast.admin)
    save(cast.acme, section, SECOND["about-us"], based_on=0, by=by, at=AT)

    draft = drafted(cast.admin, based_on=0)

    assert draft.based_on == 0


def test_publishing_over_a_changed_live_revision_is_refused_and_keeps_the_draft(
    cast: Cast,
) -> None:
    section, by = section_named("about-us"), actor(cast.admin)
    drafted(cast.admin)
    save(cast.acme, section, SECOND["about-us"], based_on=0, by=by, at=AT)

    with pytest.raises(StaleRevision, match="Workspace Admin changed this"):
        publish_draft(cast.acme, section, version=1, based_on=0, by=by, at=AT)

    assert draft_of(cast.acme, section) is not None
    assert live(cast.acme, section).payload.url == SECOND["about-us"]["url"]
    assert publish_draft(cast.acme, section, version=1, based_on=1, by=by, at=AT).number == 2


def test_publishing_another_version_than_was_seen_is_refused(cast: Cast) -> None:
    section, by = section_named("about-us"), actor(cast.admin)
    drafted(cast.admin)
    drafted(cast.admin, {"url": "https://unseen.example.com/"}, version=1)

    with pytest.raises(StaleDraft):
        publish_draft(cast.acme, section, version=1, based_on=0, by=by, at=AT)

    assert live(cast.acme, section).number == 0


def test_a_discarded_draft_changes_nothing_live_and_lets_its_files_go(cast: Cast) -> None:
    by, sha256 = actor(cast.admin), stored(cast.acme)
    save_draft(cast.acme, shelf, {"files": [sha256]}, based_on=0, version=0, by=by, at=AT)
    used = FileUse.objects.count()

    discard_draft(cast.acme, shelf, version=1, by=by, at=AT)

    assert (used, FileUse.objects.count()) == (1, 0)
    assert live(cast.acme, shelf).number == 0
    assert AuditEntry.objects.filter(action="settings.draft_discarded").count() == 1


def test_a_draft_holds_the_files_of_its_newest_version(cast: Cast) -> None:
    by, one, two = actor(cast.admin), stored(cast.acme, b"one"), stored(cast.acme, b"two")
    save_draft(cast.acme, shelf, {"files": [one]}, based_on=0, version=0, by=by, at=AT)

    save_draft(cast.acme, shelf, {"files": [two]}, based_on=0, version=1, by=by, at=AT)

    assert [use.file.sha256 for use in FileUse.objects.select_related("file")] == [two]


def test_publishing_hands_the_files_from_the_draft_to_the_revision(cast: Cast) -> None:
    by, sha256 = actor(cast.admin), stored(cast.acme)
    save_draft(cast.acme, shelf, {"files": [sha256]}, based_on=0, version=0, by=by, at=AT)

    publish_draft(cast.acme, shelf, version=1, based_on=0, by=by, at=AT)

    assert [use.user_kind for use in FileUse.objects.all()] == ["revision"]


def test_a_draft_cannot_name_another_workspaces_file(cast: Cast) -> None:
    theirs = stored(cast.zenith)

    with pytest.raises(NoSuchFile):
        save_draft(
            cast.acme,
            shelf,
            {"files": [theirs]},
            based_on=0,
            version=0,
            by=actor(cast.admin),
            at=AT,
        )

    assert draft_of(cast.acme, shelf) is None


def test_a_draft_with_refused_values_is_not_kept(cast: Cast) -> None:
    with pytest.raises(InvalidFields):
        drafted(cast.admin, {"url": "javascript:alert(1)"})

    assert drafts_of(cast.acme) == {}


def test_without_a_draft_there_is_nothing_to_publish_or_discard(cast: Cast) -> None:
    section, by = section_named("about-us"), actor(cast.admin)

    with pytest.raises(NoDraft):
        publish_draft(cast.acme, section, version=0, based_on=0, by=by, at=AT)
    with pytest.raises(NoDraft):
        discard_draft(cast.acme, section, version=0, by=by, at=AT)


def test_a_section_may_have_no_drafts(cast: Cast) -> None:
    class Draftless(ShelfSection):
        drafts = False

    with pytest.raises(NoDraftsHere, match="Shelf has no drafts"):
        save_draft(cast.acme, Draftless(), {}, based_on=0, version=0, by=actor(cast.admin), at=AT)


def test_one_workspaces_draft_is_not_anothers(cast: Cast) -> None:
    drafted(cast.admin)
    section = section_named("about-us")

    with pytest.raises(NoDraft):
        publish_draft(cast.zenith, section, version=1, based_on=0, by=actor(cast.outsider), at=AT)

    assert drafts_of(cast.zenith) == {}
    assert not SettingsRevision.objects.exists()
