"""Verify on the card, and what anybody may ask: the list of addresses, and the echo."""

from __future__ import annotations

from collections import Counter

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from portico.accounts.http import actor_of, ip_of
from portico.egress.models import OutboundVerification
from portico.egress.outbound.listing import listing_of
from portico.egress.outbound.panels import panel_of
from portico.egress.outbound.results import Verdict
from portico.egress.outbound.verifying import verify
from portico.kernel.access import public, requires
from portico.kernel.clock import now
from portico.kernel.errors import Conflict, TooOften
from portico.kernel.ids import digest
from portico.kernel.permissions import Permission
from portico.ui.texts import say
from portico.workspaces.http import MemberRequest, WorkspaceRequest

SECTION = "domain-preference"
WHY_LISTED = "Partners' firewalls are told by it whose calls to let in."


@requires(Permission.SETTINGS_CHANGE)
@require_POST
def verify_outbound_ip(request: MemberRequest) -> HttpResponseBase:
    """Call the echo address from each chosen address; the card shows what was seen."""
    refusal = ""
    status = 200
    try:
        verification = verify(request.workspace, by=actor_of(request), at=now())
    except (Conflict, TooOften) as error:
        refusal = say(error)
        status = 429 if isinstance(error, TooOften) else 409
    if getattr(request, "htmx", False):
        panel = panel_of(request.workspace, at=now(), refusal=refusal)
        # htmx swaps in 409; any other failure would be a message of its own.
        status = 409 if refusal else status
        context = {"outbound": panel}
        return render(request, "egress/section/outbound.html", context, status=status)
    if refusal:
        messages.error(request, refusal, extra_tags=SECTION)
    else:
        _tell(request, verification)
    return redirect(f"{reverse('tenant_settings')}#{SECTION}")


@public(WHY_LISTED)
@require_safe
def egress_ips_json(request: WorkspaceRequest) -> HttpResponse:
    """The addresses that this workspace's calls leave from, for programs."""
    listing = listing_of(request.workspace, at=now())
    return _fresh(request, listing.as_json(), "application/json")


@public(WHY_LISTED)
@require_safe
def egress_ips_text(request: WorkspaceRequest) -> HttpResponse:
    """The same, an address a line."""
    listing = listing_of(request.workspace, at=now())
    return _fresh(request, listing.as_text(), "text/plain; charset=utf-8")


@public("Says to whoever asks only where they ask from.")
@require_safe
def echo(request: WorkspaceRequest) -> HttpResponse:
    """The address that this very call came from, as plain text."""
    response = HttpResponse(f"{ip_of(request) or ''}\n", content_type="text/plain")
    response.headers["Cache-Control"] = "no-store"
    return response


def _fresh(request: WorkspaceRequest, text: str, content_type: str) -> HttpResponse:
    etag = f'"{digest(text)}"'
    response: HttpResponse | None = get_conditional_response(request, etag=etag)
    if response is None:
        response = HttpResponse(text, content_type=content_type)
    response.headers["ETag"] = etag
    response.headers["Cache-Control"] = "no-cache"
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


def _tell(request: MemberRequest, verification: OutboundVerification) -> None:
    verdicts = Counter(kept["verdict"] for kept in verification.results)
    if verdicts[Verdict.OK] == len(verification.results):
        messages.success(request, _("Calls are seen to come from each address."), SECTION)
    else:
        said = _("Not every address is seen as expected. The table says which, and what to do.")
        messages.warning(request, said, SECTION)
