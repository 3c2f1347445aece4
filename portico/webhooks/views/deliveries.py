"""The pages about deliveries: an endpoint's log, and one delivery as it goes."""

from __future__ import annotations

from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from portico.accounts.http import actor_of
from portico.kernel.access import requires
from portico.kernel.clock import now
from portico.kernel.errors import Conflict
from portico.kernel.ids import id_in
from portico.kernel.permissions import Permission
from portico.ui.texts import say
from portico.webhooks import services
from portico.webhooks.forms import DeliveriesForm
from portico.webhooks.models import UNDER_WAY, Delivery, DeliveryState
from portico.webhooks.queries import deliveries_of, delivery_of, endpoint_of, page_of
from portico.webhooks.rules.patience import DAYS_KEPT
from portico.webhooks.showing import (
    delivery_facts,
    delivery_rows,
    readable,
    request_of,
    tries_of,
)
from portico.workspaces.http import MemberRequest

ON_A_PAGE = 50


@requires(Permission.WEBHOOKS_READ)
@require_safe
def webhook_deliveries(request: MemberRequest, endpoint_id: UUID) -> HttpResponse:
    """An endpoint's deliveries, newest first."""
    endpoint = endpoint_of(request.workspace, endpoint_id)
    form = DeliveriesForm(request.GET)
    context: dict[str, object] = {
        "endpoint": endpoint,
        "form": form,
        "days_kept": DAYS_KEPT,
        "list_url": reverse("webhook_deliveries", args=[endpoint.id]),
    }
    if not form.is_valid():
        return render(request, "webhooks/deliveries.html", context, status=422)
    asked = form.asked()
    before, after = id_in(request.GET.get("before")), id_in(request.GET.get("after"))
    found = deliveries_of(endpoint, form.filters())
    page = page_of(found, size=ON_A_PAGE, before=before, after=after)
    context |= {
        "page": page,
        "rows": delivery_rows(page.deliveries),
        "asked": bool(asked or before or after),
        "query": f"?{urlencode(asked)}" if asked else "",
    }
    return render(request, "webhooks/deliveries.html", context)


@requires(Permission.WEBHOOKS_READ)
@require_safe
def webhook_delivery(request: MemberRequest, endpoint_id: UUID, delivery_id: UUID) -> HttpResponse:
    """A delivery as it stands; htmx asks again and again, and is answered where it has changed."""
    endpoint = endpoint_of(request.workspace, endpoint_id)
    delivery = delivery_of(endpoint, delivery_id)
    polls = getattr(request, "htmx", False)
    if polls and request.GET.get("seen") == version_of(delivery):
        return HttpResponse(status=204, headers={"Cache-Control": "private, no-store"})
    tries = tries_of(delivery)
    context = {
        "endpoint": endpoint,
        "delivery": delivery,
        "facts": delivery_facts(delivery),
        "request_headers": request_of(delivery, tries[0].attempt if tries else None),
        "body": readable(delivery.body),
        "tries": tries,
        "goes_on": _is_watched(delivery),
        "version": version_of(delivery),
        "may_redeliver": request.member.may(Permission.WEBHOOKS_CHANGE)
        and delivery.state != DeliveryState.SENDING
        and (endpoint.enabled or delivery.test),
    }
    template = "webhooks/delivery.html#panel" if polls else "webhooks/delivery.html"
    response = render(request, template, context)
    response.headers["Cache-Control"] = "private, no-store"
    return response


@requires(Permission.WEBHOOKS_CHANGE)
@require_POST
def redeliver_webhook(
    request: MemberRequest, endpoint_id: UUID, delivery_id: UUID
) -> HttpResponseBase:
    """Send an event once more."""
    try:
        services.redeliver(
            request.workspace, endpoint_id, delivery_id, by=actor_of(request), at=now()
        )
    except Conflict as error:
        messages.warning(request, say(error))
    else:
        messages.success(request, _("The event is on its way again, under the same id."))
    return redirect("webhook_delivery", endpoint_id, delivery_id)


def version_of(delivery: Delivery) -> str:
    """Differs wherever the page of a delivery would look different."""
    return f"{delivery.state}-{delivery.attempts}-{int(delivery.urgent)}"


def _is_watched(delivery: Delivery) -> bool:
    """Whether something is about to happen that is worth waiting for."""
    soon = delivery.urgent or delivery.state == DeliveryState.SENDING
    return delivery.state in UNDER_WAY and soon
