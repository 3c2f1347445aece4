"""Twenty at once: what takes effect is what one of them after the other could have done."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from conftest import Cast
from portico.audit.models import AuditEntry
from portico.kernel.errors import DomainError
from portico.releases import services
from portico.releases.acting import By
from portico.releases.models import ReleaseEvent
from tests.make import AT
from tests.statemachine.events import Pipeline
from tests.statemachine.model import Policy
from tests.statemachine.real import PEOPLE, Real, make_rows

THREADS = 20
ALL = 100_000
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Action:
    """What one thread does, told to the services and to the model."""

    who: str
    real: Callable[[Real, By, datetime], object]
    model: Callable[[Pipeline], object]


def scale(who: str, share: int) -> Action:
    return Action(
        who,
        lambda real, by, at: services.scale(real.releases[1], share, by=by, at=at),
        lambda model: model.scale(model.state.releases[1], PEOPLE[who], share, "", None),
    )


def hold(who: str, verb: str) -> Action:
    return Action(
        who,
        lambda real, by, at: getattr(services, verb)(real.releases[1], by=by, at=at),
        lambda model: getattr(model, verb)(model.state.releases[1], PEOPLE[who], None),
    )


def cancel(who: str) -> Action:
    return Action(
        who,
        lambda real, by, at: services.cancel(real.releases[1], reason="Because.", by=by, at=at),
        lambda model: model.cancel(model.state.releases[1], PEOPLE[who], "Because.", None),
    )


def start_ramp(who: str) -> Action:
    return Action(
        who,
        lambda real, by, at: services.start_ramp(real.releases[1], by=by, at=at),
        lambda model: model.start_ramp(model.state.releases[1], PEOPLE[who], None, None),
    )


def ramp_step() -> Action:
    return Action(
        "admin",
        lambda real, _by, at: services.take_ramp_step(real.releases[1].id, at=at),
        lambda model: model.ramp_step(model.state.releases[1]),
    )


def decide(who: str, *, approve: bool) -> Action:
    verb = services.approve if approve else services.reject
    return Action(
        who,
        lambda real, by, at: verb(real.requests[1], by=by, at=at, reason="Because."),
        lambda model: model.decide(1, PEOPLE[who], approve=approve, reason="Because."),
    )


IN_GRAYSCALE = [
    *(scale("developer", share) for share in (1_000, 2_000, 5_000, 10_000, 50_000, ALL)),
    *(scale("admin", share) for share in (1_500, 3_000, 7_000)),
    *(hold(who, verb) for who in ("developer", "admin") for verb in ("pause", "resume")),
    *(start_ramp(who) for who in ("developer", "admin")),
    hold("developer", "stop_ramp"),
    *(ramp_step() for _again in range(3)),
    cancel("admin"),
]
UNDER_REVIEW = [
    *(decide(who, approve=True) for who in ("reviewer", "second", "admin") for _again in range(4)),
    *(decide(who, approve=False) for who in ("reviewer", "second") for _again in range(2)),
    *(hold(who, "withdraw") for who in ("developer", "admin") for _again in range(2)),
]


def begin(cast: Cast, steps: int) -> tuple[Pipeline, Real]:
    """Something live, and the next version so many steps on its way."""
    policies = {
        True: Policy(production=True, review=True, pilot=False, approvals=2, soak=0),
        False: Policy(production=False, review=False, pilot=False),
    }
    model = Pipeline(policies)
    real = Real(make_rows(cast), model)
    for place, last in enumerate((4, steps)):
        version, target = real.rows.versions[place], real.rows.targets[True]
        both(
            real,
            partial(model.create, PEOPLE["developer"], place, True),
            partial(services.create, real.rows.program, target, version, **_by(real, "developer")),
        )
        for step in range(last):
            go_on(model, real, place, step)
    return model, real


def both(real: Real, model: Callable[[], object], told: Callable[[], object]) -> None:
    assert (real.model.attempt(model), real.attempt(told)) == ("", "")


def go_on(model: Pipeline, real: Real, place: int, step: int) -> None:
    """Apply, have two approve, go live, and give it to everybody."""
    developer, by = PEOPLE["developer"], _by(real, "developer")
    row, release = real.releases[place], model.state.releases[place]
    if step == 0:
        apply = partial(model.apply, release, developer, None, supersede=False)
        both(real, apply, partial(services.apply, row, **by))
    elif step == 1:
        for who in ("reviewer", "second"):
            approve = partial(services.approve, real.requests[place], **_by(real, who))
            both(real, partial(model.decide, place, PEOPLE[who], approve=True, reason=""), approve)
    elif step == 2:
        live = partial(model.go_live, release, developer, 0, "", None)
        both(real, live, partial(services.go_live, row, **by))
    else:
        grown = partial(model.scale, release, developer, ALL, "", None)
        both(real, grown, partial(services.scale, row, ALL, **by))


def _by(real: Real, who: str) -> dict[str, Any]:
    return {"by": real.rows.by[who], "at": AT}


def fire_at_once(real: Real, actions: list[Action]) -> list[str | None]:
    """Each action in a thread of its own, all let go at the same moment; what refused each."""
    barrier = Barrier(len(actions))

    def run(number: int) -> str | None:
        action = actions[number]
        try:
            barrier.wait()
            action.real(real, real.rows.by[action.who], AT + (number + 1) * MINUTE)
        except DomainError as error:
            return error.code
        finally:
            connection.close()
        return None

    with ThreadPoolExecutor(len(actions)) as pool:
        return list(pool.map(run, range(len(actions))))


def check_one_order(cast: Cast, actions: list[Action], steps: int) -> int:
    """Let all go, then do what took effect in the model, in the order of the release's history.

    Each has its own minute, so an event tells which thread it is of. Returns how many took effect.
    """
    model, real = begin(cast, steps)
    release = real.releases[1]
    before = model.state.releases[1].revision

    refused = fire_at_once(real, actions)

    events = list(ReleaseEvent.objects.filter(release=release, number__gt=before))
    assert [one.number for one in events] == list(range(before + 1, before + 1 + len(events)))
    order = [int((one.at - AT) / MINUTE) - 1 for one in events]
    assert len(order) == len(set(order)), "an action took effect twice"
    for number in order:
        assert refused[number] is None
        model.state.at = number + 1
        assert model.attempt(partial(actions[number].model, model)) == ""
    audited = AuditEntry.objects.filter(
        subject_id=str(release.id), at__gt=AT, action__startswith="release."
    )
    assert audited.count() == len(events)
    real.compare_all()
    return len(order)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("actions", "steps"), [(IN_GRAYSCALE, 3), (UNDER_REVIEW, 1)], ids=["grayscale", "review"]
)
def test_twenty_at_once_come_to_what_one_after_the_other_would(
    cast: Cast, actions: list[Action], steps: int
) -> None:
    assert len(actions) == THREADS

    assert check_one_order(cast, actions, steps) >= 1


@pytest.mark.soak
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("_again", range(20))
@pytest.mark.parametrize(
    ("actions", "steps"), [(IN_GRAYSCALE, 3), (UNDER_REVIEW, 1)], ids=["grayscale", "review"]
)
def test_twenty_at_once_again_and_again(
    cast: Cast, actions: list[Action], steps: int, _again: int
) -> None:
    turned = actions[_again:] + actions[:_again]

    assert check_one_order(cast, turned, steps) >= 1
