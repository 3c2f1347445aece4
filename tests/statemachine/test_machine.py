"""Random stories against the model: a short run here, the long one in `make soak`."""

from __future__ import annotations

import os
import time
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from conftest import Cast
from portico.outbox import services as outbox
from portico.releases.rules.pipeline import PIPELINE, Event
from tests.statemachine.machine import PipelineMachine
from tests.statemachine.real import make_rows

PARTS = 4
# Of all parts together; by themselves they may run on several processes.
SOAK_STEPS = int(os.environ.get("PORTICO_MACHINE_STEPS", "200000"))


# Rolling back is written into the history of the release that it makes.
ROWS = {(None if event is Event.ROLL_BACK else status, event) for status, event in PIPELINE}


def counts() -> dict[str, object]:
    """What a machine counts while it runs."""
    return {"steps": 0, "taken": 0, "seen_events": set(), "refusals": set()}


@pytest.fixture
def machine(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> type[PipelineMachine]:
    """The machine over rows of its own. Nobody listens: what is published is compared, and jobs
    for it would only take time."""
    monkeypatch.setattr(outbox, "_listeners", {})
    return type("Machine", (PipelineMachine,), {**counts(), "rows": make_rows(cast)})


def story_settings(examples: int, steps: int) -> settings:
    """Without a time limit for a step, and without a store of earlier failures: each run is new."""
    return settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        database=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )


def test_services_and_model_agree_on_a_few_stories(machine: type[PipelineMachine]) -> None:
    run = seed(1)(machine)

    run_state_machine_as_test(run, settings=story_settings(10, 20))

    assert machine.taken > 50


@pytest.mark.soak
@pytest.mark.parametrize("part", range(PARTS))
def test_services_and_model_agree_on_many_stories(
    machine: type[PipelineMachine], part: int, record_property: Callable[[str, object], None]
) -> None:
    began, wanted, number = time.monotonic(), SOAK_STEPS // PARTS, 0

    while machine.steps < wanted:
        number += 1
        run = seed(1_000 * part + number + 7)(machine)
        run_state_machine_as_test(run, settings=story_settings(100, 60))

    seconds = time.monotonic() - began
    record_property("steps", machine.steps)
    print(
        f"part {part}: {machine.steps} steps, {machine.taken} taken, in {seconds:.0f} s; "
        f"{len(machine.refusals)} kinds of refusals, {len(machine.seen_events)} kinds of events"
    )
    fired = {(before, event) for before, event, _after in machine.seen_events}
    rows = {(str(status or ""), str(event)) for status, event in ROWS}
    # That every row can be taken is for `test_table` to show; chance leaves some out.
    print(f"rows of the table that nobody came by: {sorted(rows - fired)}")
    assert fired <= rows
    assert len(machine.refusals) > 40
