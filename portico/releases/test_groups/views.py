"""The pages about groups of testers: those of the workspace, and those of one mini program.

Each view stands at two addresses. Without an `app_id` it is about the workspace's own groups.
"""

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
from portico.kernel.errors import Conflict, InvalidFields, Stale
from portico.kernel.permissions import Permission
from portico.miniprograms.tabs import program_context
from portico.releases.models import TestGroup
from portico.releases.test_groups import services
from portico.releases.test_groups.access import Keeper, changeable_by, keeper_for, may_change
from portico.releases.test_groups.forms import GroupForm
from portico.releases.test_groups.queries import group_of, groups_of, page_of_groups
from portico.releases.test_groups.showing import (
    addresses_of,
    differences,
    group_facts,
    shown_rows,
    what_was_saved,
)
from portico.ui.texts import say
from portico.ui.values import Change
from portico.workspaces.http import MemberRequest, opened_on

ON_A_PAGE = 20
TEMPLATES = "releases/test_groups/"


@requires(Permission.RELEASES_READ)
@require_safe
def group_list(request: MemberRequest, app_id: str = "") -> HttpResponse:
    """The groups, by name."""
    keeper = keeper_for(request.member, app_id)
    search = request.GET.get("q", "")[:200]
    page = page_of_groups(
        groups_of(keeper, search=search),
        size=ON_A_PAGE,
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
    )
    context = {
        **_context(request, keeper),
        "rows": shown_rows(page.rows, addresses_of(keeper)),
        "page": page,
        "search": search,
    }
    return render(request, f"{TEMPLATES}list.html", context)


@requires(Permission.TEST_GROUPS_CHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def new_test_group(request: MemberRequest, app_id: str = "") -> HttpResponseBase:
    """Make a group."""
    keeper = changeable_by(request.member, app_id)
    context = _context(request, keeper)
    if request.method != "POST":
        return render(request, f"{TEMPLATES}new.html", context | {"form": GroupForm()})
    form = GroupForm(request.POST, request.FILES)
    context, status = context | {"form": form}, 422
    if form.is_valid():
        try:
            wanted = form.wanted()
            made = services.make_group(keeper, wanted, by=actor_of(request), at=now())
        except InvalidFields as error:
            form.refuse(error)
        except Conflict as error:
            context, status = context | {"refused": say(error)}, 409
        else:
            messages.success(request, what_was_saved(made, len(wanted.user_ids)))
            return redirect(addresses_of(keeper).one(made.id))
    return render(request, f"{TEMPLATES}new.html", context, status=status)


@requires(Permission.RELEASES_READ)
@require_safe
def one_group(request: MemberRequest, group_id: UUID, app_id: str = "") -> HttpResponse:
    """One group, and who is in it."""
    keeper = keeper_for(request.member, app_id)
    group, addresses = group_of(keeper, group_id), addresses_of(keeper)
    context = {
        **_context(request, keeper),
        "group": group,
        "facts": group_facts(group),
        "listed": "\n".join(group.user_ids),
        "edit_url": addresses.edit(group.id),
        "remove_url": addresses.remove(group.id),
    }
    return render(request, f"{TEMPLATES}group.html", context)


@requires(Permission.TEST_GROUPS_CHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def edit_test_group(request: MemberRequest, group_id: UUID, app_id: str = "") -> HttpResponseBase:
    """Change a group's name, note or testers."""
    keeper = changeable_by(request.member, app_id)
    group = group_of(keeper, group_id)
    if request.method != "POST":
        return _edit_page(request, keeper, group, GroupForm(group=group))
    form = GroupForm(request.POST, request.FILES)
    based_on = opened_on(request)
    if not form.is_valid():
        return _edit_page(request, keeper, group, form, based_on=based_on, status=422)
    wanted = form.wanted()
    try:
        changed = services.change_group(
            keeper, group_id, wanted, based_on=based_on, by=actor_of(request), at=now()
        )
    except InvalidFields as error:
        form.refuse(error)
        return _edit_page(request, keeper, group, form, based_on=based_on, status=422)
    except Stale:
        # What was typed stays. Whoever has read what is different now may save it on top of that.
        present = group_of(keeper, group_id)
        changes = differences(present, wanted)
        return _edit_page(request, keeper, present, form, changes=changes, status=409)
    except Conflict as error:
        return _edit_page(request, keeper, group, form, refused=say(error), status=409)
    messages.success(request, what_was_saved(changed, len(wanted.user_ids)))
    return redirect(addresses_of(keeper).one(group_id))


@requires(Permission.TEST_GROUPS_CHANGE)
@require_POST
def remove_test_group(request: MemberRequest, group_id: UUID, app_id: str = "") -> HttpResponseBase:
    """Remove a group; pilots that picked it keep their testers."""
    keeper = changeable_by(request.member, app_id)
    try:
        gone = services.remove_group(keeper, group_id, by=actor_of(request), at=now())
    except Conflict as error:
        messages.warning(request, say(error))
        return redirect(addresses_of(keeper).one(group_id))
    text = _("The group “%(group)s” is removed. Pilots that picked it keep their testers.")
    messages.success(request, text % {"group": gone.name})
    return redirect(addresses_of(keeper).all)


def _edit_page(
    request: MemberRequest,
    keeper: Keeper,
    group: TestGroup,
    form: GroupForm,
    *,
    based_on: int | None = None,
    changes: list[Change] | None = None,
    refused: str = "",
    status: int = 200,
) -> HttpResponse:
    context = {
        **_context(request, keeper),
        "form": form,
        "group": group,
        "group_url": addresses_of(keeper).one(group.id),
        "based_on": group.revision if based_on is None else based_on,
        "is_stale": changes is not None,
        "changes": changes,
        "refused": refused,
    }
    return render(request, f"{TEMPLATES}edit.html", context, status=status)


def _context(request: MemberRequest, keeper: Keeper) -> dict[str, object]:
    """What each page needs: the frame that it stands in, and what this member may do."""
    addresses = addresses_of(keeper)
    archived = keeper.program is not None and keeper.program.is_archived
    context: dict[str, object] = {
        "around": f"{TEMPLATES}of_{'program' if keeper.program else 'workspace'}.html",
        "list_url": addresses.all,
        "new_url": addresses.new,
        "may_edit": not archived and may_change(request.member, keeper),
    }
    if keeper.program is not None:
        context |= program_context(request, keeper.program, tab="test_groups")
    return context
