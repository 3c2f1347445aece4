"""The pages of apps: the list, one app with its targets, making and changing one."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from portico.accounts.http import actor_of
from portico.kernel.access import requires
from portico.kernel.clock import now
from portico.kernel.errors import Conflict, Invalid, Stale
from portico.kernel.permissions import Permission
from portico.targets import services
from portico.targets.forms import AppFilterForm, AppForm
from portico.targets.icons import icon_of
from portico.targets.models import App
from portico.targets.queries import ORDERS, app_of, apps_of, in_order, web_app_of
from portico.targets.showing import app_facts, app_rows, differences, target_cards
from portico.ui.forms import refuse
from portico.ui.texts import say
from portico.ui.values import Change
from portico.workspaces.http import MemberRequest, opened_on

ON_A_PAGE = 50


@requires(Permission.APPS_READ)
@require_safe
def apps(request: MemberRequest) -> HttpResponse:
    """The workspace's apps."""
    form = AppFilterForm(request.GET)
    order = request.GET.get("sort", "")
    found = in_order(apps_of(request.workspace, form.filters()), order)
    page = Paginator(found, ON_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page": page,
        "rows": app_rows(request.workspace, page.object_list, at=now()),
        "sort": order if order in ORDERS else "",
        "asked": any(request.GET.get(name) for name in ("q", "state")),
        "may_change": _may_change(request),
    }
    return render(request, "targets/apps.html", context)


@requires(Permission.APPS_CHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def new_app(request: MemberRequest) -> HttpResponseBase:
    """Make an app, with both of its targets."""
    at = now()
    web_app = web_app_of(request.workspace)
    if request.method != "POST":
        form = AppForm(workspace=request.workspace, at=at, web_app=web_app)
        return render(request, "targets/edit.html", {"form": form})
    form = AppForm(request.POST, request.FILES, workspace=request.workspace, at=at, web_app=web_app)
    form.receive(request)
    if form.is_valid():
        try:
            made = services.make_app(request.workspace, form.wanted(), by=actor_of(request), at=at)
        except Invalid as error:
            refuse(form, error)
        else:
            _remark(request, form)
            messages.success(request, _("“%(app)s” is made.") % {"app": made.name})
            return redirect("app", made.id)
    return render(request, "targets/edit.html", {"form": form}, status=422)


@requires(Permission.APPS_READ)
@require_safe
def app(request: MemberRequest, app_id: UUID) -> HttpResponse:
    """One app: its targets with their keys, and what can be done with it."""
    shown = app_of(request.workspace, app_id)
    web_app = shown if shown.is_web else web_app_of(request.workspace)
    context = {
        "app": shown,
        "icon": icon_of(request.workspace, shown),
        "facts": app_facts(shown),
        "cards": target_cards(shown, at=now()),
        "web_app": web_app,
        "most_keys": services.MOST_KEYS,
        "may_change": _may_change(request),
    }
    return render(request, "targets/app.html", context)


@requires(Permission.APPS_CHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def edit_app(request: MemberRequest, app_id: UUID) -> HttpResponseBase:
    """Change an app's name, code or icon."""
    at, shown = now(), app_of(request.workspace, app_id)
    if request.method != "POST":
        return _edit_page(request, AppForm(workspace=request.workspace, at=at, app=shown), shown)
    form = AppForm(request.POST, request.FILES, workspace=request.workspace, at=at, app=shown)
    form.receive(request)
    if not form.is_valid():
        return _edit_page(request, form, shown, based_on=opened_on(request), status=422)
    try:
        changed = services.change_app(
            request.workspace,
            app_id,
            form.wanted(),
            based_on=opened_on(request),
            by=actor_of(request),
            at=at,
        )
    except Invalid as error:
        refuse(form, error)
        return _edit_page(request, form, shown, based_on=opened_on(request), status=422)
    except Stale:
        # What was typed stays. Whoever has read what is different now may save it on top of that.
        present = app_of(request.workspace, app_id)
        return _edit_page(
            request, form, present, changes=differences(present, form.wanted()), status=409
        )
    except Conflict as error:
        return _edit_page(request, form, shown, refused=say(error), status=409)
    _remark(request, form)
    messages.success(request, _("“%(app)s” is changed.") % {"app": changed.name})
    return redirect("app", app_id)


def _edit_page(
    request: MemberRequest,
    form: AppForm,
    shown: App,
    *,
    based_on: int | None = None,
    changes: list[Change] | None = None,
    refused: str = "",
    status: int = 200,
) -> HttpResponse:
    context = {
        "form": form,
        "app": shown,
        "based_on": shown.revision if based_on is None else based_on,
        "is_stale": changes is not None,
        "changes": changes or [],
        "refused": refused,
    }
    return render(request, "targets/edit.html", context, status=status)


def _remark(request: MemberRequest, form: AppForm) -> None:
    for sentence in form.remarks():
        messages.info(request, sentence)


def _may_change(request: MemberRequest) -> bool:
    return request.member.may(Permission.APPS_CHANGE)
