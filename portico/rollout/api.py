"""Which version a user gets, and why, for whoever works on a mini program."""

from __future__ import annotations

from ninja import Query, Schema
from pydantic import Field

from portico.delivery.answers import explained
from portico.delivery.explaining import explain
from portico.delivery.picking import Subject
from portico.delivery.plan import Reason, no_plan
from portico.delivery.targeting import Context
from portico.kernel.access import requires
from portico.kernel.permissions import Permission
from portico.miniprograms.access import program_for
from portico.miniprograms.queries import target_at
from portico.rollout.asking import TEXTS
from portico.rollout.queries import delivery_plan, plan_of
from portico.rollout.telling import sentences
from portico.workspaces.api_door import ApiRouter
from portico.workspaces.http import TokenRequest

router = ApiRouter(tags=["Delivery"])


class ExplainAsked(Schema):
    """Somebody as a client would describe them; what is left out is not known."""

    user: str = Field("", max_length=TEXTS["user"])
    device: str = Field("", max_length=TEXTS["device"])
    region: str = Field("", max_length=TEXTS["region"])
    os: str = Field("", max_length=TEXTS["os"])
    app_version: str = Field("", max_length=TEXTS["app_version"])


class DeliveredVersion(Schema):
    """A version that somebody gets."""

    code: int
    name: str


class ExplainAnswer(Schema):
    """Which version somebody gets, and what decided. `bucket` and `threshold` are thousandths of a
    percent; `sentences` say it in the reader's language."""

    app_id: str
    version: DeliveredVersion | None
    reason: Reason
    release: str | None
    revision: int
    withdrawn: list[int]
    in_test_group: bool
    salt: str
    bucket: int | None
    threshold: int
    enrolled: bool
    rules: dict[str, list[str] | dict[str, str]]
    mismatches: list[str]
    sentences: list[str]


@router.get(
    "/{app_id}/targets/{app}/{environment}/explain",
    response=ExplainAnswer,
    operation_id="explain_delivery",
    summary="Explain which version a user gets on a target",
)
@requires(Permission.DELIVERY_EXPLAIN)
def explain_delivery(
    request: TokenRequest, app_id: str, app: str, environment: str, asked: Query[ExplainAsked]
) -> ExplainAnswer:
    """What delivery answers at this moment, and each fact that it looks at."""
    program = program_for(request.member, app_id)
    row = plan_of(program, target_at(request.workspace, app, environment))
    plan = delivery_plan(row) if row else no_plan(program.app_id)
    context = Context(asked.region, asked.os, asked.app_version)
    told = explain(plan, Subject(asked.user, asked.device), context)
    answer = explained(told)
    return ExplainAnswer.model_validate(
        {**answer, **answer["explanation"], "sentences": sentences(told)}
    )
