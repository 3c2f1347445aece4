"""Two workers, and people, at the same ramps at the same time."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from conftest import make_cast
from portico.kernel.errors import Conflict
from portico.releases.acting import By
from portico.releases.models import ReleaseEvent
from portico.releases.ramping.stepping import Swept, sweep
from portico.releases.ramping.tests.ramps import make_ramp, make_target, shares_of
from portico.releases.rules.pipeline import Event
from portico.releases.services import scale
from tests.make import AT, actor

pytestmark = pytest.mark.django_db(transaction=True)
Outcome = Swept | str


def together(*doings: Callable[[], Outcome]) -> list[Outcome]:
    """What comes of these, begun at once, each with a connection of its own."""
    barrier = Barrier(len(doings))

    def do(doing: Callable[[], Outcome]) -> Outcome:
        try:
            barrier.wait(timeout=30)
            return doing()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(doings)) as threads:
        return list(threads.map(do, doings))


def test_two_workers_and_a_person_take_each_step_once() -> None:
    cast = make_cast()
    target = make_target(cast.acme)
    releases = [make_ramp(target) for _ in range(4)]
    by = By(actor(cast.admin), cast.admin)

    def by_hand() -> str:
        try:
            scale(releases[2], 20_000, by=by, at=AT)
        except Conflict as refusal:
            return refusal.code
        return "scaled"

    first, second, person = together(lambda: sweep(lambda: AT), lambda: sweep(lambda: AT), by_hand)

    assert isinstance(first, Swept)
    assert isinstance(second, Swept)
    assert (first.failed, second.failed) == (0, 0)
    # Whoever came first took the step; it was there for nobody else.
    assert first.taken + second.taken == (3 if person == "scaled" else 4)
    assert person in {"scaled", "share_not_greater"}
    for release in releases:
        release.refresh_from_db()
        assert (shares_of(release), release.revision) == ([20_000], 2)
    assert ReleaseEvent.objects.filter(event=Event.SCALE).count() == len(releases)
