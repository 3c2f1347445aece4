"""Publishing: what is new among the settings becomes a version that never changes."""

from __future__ import annotations

from datetime import timedelta

import pytest

from conftest import Cast
from portico.audit.models import AuditEntry
from portico.files.collection import collect
from portico.files.models import StoredFile
from portico.kernel.errors import InvalidFields
from portico.legal.models import LegalKind
from portico.legal.services import version_in_force, versions_in_force
from portico.legal.tests.publishing import entry, listed, publish, save, upload
from portico.outbox.models import Event
from tests.jobs import waiting
from tests.make import AT

DAY = timedelta(days=1)


def test_a_new_document_becomes_version_1_and_is_in_force_at_once(cast: Cast) -> None:
    file = upload(cast.acme, "Be kind.", pages=3)

    save(cast.acme, cast.admin, [entry(file)])

    version = version_in_force(cast.acme, LegalKind.TERMS, at=AT)
    assert version is not None
    assert (version.number, version.governing_language, version.material) == (1, "en", True)
    (document,) = version.documents.all()
    assert (document.sha256, document.pages, len(document.sizes)) == (file, 3, 3)
    assert "Be kind." in document.text


def test_the_settings_list_the_version_with_all_that_the_platform_filled_in(cast: Cast) -> None:
    file = upload(cast.acme)

    save(cast.acme, cast.admin, [entry(file)])

    assert listed(cast.acme) == [
        entry(file, version=1, effective_at=AT, material=True, governing=True)
    ]


def test_a_second_version_supersedes_the_first_and_takes_its_place_in_the_list(cast: Cast) -> None:
    publish(cast.acme, cast.admin, "One")

    second = publish(cast.acme, cast.admin, "Two", material=False, at=AT + DAY)

    assert second.number == 2
    assert version_in_force(cast.acme, LegalKind.TERMS, at=AT + DAY) == second
    assert [one["version"] for one in listed(cast.acme)] == [2]


def test_a_version_to_come_stands_beside_the_one_in_force_until_its_time(cast: Cast) -> None:
    first = publish(cast.acme, cast.admin, "One")

    second = publish(cast.acme, cast.admin, "Two", effective_at=AT + DAY)

    assert [one["version"] for one in listed(cast.acme)] == [1, 2]
    assert version_in_force(cast.acme, LegalKind.TERMS, at=AT + DAY - timedelta(seconds=1)) == first
    assert version_in_force(cast.acme, LegalKind.TERMS, at=AT + DAY) == second


def test_all_languages_of_a_version_come_together_and_one_of_them_counts(cast: Cast) -> None:
    version = publish(cast.acme, cast.admin, {"en": "Terms", "zh-hans": "条款"})

    assert version.governing_language == "en"
    assert {one.language for one in version.documents.all()} == {"en", "zh-hans"}


def test_the_language_that_counts_can_be_another_than_the_workspaces(cast: Cast) -> None:
    files = {"en": upload(cast.acme, "Terms"), "zh-hans": upload(cast.acme, "条款")}

    documents = [
        entry(file, language=code, governing=code == "zh-hans") for code, file in files.items()
    ]
    save(cast.acme, cast.admin, documents)

    version = version_in_force(cast.acme, LegalKind.TERMS, at=AT)
    assert version is not None
    assert version.governing_language == "zh-hans"


def test_each_kind_is_numbered_by_itself(cast: Cast) -> None:
    publish(cast.acme, cast.admin, "Terms")
    publish(cast.acme, cast.admin, "More terms")

    privacy = publish(cast.acme, cast.admin, "Privacy", LegalKind.PRIVACY)

    assert privacy.number == 1
    in_force = versions_in_force(cast.acme, at=AT)
    assert {kind: one.number for kind, one in in_force.items()} == {
        LegalKind.TERMS: 2,
        LegalKind.PRIVACY: 1,
    }


def test_several_versions_of_a_kind_can_be_published_together(cast: Cast) -> None:
    now, later = upload(cast.acme, "Now"), upload(cast.acme, "Later")

    save(cast.acme, cast.admin, [entry(later, effective_at=AT + DAY), entry(now)])

    assert [(one["version"], one["file"]) for one in listed(cast.acme)] == [(1, now), (2, later)]


def test_what_is_superseded_may_still_be_listed_and_is_left_out_then(cast: Cast) -> None:
    publish(cast.acme, cast.admin, "One")
    first = listed(cast.acme)
    publish(cast.acme, cast.admin, "Two", at=AT + DAY)

    save(cast.acme, cast.admin, [*first, *listed(cast.acme)], at=AT + 2 * DAY)

    assert [one["version"] for one in listed(cast.acme)] == [2]


def test_publishing_is_told_to_the_audit_log_the_outbox_and_the_worker(cast: Cast) -> None:
    version = publish(cast.acme, cast.admin, {"en": "Terms", "zh-hans": "条款"})

    told = AuditEntry.objects.get(action="legal.published")
    assert (told.workspace_id, told.subject_label) == (cast.acme.id, "Terms of Service 1")
    assert (told.actor_id, told.subject_id) == (cast.admin.person_id, str(version.id))
    assert Event.objects.get(name="legal.published").payload == {
        "kind": "terms-of-service",
        "version": 1,
        "effective_at": AT.isoformat(),
        "material": True,
        "languages": ["en", "zh-hans"],
    }
    assert {job["sha256"] for job in waiting("legal.draw_pages")} == {
        one.sha256 for one in version.documents.all()
    }


def test_a_published_file_is_kept_for_ever_whatever_becomes_of_the_settings(cast: Cast) -> None:
    publish(cast.acme, cast.admin, "One")
    publish(cast.acme, cast.admin, "Two", at=AT + DAY)

    collect(at=AT + 1000 * DAY)

    assert StoredFile.objects.filter(workspace=cast.acme).count() == 2


def test_another_workspaces_file_is_as_unknown_as_any(cast: Cast) -> None:
    theirs = upload(cast.zenith, "Zenith's terms")

    with pytest.raises(InvalidFields) as refusal:
        save(cast.acme, cast.admin, [entry(theirs)])

    assert list(refusal.value.errors) == ["documents.0.file"]
    assert refusal.value.errors["documents.0.file"].code == "no_such_document"


def test_another_workspaces_version_is_not_in_force_here(cast: Cast) -> None:
    publish(cast.zenith, cast.outsider, "Zenith's terms")

    assert version_in_force(cast.acme, LegalKind.TERMS, at=AT) is None
    assert versions_in_force(cast.acme, at=AT) == {}
