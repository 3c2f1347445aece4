"""What must be accepted: the newest material version in force, or any after it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from portico.legal.acceptance.rules import (
    AGREED,
    COOKIES,
    Published,
    asked_of,
    asks,
    covering,
    in_force,
    required,
)

AT = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
TERMS = AGREED[0]
FEW = settings(max_examples=40)  # they are cheap to check, and slow to draw


def version(
    number: int, days: int = 0, *, material: bool = True, accepted: bool = False, kind: str = TERMS
) -> Published:
    """A version that takes effect so many days from now."""
    return Published(
        id=UUID(int=number + 1000 * len(kind)),
        kind=kind,
        number=number,
        material=material,
        effective_at=AT + timedelta(days=days),
        accepted=accepted,
    )


@st.composite
def histories(draw: st.DrawFn) -> list[Published]:
    """Versions of all kinds, numbered as they were published, at any times."""
    found = [
        version(
            number,
            draw(st.integers(-5, 5)),
            material=draw(st.booleans()),
            accepted=draw(st.booleans()),
            kind=kind,
        )
        for kind in (*AGREED, COOKIES)
        for number in range(1, draw(st.integers(0, 6)) + 1)
    ]
    return draw(st.permutations(found))


def numbers(asked: tuple[Published, ...]) -> list[tuple[str, int]]:
    return [(one.kind, one.number) for one in asked]


def test_nothing_is_asked_where_nothing_is_published() -> None:
    assert not asked_of([], exempt=False, at=AT)


def test_the_first_version_asks_everybody_even_if_it_is_called_a_correction() -> None:
    asked = asked_of([version(1, -1, material=False)], exempt=False, at=AT)

    assert numbers(asked.now) == [(TERMS, 1)]


def test_a_version_counts_from_its_very_moment() -> None:
    coming = [version(1, 0)]

    assert asked_of(coming, exempt=False, at=AT).now == tuple(coming)
    before = asked_of(coming, exempt=False, at=AT - timedelta(microseconds=1))
    assert (before.now, before.soon) == ((), tuple(coming))


def test_a_correction_asks_nobody_who_accepted_what_it_corrects() -> None:
    versions = [version(1, -9, accepted=True), version(2, -1, material=False)]

    assert not asked_of(versions, exempt=False, at=AT)


def test_who_is_asked_accepts_the_text_in_force_corrections_included() -> None:
    versions = [version(1, -9), version(2, -5), version(3, -1, material=False)]

    assert numbers(asked_of(versions, exempt=False, at=AT).now) == [(TERMS, 3)]


def test_accepting_early_counts() -> None:
    versions = [version(1, -9, accepted=True), version(2, 3, accepted=True)]

    assert not asked_of(versions, exempt=False, at=AT)
    assert not asked_of(versions, exempt=False, at=AT + timedelta(days=4))


def test_of_two_that_come_the_next_one_is_announced_then_the_other() -> None:
    first, second = version(2, 3), version(3, 6)
    before = version(1, -9, accepted=True)

    assert asked_of([before, second, first], exempt=False, at=AT).soon == (first,)
    accepted = replace(first, accepted=True)
    assert asked_of([before, second, accepted], exempt=False, at=AT).soon == (second,)


def test_a_new_member_is_asked_for_each_kind_but_the_cookie_notice() -> None:
    versions = [version(1, -1, kind=kind) for kind in (*AGREED, COOKIES)]

    asked = asked_of(versions, exempt=False, at=AT)

    assert {one.kind for one in asked.now} == set(AGREED)


@FEW
@given(histories())
def test_who_is_exempt_is_asked_nothing(versions: list[Published]) -> None:
    assert not asked_of(versions, exempt=True, at=AT)


@FEW
@given(histories(), st.integers(-6, 6))
def test_the_gate_is_closed_exactly_where_no_acceptance_covers_what_is_required(
    versions: list[Published], days: int
) -> None:
    at = AT + timedelta(days=days)

    asked = asked_of(versions, exempt=False, at=at)

    for kind in AGREED:
        needed = required(versions, kind, at=at)
        covered = needed is None or any(one.accepted for one in covering(needed, versions))
        assert (kind in {one.kind for one in asked.now}) is not covered
    assert COOKIES not in {one.kind for one in (*asked.now, *asked.soon)}


@FEW
@given(histories())
def test_accepting_what_is_asked_opens_the_gate(versions: list[Published]) -> None:
    asked = {one.id for one in asked_of(versions, exempt=False, at=AT).now}

    after = [replace(one, accepted=one.accepted or one.id in asked) for one in versions]

    assert asked_of(after, exempt=False, at=AT).now == ()


@FEW
@given(histories())
def test_accepting_all_that_comes_leaves_nothing_to_ask_ever(versions: list[Published]) -> None:
    after = versions
    for _round in range(len(versions) + 1):
        soon = {one.id for one in asked_of(after, exempt=False, at=AT).soon}
        now = {one.id for one in asked_of(after, exempt=False, at=AT).now}
        after = [replace(one, accepted=one.accepted or one.id in soon | now) for one in after]

    assert not asked_of(after, exempt=False, at=AT)
    assert not asked_of(after, exempt=False, at=AT + timedelta(days=30))


@FEW
@given(histories())
def test_a_correction_that_is_published_changes_nothing_for_who_has_accepted(
    versions: list[Published],
) -> None:
    at = AT + timedelta(days=6)  # all of them are in force
    if asked_of(versions, exempt=False, at=at).now or not in_force(versions, TERMS, at=at):
        return

    corrected = [*versions, version(99, 6, material=False)]

    assert asked_of(corrected, exempt=False, at=at).now == ()


@FEW
@given(histories())
def test_what_is_asked_is_what_everybody_reads(versions: list[Published]) -> None:
    for one in asked_of(versions, exempt=False, at=AT).now:
        assert one == in_force(versions, one.kind, at=AT)


@FEW
@given(histories())
def test_only_material_versions_and_first_ones_ask(versions: list[Published]) -> None:
    for one in versions:
        earlier = [
            other for other in versions if other.kind == one.kind and other.order < one.order
        ]
        assert asks(one, versions) is (one.material or not earlier)
