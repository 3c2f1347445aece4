"""The pages about endpoints: the list, one endpoint, and what can be done about it."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portico.accounts.http import actor_of
from portico.kernel.access import requires
from portico.kernel.clock import now
from portico.kernel.errors import Conflict, Invalid, TooOften
from portico.kernel.permissions import Permission
from portico.ui.forms import refuse
from portico.ui.texts import say
from portico.webhooks import services
from portico.webhooks.forms import EnableForm, EndpointForm, RotationForm
from portico.webhooks.models import Endpoint
from portico.webhooks.queries import (
    deliveries_of,
    endpoint_of,
    held_for,
    page_of,
    with_last_deliveries,
)
from portico.webhooks.rules.patience import DAYS_KEPT
from portico.webhooks.showing import (
    delivery_rows,
    endpoint_facts,
    endpoint_rows,
    warnings_of,
)
from portico.workspaces.http import MemberRequest, opened_on

SHOWN = 5  # deliveries, on an endpoint's own page


@requires(Permission.WEBHOOKS_READ)
@require_safe
def webhooks(request: MemberRequest) -> HttpResponse:
    """All endpoints of the workspace."""
    rows = endpoint_rows(with_last_deliveries(request.workspace))
    context = {
        "rows": rows,
        "may_add": _may_change(request) and len(rows) < services.MOST_ENDPOINTS,
        "most": services.MOST_ENDPOINTS,
    }
    return render(request, "webhooks/webhooks.html", context)


@requires(Permission.WEBHOOKS_CHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def new_webhook(request: MemberRequest) -> HttpResponseBase:
    """Add an endpoint. Its secret is shown once, by the answer."""
    form = EndpointForm(request.POST if request.method == "POST" else None)
    status, refused = 200, ""
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                endpoint, secret = services.make_endpoint(
                    request.workspace, form.wanted(), by=actor_of(request), at=now()
                )
            except Invalid as error:
                refuse(form, error)
            except Conflict as error:
                status, refused = 409, say(error)
            else:
                return _secret_page(request, endpoint, secret, is_new=True)
    context = {"form": form, "refused": refused}
    return render(request, "webhooks/edit.html", context, status=status)


@requires(Permission.WEBHOOKS_READ)
@require_safe
def webhook(request: MemberRequest, endpoint_id: UUID) -> HttpResponse:
    """One endpoint, and what can be done about it."""
    return _page(request, endpoint_of(request.workspace, endpoint_id))


@requires(Permission.WEBHOOKS_CHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def edit_webhook(request: MemberRequest, endpoint_id: UUID) -> HttpResponseBase:
    """Change an endpoint."""
    endpoint = endpoint_of(request.workspace, endpoint_id)
    status, refused = 200, ""
    form = EndpointForm.of(endpoint)
    if request.method == "POST":
        form, status = EndpointForm(request.POST), 422
        if form.is_valid():
            try:
                services.change_endpoint(
                    request.workspace,
                    endpoint_id,
                    form.wanted(),
                    based_on=opened_on(request),
                    by=actor_of(request),
                    at=now(),
                )
            except Invalid as error:
                refuse(form, error)
            except Conflict as error:
                status, refused = 409, say(error)
            else:
                messages.success(request, _("The webhook is changed."))
                return redirect("webhook", endpoint_id)
    context = {"form": form, "endpoint": endpoint, "refused": refused}
    return render(request, "webhooks/edit.html", context, status=status)


@requires(Permission.WEBHOOKS_CHANGE)
@require_POST
def disable_webhook(request: MemberRequest, endpoint_id: UUID) -> HttpResponseBase:
    """Send nothing more to an endpoint."""
    try:
        endpoint = services.disable_endpoint(
            request.workspace, endpoint_id, by=actor_of(request), at=now()
        )
    except Conflict as error:
        messages.warning(request, say(error))
    else:
        text = _("“%(webhook)s” is disabled. Events are held for it.")
        messages.success(request, text % {"webhook": endpoint.label})
    return redirect("webhook", endpoint_id)


@requires(Permission.WEBHOOKS_CHANGE)
@require_POST
def enable_webhook(request: MemberRequest, endpoint_id: UUID) -> HttpResponseBase:
    """Send to an endpoint again."""
    form = EnableForm(request.POST)
    held = form.cleaned_data["held"] if form.is_valid() else services.Held.SEND
    try:
        endpoint = services.enable_endpoint(
            request.workspace, endpoint_id, held=held, by=actor_of(request), at=now()
        )
    except Conflict as error:
        messages.warning(request, say(error))
    else:
        messages.success(request, _("“%(webhook)s” is enabled.") % {"webhook": endpoint.label})
    return redirect("webhook", endpoint_id)


@requires(Permission.WEBHOOKS_CHANGE)
@require_POST
def remove_webhook(request: MemberRequest, endpoint_id: UUID) -> HttpResponseBase:
    """Remove an endpoint."""
    label = endpoint_of(request.workspace, endpoint_id).label
    services.remove_endpoint(request.workspace, endpoint_id, by=actor_of(request), at=now())
    messages.success(request, _("“%(webhook)s” is removed.") % {"webhook": label})
    return redirect("webhooks")


@requires(Permission.WEBHOOKS_CHANGE)
@require_POST
def rotate_webhook_secret(request: MemberRequest, endpoint_id: UUID) -> HttpResponseBase:
    """Make a new signing secret, which is shown once, by the answer."""
    form = RotationForm(request.POST)
    if not form.is_valid():
        return _page(request, endpoint_of(request.workspace, endpoint_id), form, status=422)
    try:
        endpoint, secret = services.rotate_secret(
            request.workspace,
            endpoint_id,
            overlap=form.cleaned_data["overlap"],
            based_on=opened_on(request),
            by=actor_of(request),
            at=now(),
        )
    except Conflict as error:
        messages.warning(request, say(error))
        return redirect("webhook", endpoint_id)
    return _secret_page(request, endpoint, secret, is_new=False)


@requires(Permission.WEBHOOKS_CHANGE)
@require_POST
def test_webhook(request: MemberRequest, endpoint_id: UUID) -> HttpResponseBase:
    """Send a test event; its page shows what comes of it."""
    try:
        delivery = services.send_test(
            request.workspace, endpoint_id, by=actor_of(request), at=now()
        )
    except TooOften as error:
        messages.warning(request, say(error))
        return redirect("webhook", endpoint_id)
    return redirect("webhook_delivery", endpoint_id, delivery.id)


def _page(
    request: MemberRequest,
    endpoint: Endpoint,
    rotation: RotationForm | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    at = now()
    page = page_of(deliveries_of(endpoint), size=SHOWN)
    context = {
        "endpoint": endpoint,
        "facts": endpoint_facts(endpoint, at=at),
        "warnings": warnings_of(endpoint),
        "rows": delivery_rows(page.deliveries),
        "has_older": page.has_older,
        "held": 0 if endpoint.enabled else held_for(endpoint),
        "days_kept": DAYS_KEPT,
        "rotation": rotation or RotationForm(),
        "enabling": EnableForm(),
        "may_change": _may_change(request),
    }
    return render(request, "webhooks/webhook.html", context, status=status)


def _secret_page(
    request: MemberRequest, endpoint: Endpoint, secret: str, *, is_new: bool
) -> HttpResponse:
    context = {
        "endpoint": endpoint,
        "secret": secret,
        "is_new": is_new,
        "warnings": warnings_of(endpoint),
    }
    response = render(request, "webhooks/secret.html", context)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _may_change(request: MemberRequest) -> bool:
    return request.member.may(Permission.WEBHOOKS_CHANGE)
