"""What changes how an app stands: archiving, restoring, and being the web app."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from portico.accounts.http import actor_of
from portico.kernel.access import requires
from portico.kernel.clock import now
from portico.kernel.errors import Conflict
from portico.kernel.ids import id_in
from portico.kernel.permissions import Permission
from portico.targets import services
from portico.ui.texts import say
from portico.workspaces.http import MemberRequest


@requires(Permission.APPS_CHANGE)
@require_POST
def archive_app(request: MemberRequest, app_id: UUID) -> HttpResponseBase:
    """Put an app away."""
    try:
        app = services.archive_app(request.workspace, app_id, by=actor_of(request), at=now())
    except Conflict as error:
        messages.warning(request, say(error))
    else:
        text = _("“%(app)s” is archived. None of its keys works any more.")
        messages.success(request, text % {"app": app.name})
    return redirect("app", app_id)


@requires(Permission.APPS_CHANGE)
@require_POST
def restore_app(request: MemberRequest, app_id: UUID) -> HttpResponseBase:
    """Take an archived app into use again."""
    try:
        app = services.restore_app(request.workspace, app_id, by=actor_of(request), at=now())
    except Conflict as error:
        messages.warning(request, say(error))
    else:
        text = _("“%(app)s” is in use again, with the keys shown below.")
        messages.success(request, text % {"app": app.name})
    return redirect("app", app_id)


@requires(Permission.APPS_CHANGE)
@require_POST
def make_web_app(request: MemberRequest, app_id: UUID) -> HttpResponseBase:
    """Have the public web pages serve what is released to this app."""
    instead_of = id_in(request.POST.get("instead_of"))
    try:
        app = services.make_web_app(
            request.workspace, app_id, instead_of=instead_of, by=actor_of(request), at=now()
        )
    except Conflict as error:
        messages.warning(request, say(error))
    else:
        messages.success(request, _("“%(app)s” is the web app now.") % {"app": app.name})
    return redirect("app", app_id)


@requires(Permission.APPS_CHANGE)
@require_POST
def end_web_app(request: MemberRequest, app_id: UUID) -> HttpResponseBase:
    """Leave the workspace without a web app."""
    try:
        app = services.end_web_app(request.workspace, app_id, by=actor_of(request), at=now())
    except Conflict as error:
        messages.warning(request, say(error))
    else:
        text = _("“%(app)s” is not the web app any more; the workspace has none.")
        messages.success(request, text % {"app": app.name})
    return redirect("app", app_id)
