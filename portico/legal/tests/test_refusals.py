"""What cannot be published or withdrawn is refused in plain words, and nothing changes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils.translation import override

from conftest import Cast
from portico.basic_settings import services as settings_services
from portico.kernel.errors import InvalidFields
from portico.legal.models import LegalKind, LegalVersion
from portico.legal.section import section
from portico.legal.services import coming_versions, version_in_force
from portico.legal.tests.publishing import Entry, entry, listed, publish, save, upload
from portico.ui.texts import say
from tests.make import AT, actor

DAY = timedelta(days=1)


def refused(cast: Cast, documents: list[Entry]) -> dict[str, str]:
    """The codes by field of a refusal to save these."""
    before = LegalVersion.objects.count()
    with pytest.raises(InvalidFields) as refusal:
        save(cast.acme, cast.admin, documents, at=AT + DAY)
    assert LegalVersion.objects.count() == before
    return {field: error.code for field, error in refusal.value.errors.items()}


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"language": "tlh"}, "language", "unknown_language"),
        ({"file": "f" * 64}, "file", "no_such_document"),
        ({"file": "../etc/passwd"}, "file", "not_a_file_id"),
        ({"effective_at": AT}, "effective_at", "in_the_past"),
        ({"effective_at": AT + 2000 * DAY}, "effective_at", "far_away"),
        ({"material": False}, "material", "first_is_material"),
        ({"version": 7}, "version", "no_such_version"),
        ({"governing": False}, "governing", "no_governing_language"),
    ],
)
def test_a_first_version_that_cannot_be_is_refused_beside_what_is_wrong(
    cast: Cast, change: Entry, field: str, code: str
) -> None:
    documents = [{**entry(upload(cast.acme)), **change}]

    assert refused(cast, documents) == {f"documents.0.{field}": code}


def _two(cast: Cast, **second: object) -> list[Entry]:
    return [
        entry(upload(cast.acme, "Terms")),
        {**entry(upload(cast.acme, "Terms too"), language="zh-hans"), **second},
    ]


@pytest.mark.parametrize(
    ("make", "field", "code"),
    [
        (lambda cast: _two(cast, language="en"), "language", "language_twice"),
        (lambda cast: _two(cast, material=False), "material", "material_in_part"),
        (
            lambda cast: [{**one, "governing": True} for one in _two(cast)],
            "governing",
            "several_governing_languages",
        ),
    ],
)
def test_languages_that_do_not_agree_are_refused(
    cast: Cast, make: Callable[[Cast], list[Entry]], field: str, code: str
) -> None:
    assert refused(cast, make(cast)) == {f"documents.0.{field}": code}


def test_the_same_documents_again_are_no_new_version(cast: Cast) -> None:
    publish(cast.acme, cast.admin, "Terms")

    again = [*listed(cast.acme), entry(upload(cast.acme, "Terms"))]

    assert refused(cast, again) == {"documents.1.file": "nothing_new"}


@pytest.mark.parametrize(
    "change", [{"material": False}, {"effective_at": AT + 9 * DAY}, {"language": "zh-hans"}]
)
def test_a_published_version_never_changes(cast: Cast, change: Entry) -> None:
    publish(cast.acme, cast.admin)

    changed = [{**listed(cast.acme)[0], **change}]

    assert refused(cast, changed) == {"documents.0.version": "never_changes"}


def test_a_published_versions_file_never_changes(cast: Cast) -> None:
    publish(cast.acme, cast.admin)

    changed = [{**listed(cast.acme)[0], "file": upload(cast.acme, "Other terms")}]

    assert refused(cast, changed) == {"documents.0.version": "never_changes"}


def test_what_is_left_open_of_a_published_version_does_not_contradict_it(cast: Cast) -> None:
    version = publish(cast.acme, cast.admin)
    (document,) = version.documents.all()

    save(cast.acme, cast.admin, [entry(document.sha256, version=1)], at=AT + DAY)

    assert listed(cast.acme)[0]["effective_at"] == AT


def test_a_version_in_force_cannot_be_left_out(cast: Cast) -> None:
    publish(cast.acme, cast.admin)

    with pytest.raises(InvalidFields) as refusal:
        save(cast.acme, cast.admin, [], at=AT + DAY)

    error = refusal.value.errors["documents"]
    assert "Version 1 of Terms of Service is in force" in str(error)
    with override("zh-hans"):
        assert "1" in say(error)


def test_a_version_cannot_come_into_force_before_one_that_is_to_come(cast: Cast) -> None:
    publish(cast.acme, cast.admin, "One")
    publish(cast.acme, cast.admin, "Two", effective_at=AT + 9 * DAY)

    sooner = [*listed(cast.acme), entry(upload(cast.acme, "Three"), effective_at=AT + 5 * DAY)]

    assert refused(cast, sooner) == {"documents.2.effective_at": "out_of_order"}


def test_reset_cannot_withdraw_what_is_in_force(cast: Cast) -> None:
    version = publish(cast.acme, cast.admin)

    with pytest.raises(InvalidFields):
        settings_services.reset(cast.acme, section, based_on=1, by=actor(cast.admin), at=AT + DAY)

    assert version_in_force(cast.acme, LegalKind.TERMS, at=AT + DAY) == version


@pytest.mark.parametrize(
    "go_back",
    [
        lambda cast, **how: settings_services.restore(cast.acme, section, 1, **how),
        lambda cast, **how: settings_services.reset(cast.acme, section, **how),
    ],
    ids=["restore", "reset"],
)
def test_what_is_to_come_is_not_withdrawn_by_the_way(
    cast: Cast, go_back: Callable[..., object]
) -> None:
    publish(cast.acme, cast.admin, "Notice", LegalKind.COOKIES, effective_at=AT + 9 * DAY)
    publish(cast.acme, cast.admin, "Terms", effective_at=AT + 9 * DAY)

    with pytest.raises(InvalidFields) as refusal:
        go_back(cast, based_on=2, by=actor(cast.admin), at=AT + DAY)

    assert refusal.value.errors["documents"].code == "stays_to_come"
    assert len(coming_versions(cast.acme, at=AT + DAY)) == 2


def test_restore_cannot_bring_back_what_was_superseded(cast: Cast) -> None:
    publish(cast.acme, cast.admin, "One")
    second = publish(cast.acme, cast.admin, "Two")

    with pytest.raises(InvalidFields):
        settings_services.restore(
            cast.acme, section, 1, based_on=2, by=actor(cast.admin), at=AT + DAY
        )

    assert version_in_force(cast.acme, LegalKind.TERMS, at=AT + DAY) == second
