"""Delivery as simple installations have it: Django answers super apps itself, from the database.

No session and no cookie is looked at, and nothing is kept by anybody on the way: a halt has to
reach the next request. Nothing here knows a cookie, so there is no CSRF to guard against, and a
wrong method is answered as such. Errors are problems, which `portico.config.urls.delivery` sees to.
"""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseBase
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe
from pydantic_core import to_json

from portico.delivery.answers import Answer, answer_of, explained
from portico.delivery.explaining import explain
from portico.delivery.picking import pick
from portico.delivery.plan import Plan
from portico.kernel.access import public
from portico.kernel.clock import now
from portico.miniprograms.uploading.downloads import package_response
from portico.rollout.asking import Question, in_address, in_body
from portico.rollout.keys import check_is, target_asking
from portico.rollout.queries import delivered, offered_version
from portico.targets.models import ReleaseTarget
from portico.workspaces.http import WorkspaceRequest

KEY = "The key of a target is the door."


@public(KEY)
@csrf_exempt
@require_safe
def resolve(request: WorkspaceRequest) -> HttpResponse:
    """Which version of a mini program a user gets, and why."""
    target = _target(request)
    (answer,) = _answers(target, in_address(dict(request.GET.lists())))
    return _json(answer)


@public(KEY)
@csrf_exempt
@require_POST
def resolve_batch(request: WorkspaceRequest) -> HttpResponse:
    """The same for many mini programs at once, in the order they were asked for."""
    target = _target(request)
    return _json({"answers": _answers(target, in_body(request.body))})


@public(KEY)
@csrf_exempt
@require_safe
def package(request: WorkspaceRequest, app_id: str, code: int) -> HttpResponseBase:
    """The package of a version that somebody gets on the target of the key."""
    return package_response(offered_version(_target(request), app_id, code))


@public(KEY)
@csrf_exempt
@require_safe
def manifest(request: WorkspaceRequest, app_id: str, code: int) -> HttpResponse:
    """The manifest of such a version: what a hosted program has in place of a package."""
    return _json(offered_version(_target(request), app_id, code).manifest)


def _target(request: WorkspaceRequest) -> ReleaseTarget:
    return target_asking(request, request.workspace, at=now())


def _answers(target: ReleaseTarget, question: Question) -> list[Answer]:
    check_is(target, question.target)
    plans = delivered(target, question.app_ids)
    return [_answer(plans[app_id], question) for app_id in question.app_ids]


def _answer(plan: Plan, question: Question) -> Answer:
    if question.explain:
        return explained(explain(plan, question.subject, question.context))
    return answer_of(plan, pick(plan, question.subject, question.context))


def _json(answer: object) -> HttpResponse:
    response = HttpResponse(to_json(answer), content_type="application/json")
    response.headers["Cache-Control"] = "private, no-store"
    return response
