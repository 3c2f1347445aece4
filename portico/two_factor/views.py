"""The policy's page: of whom a second factor is required, and who has one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from portico.accounts.http import actor_of
from portico.accounts.second_factor.services import has_second_factor
from portico.kernel.access import requires
from portico.kernel.clock import now
from portico.kernel.errors import Conflict, Invalid, Stale
from portico.kernel.permissions import Permission
from portico.two_factor.forms import STATE_FILTERS, PolicyForm, StandingFilterForm
from portico.two_factor.models import TwoFactorPolicy
from portico.two_factor.queries import (
    Effect,
    counts_of,
    effect_of,
    in_state,
    members_by_standing,
    named,
    policy_of,
    state_in,
)
from portico.two_factor.rules import Policy, Required, State, due_at, is_stricter
from portico.two_factor.services import LocksYouOut, change_policy, wanted_policy
from portico.two_factor.standing import standing_of
from portico.two_factor.words import REQUIRED_TITLES, STATE_TITLES, TONES, day_and_time, days
from portico.ui.forms import refuse
from portico.ui.texts import say
from portico.ui.values import Change
from portico.workspaces.http import MemberRequest
from portico.workspaces.models import Membership

ON_A_PAGE = 50


@dataclass(frozen=True)
class Row:
    """A member in the list."""

    member: Membership
    state: State
    title: str
    tone: str
    due: datetime | None


@requires(Permission.SETTINGS_READ)
@require_http_methods(["GET", "HEAD"])
def two_factor_policy(request: MemberRequest) -> HttpResponse:
    """The policy, and how the members stand towards it."""
    row = policy_of(request.workspace)
    return _page(request, row, PolicyForm(initial=_initial(row)))


@requires(Permission.SETTINGS_CHANGE)
@require_http_methods(["POST"])
def change_two_factor_policy(request: MemberRequest) -> HttpResponse:
    """Save the policy. A stricter one is shown with what it means first, and saved on a second
    word."""
    form = PolicyForm(request.POST)
    row = policy_of(request.workspace)
    if not form.is_valid():
        return _page(request, row, form, status=422)
    typed, at = form.cleaned_data, now()
    values = {"required": typed["required"], "grace_days": typed["grace_days"]}
    try:
        wanted = wanted_policy(row.policy, **values, at=at)
        shown = f"{wanted.required}:{wanted.grace_days}:{typed['based_on']}"
        asks = row.revision == typed["based_on"] and is_stricter(row.policy, wanted)
        if asks and typed["seen"] != shown:
            effect = effect_of(request.workspace, wanted, at=at)
            own = _own_due(request, wanted)
            if own is not None and own <= at:
                raise LocksYouOut
            if effect.without:
                form = PolicyForm({**typed, "seen": shown})
                return _page(request, row, form, effect=effect, own_due=own)
        change_policy(
            request.workspace, **values, based_on=typed["based_on"], by=actor_of(request), at=at
        )
    except Invalid as error:
        refuse(form, error)
        return _page(request, row, form, status=422)
    except Stale as error:
        return _stale(request, form, say(error))
    except Conflict as error:
        return _page(request, row, form, status=409, refused=say(error))
    messages.success(request, _("The two-factor policy is saved."))
    return redirect("two_factor_policy")


def _stale(request: MemberRequest, form: PolicyForm, sentence: str) -> HttpResponse:
    """What was typed, based on what is saved now, and what saving it would change."""
    row, typed = policy_of(request.workspace), form.cleaned_data
    rebased = PolicyForm({**typed, "based_on": row.revision, "seen": ""})
    wanted = Required(typed["required"])
    pairs = (
        (_("Two-factor"), REQUIRED_TITLES[Required(row.required)], REQUIRED_TITLES[wanted]),
        (_("Grace period"), days(row.grace_days), days(typed["grace_days"])),
    )
    changes = [
        Change(field=title, before=str(before), after=str(after))
        for title, before, after in pairs
        if before != after
    ]
    return _page(request, row, rebased, status=409, conflict=sentence, changes=changes)


def _page(
    request: MemberRequest,
    row: TwoFactorPolicy,
    form: PolicyForm,
    *,
    status: int = 200,
    effect: Effect | None = None,
    own_due: datetime | None = None,
    **more: object,
) -> HttpResponse:
    at, policy = now(), row.policy
    filters = StandingFilterForm(request.GET)
    found = members_by_standing(request.workspace, policy)
    words, state = filters.asked("q"), filters.asked("state")
    listed = named(found, words)
    if state:
        listed = in_state(listed, State(state), at=at)
    page = Paginator(listed.order_by("person__email", "id"), ON_A_PAGE).get_page(
        request.GET.get("page")
    )
    counts = counts_of(request.workspace, policy, at=at)
    context = {
        "policy": row,
        "form": form,
        "effect": effect,
        "own_due": own_due,
        "filters": filters,
        "page": page,
        "rows": [_row(one, at=at) for one in page.object_list],
        "counts": [
            (STATE_FILTERS[one.value], TONES[one], counts[one]) for one in State if counts[one]
        ],
        "asked": bool(words or state),
        "may_change": request.member.may(Permission.SETTINGS_CHANGE),
        **more,
    }
    return render(request, "two_factor/policy.html", context, status=status)


def _row(member: Membership, *, at: datetime) -> Row:
    state = state_in(member, at=at)
    due: datetime | None = getattr(member, "due")  # noqa: B009 - an annotation
    title = str(STATE_TITLES[state])
    if state is State.GRACE and due is not None:
        title = f"{title} {day_and_time(due)}"
    return Row(member=member, state=state, title=title, tone=TONES[state], due=due)


def _own_due(request: MemberRequest, wanted: Policy) -> datetime | None:
    """When the writer themselves would go no further; None: never, or they have a second factor."""
    if has_second_factor(request.user):
        return None
    return due_at(wanted, standing_of(request.member).who)


def _initial(row: TwoFactorPolicy) -> dict[str, object]:
    return {
        "required": row.required,
        "grace_days": row.grace_days,
        "based_on": row.revision,
    }
