"""The two-factor policy over HTTP."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpResponse
from ninja import Query, Schema
from pydantic import ConfigDict, Field
from pydantic_core import to_json

from portico.accounts.http import actor_of
from portico.basic_settings.api_etags import IF_MATCH, etag_of, if_match
from portico.kernel.access import requires
from portico.kernel.clock import now
from portico.kernel.permissions import Permission
from portico.two_factor.models import TwoFactorPolicy
from portico.two_factor.queries import counts_of, effect_of, policy_of
from portico.two_factor.rules import MOST_GRACE, Required, State
from portico.two_factor.services import change_policy, wanted_policy
from portico.workspaces.api_door import ApiRouter
from portico.workspaces.http import TokenRequest


class PolicyGiven(Schema):
    """Of whom a second factor is required, and for how many days a member may go on without."""

    model_config = ConfigDict(extra="forbid")

    required: Required
    grace_days: int = Field(7, ge=0, le=MOST_GRACE, strict=True)


class PolicyAsked(Schema):
    """A policy that is being thought of."""

    required: Required
    grace_days: int = Field(7, ge=0, le=MOST_GRACE)


class CountsAnswer(Schema):
    """How many active members stand how."""

    has: int
    grace: int
    overdue: int
    not_asked: int


class PolicyAnswer(Schema):
    """The policy in force. `changed_at` and `changed_by` are null while it was never saved."""

    required: Required
    grace_days: int
    revision: int
    changed_at: datetime | None
    changed_by: str | None
    members: CountsAnswer


class EffectAnswer(Schema):
    """What a policy would mean for members without a second factor: how many it asks for one, how
    many go no further at once, and when the first and the last of the others do."""

    without: int
    at_once: int
    first_due: datetime | None
    last_due: datetime | None


router = ApiRouter(tags=["Two-factor"])


@router.get(
    "",
    response=PolicyAnswer,
    operation_id="get_two_factor_policy",
    summary="Read the two-factor policy",
)
@requires(Permission.SETTINGS_READ)
def get_two_factor_policy(request: TokenRequest) -> HttpResponse:
    """Of whom a second factor is required. Its ETag is what a change has to send back."""
    return _answer(request, policy_of(request.workspace))


@router.put(
    "",
    response=PolicyAnswer,
    operation_id="change_two_factor_policy",
    summary="Change the two-factor policy",
    openapi_extra=IF_MATCH,
)
@requires(Permission.SETTINGS_CHANGE)
def change_two_factor_policy(request: TokenRequest, given: PolicyGiven) -> HttpResponse:
    """Save a policy; all admins are told by mail. Needs `If-Match`. 409 where it would lock the
    holder of the token out at once."""
    row = change_policy(
        request.workspace,
        required=given.required,
        grace_days=given.grace_days,
        based_on=if_match(request),
        by=actor_of(request),
        at=now(),
    )
    return _answer(request, row)


@router.get(
    "/effect",
    response=EffectAnswer,
    operation_id="preview_two_factor_policy",
    summary="What a policy would mean",
)
@requires(Permission.SETTINGS_READ)
def preview_two_factor_policy(request: TokenRequest, asked: Query[PolicyAsked]) -> EffectAnswer:
    """Who would go no further, and when, if this policy were saved now. Nothing is changed."""
    at = now()
    before = policy_of(request.workspace).policy
    wanted = wanted_policy(before, required=asked.required, grace_days=asked.grace_days, at=at)
    effect = effect_of(request.workspace, wanted, at=at)
    return EffectAnswer(
        without=effect.without,
        at_once=effect.at_once,
        first_due=effect.first_due,
        last_due=effect.last_due,
    )


def _answer(request: TokenRequest, row: TwoFactorPolicy) -> HttpResponse:
    counts = counts_of(request.workspace, row.policy, at=now())
    answer = PolicyAnswer(
        required=Required(row.required),
        grace_days=row.grace_days,
        revision=row.revision,
        changed_at=row.changed_at,
        changed_by=str(row.changed_by) if row.changed_by else None,
        members=CountsAnswer(**{one.value: counts[one] for one in State}),
    )
    return HttpResponse(
        to_json(answer.model_dump(mode="json")),
        headers={
            "Content-Type": "application/json; charset=utf-8",
            "ETag": etag_of(row.revision),
        },
    )
