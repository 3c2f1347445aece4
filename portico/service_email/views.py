"""What the card of Service Email Preference offers beside its form."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from portico.accounts.http import actor_of
from portico.kernel.access import requires
from portico.kernel.clock import now
from portico.kernel.errors import NotFound
from portico.kernel.permissions import Permission
from portico.service_email.section import section
from portico.service_email.servers import take_untested
from portico.workspaces.http import MemberRequest


@requires(Permission.SETTINGS_CHANGE)
@require_POST
def use_anyway(request: MemberRequest) -> HttpResponseBase:
    """Take the saved server into use without a test; the audit log says who did."""
    try:
        based_on = int(request.POST.get("based_on", ""))
    except ValueError:
        raise NotFound from None
    take_untested(request.workspace, by=actor_of(request), at=now(), based_on=based_on)
    said = _("Mail goes through the saved server now, although no test of it was accepted.")
    messages.warning(request, said, extra_tags=section.name)
    return redirect(f"{reverse('tenant_settings')}#{section.name}")
