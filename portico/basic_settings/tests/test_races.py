"""Writers at the same moment: exactly one wins, and the others are told."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection, transaction

from conftest import Cast, make_cast
from portico.audit.models import AuditEntry
from portico.basic_settings.models import LiveSetting, SettingsDraft, SettingsRevision
from portico.basic_settings.registry import section_named
from portico.basic_settings.services import (
    NoDraft,
    StaleDraft,
    StaleRevision,
    live,
    publish_draft,
    save,
    save_draft,
)
from portico.kernel.errors import DomainError
from portico.outbox.models import Event
from portico.workspaces.models import Workspace
from tests.make import AT, actor

pytestmark = pytest.mark.django_db(transaction=True)
Attempt = Callable[[], object]


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    return make_cast()


def all_at_once(*attempts: Attempt) -> list[type[BaseException] | None]:
    """Begin all of these at the same moment; what each raised, None for nothing."""
    start = Barrier(len(attempts))

    def begin(attempt: Attempt) -> type[BaseException] | None:
        try:
            start.wait(timeout=30)
            attempt()
        except DomainError as error:
            return type(error)
        finally:
            connection.close()
        return None

    with ThreadPoolExecutor(len(attempts)) as threads:
        return list(threads.map(begin, attempts))


def saving(workspace: Workspace, name: str, cast: Cast, *, based_on: int) -> Attempt:
    section = section_named("about-us")
    values = {"url": f"https://{name}.example.com/"}
    return lambda: save(workspace, section, values, based_on=based_on, by=actor(cast.admin), at=AT)


@pytest.mark.parametrize("saved_before", [0, 1])
def test_of_eight_saves_on_the_same_revision_one_wins(cast: Cast, saved_before: int) -> None:
    for number in range(saved_before):
        saving(cast.acme, "first", cast, based_on=number)()

    outcomes = all_at_once(
        *(saving(cast.acme, f"racer-{n}", cast, based_on=saved_before) for n in range(8))
    )

    assert sorted(outcomes, key=str) == [StaleRevision] * 7 + [None]
    assert SettingsRevision.objects.count() == saved_before + 1
    assert LiveSetting.objects.count() == 1
    assert AuditEntry.objects.filter(action="settings.save").count() == saved_before + 1
    assert Event.objects.filter(name="settings.changed").count() == saved_before + 1


@pytest.mark.parametrize("saved_before", [0, 1])
def test_whoever_waits_for_another_save_is_told_of_that_very_save(
    cast: Cast, saved_before: int
) -> None:
    section, by = section_named("about-us"), actor(cast.admin)
    save_draft(cast.acme, section, {}, based_on=0, version=0, by=by, at=AT)
    for number in range(saved_before):
        saving(cast.acme, "before", cast, based_on=number)()

    def late() -> str:
        try:
            saving(cast.acme, "late", cast, based_on=saved_before)()
        except StaleRevision as error:
            return str(error)
        finally:
            connection.close()
        return ""

    with ThreadPoolExecutor(1) as thread:
        with transaction.atomic():
            saving(cast.acme, "early", cast, based_on=saved_before)()
            told = thread.submit(late)
            while not somebody_waits() and not told.done():
                pass
        sentence = told.result()

    assert "Workspace Admin changed this while you were editing it." in sentence
    assert f"revision {saved_before}; revision {saved_before + 1} is live now." in sentence


def somebody_waits() -> bool:
    """Whether anyone waits for a lock in this database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")  # else a transaction sees the first look
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' "
            "AND datname = current_database())"
        )
        (waits,) = cursor.fetchone()
    return bool(waits)


def test_first_saves_in_two_workspaces_do_not_stand_in_each_others_way(cast: Cast) -> None:
    outcomes = all_at_once(
        *(saving(cast.acme, f"acme-{n}", cast, based_on=0) for n in range(2)),
        *(saving(cast.zenith, f"zenith-{n}", cast, based_on=0) for n in range(2)),
    )

    assert outcomes.count(None) == 2
    assert live(cast.acme, section_named("about-us")).payload.url.startswith("https://acme-")
    assert live(cast.zenith, section_named("about-us")).payload.url.startswith("https://zenith-")


def test_of_a_publish_and_a_save_at_once_one_wins_and_a_refused_draft_stays(cast: Cast) -> None:
    section, by = section_named("about-us"), actor(cast.admin)
    values = {"url": "https://draft.example.com/"}
    save_draft(cast.acme, section, values, based_on=0, version=0, by=by, at=AT)

    published, saved = all_at_once(
        lambda: publish_draft(cast.acme, section, version=1, based_on=0, by=by, at=AT),
        saving(cast.acme, "saved", cast, based_on=0),
    )

    assert {published, saved} == {None, StaleRevision}
    assert live(cast.acme, section).number == 1
    assert SettingsDraft.objects.exists() == (saved is None)


def test_of_four_first_drafts_at_once_one_is_kept(cast: Cast) -> None:
    section, by = section_named("about-us"), actor(cast.admin)

    def drafting(number: int) -> Attempt:
        values = {"url": f"https://draft-{number}.example.com/"}
        return lambda: save_draft(cast.acme, section, values, based_on=0, version=0, by=by, at=AT)

    outcomes = all_at_once(*(drafting(number) for number in range(4)))

    assert sorted(outcomes, key=str) == [StaleDraft] * 3 + [None]
    assert SettingsDraft.objects.get().version == 1


def test_a_draft_is_published_once(cast: Cast) -> None:
    section, by = section_named("about-us"), actor(cast.admin)
    values = {"url": "https://draft.example.com/"}
    save_draft(cast.acme, section, values, based_on=0, version=0, by=by, at=AT)

    def publish() -> object:
        return publish_draft(cast.acme, section, version=1, based_on=0, by=by, at=AT)

    outcomes = all_at_once(publish, publish)

    assert set(outcomes) == {None, NoDraft}
    assert SettingsRevision.objects.count() == 1
