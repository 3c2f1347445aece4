"""The pages about reviewers: the list, one of them, and what can be done about it."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portico.accounts.http import actor_of
from portico.automated_checks.models import Reviewer
from portico.automated_checks.reviewers import services
from portico.automated_checks.reviewers.forms import ReviewerForm, RotationForm
from portico.automated_checks.reviewers.queries import latest_of, with_last_reviews
from portico.automated_checks.reviewers.showing import (
    asked_rows,
    reviewer_facts,
    reviewer_rows,
    warnings_of,
)
from portico.kernel.access import requires
from portico.kernel.clock import now
from portico.kernel.errors import Conflict, Invalid
from portico.kernel.permissions import Permission
from portico.ui.forms import refuse
from portico.ui.texts import say
from portico.workspaces.http import MemberRequest, opened_on

SHOWN = 10  # reviews, on a reviewer's own page


@requires(Permission.CHECKS_CHANGE)
@require_safe
def reviewers(request: MemberRequest) -> HttpResponse:
    """All reviewers of the workspace."""
    rows = reviewer_rows(with_last_reviews(request.workspace))
    context = {
        "rows": rows,
        "may_add": len(rows) < services.MOST_REVIEWERS,
        "most": services.MOST_REVIEWERS,
    }
    return render(request, "automated_checks/reviewers/list.html", context)


@requires(Permission.CHECKS_CHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def new_reviewer(request: MemberRequest) -> HttpResponseBase:
    """Add a reviewer. Its secret is shown once, by the answer."""
    form = ReviewerForm(request.POST if request.method == "POST" else None)
    status, refused = 200, ""
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                reviewer, secret = services.make_reviewer(
                    request.workspace, form.wanted(), by=actor_of(request), at=now()
                )
            except Invalid as error:
                refuse(form, error)
            except Conflict as error:
                status, refused = 409, say(error)
            else:
                return _secret_page(request, reviewer, secret, is_new=True)
    context = {"form": form, "refused": refused}
    return render(request, "automated_checks/reviewers/edit.html", context, status=status)


@requires(Permission.CHECKS_CHANGE)
@require_safe
def reviewer(request: MemberRequest, reviewer_id: UUID) -> HttpResponse:
    """One reviewer, and what can be done about it."""
    return _page(request, services.reviewer_of(request.workspace, reviewer_id))


@requires(Permission.CHECKS_CHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def edit_reviewer(request: MemberRequest, reviewer_id: UUID) -> HttpResponseBase:
    """Change a reviewer."""
    found = services.reviewer_of(request.workspace, reviewer_id)
    status, refused = 200, ""
    form = ReviewerForm.of(found)
    if request.method == "POST":
        form, status = ReviewerForm(request.POST), 422
        if form.is_valid():
            try:
                services.change_reviewer(
                    request.workspace,
                    reviewer_id,
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
                messages.success(request, _("The reviewer is changed."))
                return redirect("reviewer", reviewer_id)
    context = {"form": form, "reviewer": found, "refused": refused}
    return render(request, "automated_checks/reviewers/edit.html", context, status=status)


@requires(Permission.CHECKS_CHANGE)
@require_POST
def disable_reviewer(request: MemberRequest, reviewer_id: UUID) -> HttpResponseBase:
    """Ask a reviewer nothing more."""
    try:
        found = services.disable_reviewer(
            request.workspace, reviewer_id, by=actor_of(request), at=now()
        )
    except Conflict as error:
        messages.warning(request, say(error))
    else:
        text = _("“%(reviewer)s” is disabled. It is not asked about new versions.")
        messages.success(request, text % {"reviewer": found.name})
    return redirect("reviewer", reviewer_id)


@requires(Permission.CHECKS_CHANGE)
@require_POST
def enable_reviewer(request: MemberRequest, reviewer_id: UUID) -> HttpResponseBase:
    """Ask a reviewer again."""
    try:
        found = services.enable_reviewer(
            request.workspace, reviewer_id, by=actor_of(request), at=now()
        )
    except Conflict as error:
        messages.warning(request, say(error))
    else:
        text = _("“%(reviewer)s” is enabled. It is asked about versions from now on.")
        messages.success(request, text % {"reviewer": found.name})
    return redirect("reviewer", reviewer_id)


@requires(Permission.CHECKS_CHANGE)
@require_POST
def remove_reviewer(request: MemberRequest, reviewer_id: UUID) -> HttpResponseBase:
    """Remove a reviewer."""
    name = services.reviewer_of(request.workspace, reviewer_id).name
    services.remove_reviewer(request.workspace, reviewer_id, by=actor_of(request), at=now())
    messages.success(request, _("“%(reviewer)s” is removed.") % {"reviewer": name})
    return redirect("reviewers")


@requires(Permission.CHECKS_CHANGE)
@require_POST
def rotate_reviewer_secret(request: MemberRequest, reviewer_id: UUID) -> HttpResponseBase:
    """Make a new signing secret, which is shown once, by the answer."""
    form = RotationForm(request.POST)
    found = services.reviewer_of(request.workspace, reviewer_id)
    if not form.is_valid():
        return _page(request, found, form, status=422)
    try:
        found, secret = services.rotate_secret(
            request.workspace,
            reviewer_id,
            overlap=form.cleaned_data["overlap"],
            based_on=opened_on(request),
            by=actor_of(request),
            at=now(),
        )
    except Conflict as error:
        messages.warning(request, say(error))
        return redirect("reviewer", reviewer_id)
    return _secret_page(request, found, secret, is_new=False)


def _page(
    request: MemberRequest,
    found: Reviewer,
    rotation: RotationForm | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    context = {
        "reviewer": found,
        "facts": reviewer_facts(found),
        "warnings": warnings_of(found),
        "rows": asked_rows(latest_of(found, most=SHOWN)),
        "rotation": rotation or RotationForm(),
    }
    return render(request, "automated_checks/reviewers/reviewer.html", context, status=status)


def _secret_page(
    request: MemberRequest, found: Reviewer, secret: str, *, is_new: bool
) -> HttpResponse:
    context = {
        "reviewer": found,
        "secret": secret,
        "is_new": is_new,
        "warnings": warnings_of(found),
    }
    response = render(request, "automated_checks/reviewers/secret.html", context)
    response.headers["Cache-Control"] = "private, no-store"
    return response
