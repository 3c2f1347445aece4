"""The pages of a target's keys: making one, rotating and revoking it.

A key is found through its target, so that the address of one environment never reaches a key of
the other.
"""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from portico.accounts.http import actor_of
from portico.kernel.access import requires
from portico.kernel.clock import now
from portico.kernel.errors import Conflict, Invalid
from portico.kernel.permissions import Permission
from portico.targets import services
from portico.targets.forms import KeyForm, RotationForm
from portico.targets.models import ReleaseTarget, TargetKey
from portico.targets.queries import app_of, key_of, target_in
from portico.ui.forms import refuse
from portico.ui.texts import say
from portico.workspaces.http import MemberRequest


@requires(Permission.APPS_CHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def new_target_key(request: MemberRequest, app_id: UUID, environment: str) -> HttpResponseBase:
    """Make a key. It is shown once, by the answer."""
    target = _target(request, app_id, environment)
    form = KeyForm(request.POST if request.method == "POST" else None)
    status, refused = 200, ""
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                key, secret = services.make_key(
                    target, form.cleaned_data["name"], by=actor_of(request), at=now()
                )
            except Invalid as error:
                refuse(form, error)
            except Conflict as error:
                status, refused = 409, say(error)
            else:
                return _secret_page(request, key, secret)
    context = {"form": form, "target": target, "app": target.app, "refused": refused}
    return render(request, "targets/new_key.html", context, status=status)


@requires(Permission.APPS_CHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def rotate_target_key(
    request: MemberRequest, app_id: UUID, environment: str, key_id: UUID
) -> HttpResponseBase:
    """Make a key in the place of another. It is shown once, by the answer."""
    target = _target(request, app_id, environment)
    old = key_of(target, key_id)
    form = RotationForm(request.POST if request.method == "POST" else None)
    status, refused = 200, ""
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                key, secret = services.rotate_key(
                    old, overlap=form.cleaned_data["overlap"], by=actor_of(request), at=now()
                )
            except Conflict as error:
                status, refused = 409, say(error)
            else:
                return _secret_page(request, key, secret, old=key_of(target, key_id))
    context = {"form": form, "target": target, "app": target.app, "key": old, "refused": refused}
    return render(request, "targets/rotate_key.html", context, status=status)


@requires(Permission.APPS_CHANGE)
@require_POST
def revoke_target_key(
    request: MemberRequest, app_id: UUID, environment: str, key_id: UUID
) -> HttpResponseBase:
    """End a key at once."""
    key = key_of(_target(request, app_id, environment), key_id)
    try:
        services.revoke_key(key, by=actor_of(request), at=now())
    except Conflict as error:
        messages.warning(request, say(error))
    else:
        text = _("“%(key)s” is revoked. Nothing works with it any more.")
        messages.success(request, text % {"key": key.name})
    return redirect("app", app_id)


def _target(request: MemberRequest, app_id: UUID, environment: str) -> ReleaseTarget:
    return target_in(app_of(request.workspace, app_id), environment)


def _secret_page(
    request: MemberRequest, key: TargetKey, secret: str, *, old: TargetKey | None = None
) -> HttpResponse:
    context = {
        "key": key,
        "secret": secret,
        "old": old,
        "works_on": old is not None and old.works(at=now()),
        "target": key.target,
        "app": key.target.app,
    }
    response = render(request, "targets/secret.html", context)
    response.headers["Cache-Control"] = "private, no-store"
    return response
