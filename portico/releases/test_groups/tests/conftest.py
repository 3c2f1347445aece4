"""Two workspaces with a mini program each, and what keeps groups there."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from django.utils.functional import cached_property

from conftest import Cast
from portico.miniprograms.models import MiniProgram
from portico.releases.models import TestGroup
from portico.releases.test_groups.access import Keeper
from portico.targets.models import Environment, ReleaseTarget
from tests.make import AT, make_app, make_program


@dataclass(frozen=True)
class Stage:
    """Acme with a mini program that the developer is Developer of, and the reviewer nothing in."""

    cast: Cast
    program: MiniProgram

    @property
    def of_acme(self) -> Keeper:
        return Keeper(self.cast.acme)

    @property
    def of_program(self) -> Keeper:
        return Keeper(self.cast.acme, self.program)

    @cached_property
    def sandbox(self) -> ReleaseTarget:
        return make_app(self.cast.acme, "pay").targets.get(environment=Environment.SANDBOX)


def make_group(
    keeper: Keeper, name: str = "Branch staff", *user_ids: str, note: str = ""
) -> TestGroup:
    """A group, by default of one tester."""
    return TestGroup.objects.create(
        workspace=keeper.workspace,
        program=keeper.program,
        name=name,
        note=note,
        user_ids=list(user_ids or ("u-1",)),
        created_at=AT,
        changed_at=AT,
    )


@pytest.fixture
def stage(cast: Cast) -> Stage:
    return Stage(cast, make_program(cast.acme, "com.example.tickets", developer=cast.developer))
