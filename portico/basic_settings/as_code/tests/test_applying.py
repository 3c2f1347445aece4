from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from django.db import connection

from conftest import Cast, make_cast
from portico.audit.models import AuditEntry
from portico.basic_settings import services
from portico.basic_settings.as_code.plans import CannotBeApplied, FileIsOld, NeedsPlan, PlanIsOld
from portico.basic_settings.as_code.tests.samples import (
    ABOUT,
    NOTICE,
    Hand,
    carried,
    fill,
    number_of,
    numbers,
    save,
    values_of,
    written,
)
from portico.basic_settings.registry import all_sections, register, section_named
from portico.basic_settings.rules import ReasonTooLong
from portico.basic_settings.tests.samples import failing_shelf
from portico.outbox.models import Event
from tests.make import AT, actor


@pytest.fixture
def hand(cast: Cast) -> Hand:
    """Somebody at work in acme."""
    return Hand(cast, cast.acme)


def test_an_exported_file_is_edited_and_applied_without_a_plan(cast: Cast, hand: Hand) -> None:
    fill(cast.acme)
    file = written(cast.acme, {"about-us": {"url": "https://www.example.com/new"}}, revision=1)

    done = hand.apply(file, reason="New site")

    assert done.is_pending
    assert values_of(cast.acme, "about-us") == {"url": "https://www.example.com/new"}
    entry = AuditEntry.objects.get(action="settings.apply")
    assert (entry.subject_id, entry.reason, entry.actor_id) == (
        "about-us",
        "New site",
        cast.admin.person_id,
    )
    (change,) = entry.changes
    assert (change["before"], change["after"]) == (ABOUT["url"], "https://www.example.com/new")


def test_one_refused_section_keeps_all_others_from_being_applied(cast: Cast, hand: Hand) -> None:
    file = written(
        cast.acme, {"copyright-notice": NOTICE, "about-us": {"url": "nowhere"}}, revision=0
    )

    with pytest.raises(CannotBeApplied) as refused:
        hand.apply(file)

    assert list(refused.value.errors) == ["about-us.url"]
    assert numbers(cast.acme) == dict.fromkeys(numbers(cast.acme), 0)
    assert not Event.objects.filter(name="settings.changed").exists()


@pytest.fixture
def with_failing_section() -> Iterator[None]:
    """One more section, which refuses at the very end of every save."""
    sections = all_sections()
    register(*sections, failing_shelf)
    yield
    register(*sections)


def test_what_fails_at_the_very_end_undoes_all_that_was_written_before_it(
    cast: Cast, hand: Hand, with_failing_section: None
) -> None:
    file = written(cast.acme, {"about-us": ABOUT, "shelf": {"label": "Books"}}, revision=0)

    plan = hand.plan(file)
    with pytest.raises(CannotBeApplied):
        hand.apply(file, digest=plan.digest)

    assert plan.is_refused
    assert number_of(cast.acme, "about-us") == 0
    assert not AuditEntry.objects.filter(action="settings.apply").exists()


def test_a_file_that_is_old_is_refused_whole(cast: Cast, hand: Hand) -> None:
    fill(cast.acme)
    mine = {"url": "https://www.example.com/mine"}
    file = written(cast.acme, {"about-us": mine, "copyright-notice": NOTICE}, revision=1)
    save(cast.acme, "about-us", {"url": "https://www.example.com/theirs"}, based_on=1)

    with pytest.raises(FileIsOld) as refused:
        hand.apply(file)

    assert "about-us changed since" in str(refused.value)
    assert values_of(cast.acme, "about-us")["url"] == "https://www.example.com/theirs"


def test_a_file_without_revisions_is_applied_only_as_planned(cast: Cast, hand: Hand) -> None:
    file = written(cast.acme, {"about-us": ABOUT})
    digest = hand.plan(file).digest

    with pytest.raises(NeedsPlan):
        hand.apply(file)
    save(cast.acme, "about-us", {"url": "https://www.example.com/theirs"})
    with pytest.raises(PlanIsOld):
        hand.apply(file, digest=digest)

    assert number_of(cast.acme, "about-us") == 1
    hand.carry_out(file)
    assert values_of(cast.acme, "about-us") == ABOUT


def test_another_file_is_not_applied_by_the_plan_of_the_first(cast: Cast, hand: Hand) -> None:
    digest = hand.plan(written(cast.acme, {"about-us": ABOUT})).digest

    with pytest.raises(PlanIsOld):
        hand.apply(written(cast.acme, {"about-us": {"url": ""}}), digest=digest)


def test_a_file_that_changes_nothing_makes_no_revision(cast: Cast, hand: Hand) -> None:
    fill(cast.acme)
    before = numbers(cast.acme)

    done = hand.apply(carried(cast.acme))

    assert not done.is_pending
    assert numbers(cast.acme) == before
    assert not AuditEntry.objects.filter(action="settings.apply").exists()


def test_a_reason_that_is_too_long_is_refused_before_anything(cast: Cast, hand: Hand) -> None:
    with pytest.raises(ReasonTooLong):
        hand.apply(written(cast.acme, {"about-us": ABOUT}, revision=0), reason="x" * 501)

    assert number_of(cast.acme, "about-us") == 0


def test_an_applied_revision_is_restored_as_any_other(cast: Cast, hand: Hand) -> None:
    hand.apply(written(cast.acme, {"about-us": ABOUT}, revision=0))
    section = section_named("about-us")
    save(cast.acme, "about-us", {"url": ""}, based_on=1)

    services.restore(cast.acme, section, 1, based_on=2, by=actor(cast.admin), at=AT)

    assert values_of(cast.acme, "about-us") == ABOUT


@pytest.mark.django_db(transaction=True)
def test_of_two_who_apply_at_once_each_is_whole_and_one_is_told() -> None:
    cast = make_cast()
    hand = Hand(cast, cast.acme)
    files = [
        written(
            cast.acme,
            {
                "about-us": {"url": f"https://{who}.example/"},
                "copyright-notice": {"text": f"© 2026 {who}"},
            },
            revision=0,
        )
        for who in ("ada", "bob")
    ]
    ready, results = threading.Barrier(2), []

    def run(number: int) -> None:
        try:
            ready.wait(timeout=30)
            hand.apply(files[number])
            results.append("applied")
        except FileIsOld:
            results.append("told")
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)

    assert sorted(results) == ["applied", "told"]
    winner = values_of(cast.acme, "about-us")["url"].split("/")[2].split(".")[0]
    assert values_of(cast.acme, "copyright-notice")["text"] == f"© 2026 {winner}"
    assert set(numbers(cast.acme).values()) == {0, 1}
