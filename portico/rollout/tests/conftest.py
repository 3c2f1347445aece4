"""A mini program on a target, its plan, and a client that has the target's key."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from django.db import transaction
from django.test import Client

from conftest import Cast
from portico.kernel.ids import new_id
from portico.miniprograms.models import MiniProgram, Version
from portico.rollout.models import Plan
from portico.rollout.services import PlanState, lock_plan, write_plan
from portico.targets.models import App, Environment, ReleaseTarget
from portico.targets.queries import targets_of_app
from portico.targets.services import make_key
from tests.make import AT, actor, make_app, make_program, make_version

APP_ID = "com.example.tips"
SALT = "01JBJA0ZANFDNVF8FF1N7MX2RH"


@dataclass
class Scene:
    """`com.example.tips`, two versions of it, and the two targets of one app. The developer is its
    Admin."""

    cast: Cast
    app: App
    program: MiniProgram
    first: Version
    second: Version
    targets: dict[Environment, ReleaseTarget]

    @property
    def production(self) -> ReleaseTarget:
        return self.targets[Environment.PRODUCTION]

    @property
    def sandbox(self) -> ReleaseTarget:
        return self.targets[Environment.SANDBOX]

    def hosted(self) -> Version:
        """A version that is an address."""
        return Version.objects.create(
            workspace=self.cast.acme,
            program=self.program,
            code=9,
            name="9",
            manifest={"name": "Tips"},
            entry_url="https://tips.example.com/",
        )

    def full(self) -> PlanState:
        """Everybody gets the first version."""
        return PlanState(stable=self.first, stable_release=self.first.id)

    def grayscale(self, threshold: int = 20_000, **more: object) -> PlanState:
        """Some get the second one, and `tester-1` tests it."""
        values: dict[str, object] = {
            "stable": self.first,
            "stable_release": self.first.id,
            "candidate": self.second,
            "candidate_release": self.second.id,
            "pilot": ["tester-1"],
            "threshold": threshold,
            "salt": SALT,
            **more,
        }
        return PlanState(**values)  # type: ignore[arg-type]  # as the dataclass names them

    def write(self, state: PlanState, target: ReleaseTarget | None = None) -> Plan:
        """Have this be the plan, by default that of Production."""
        with transaction.atomic():
            plan = lock_plan(self.program, target or self.production)
            return write_plan(plan, state, at=AT)


@pytest.fixture
def scene(cast: Cast) -> Scene:
    app = make_app(cast.acme, "pay-android", is_web=True)
    program = make_program(cast.acme, APP_ID, admin=cast.developer)
    first, second = make_version(program), make_version(program)
    return Scene(cast, app, program, first, second, targets_of_app(app))


@pytest.fixture
def super_app(scene: Scene) -> Callable[..., Client]:
    """`super_app(target)`: a client with a new key of that target, by default of Production."""

    def client(target: ReleaseTarget | None = None, *, host: str = "acme.localhost:8000") -> Client:
        made = make_key(
            target or scene.production, f"Key {new_id()}", by=actor(scene.cast.admin), at=AT
        )
        return Client(headers={"host": host, "authorization": f"Bearer {made[1]}"})

    return client
