"""The page of one request, and what can be done about it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.core.files.storage import default_storage
from django.http import FileResponse, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from portico.approvals.errors import RejectionWithoutReason, TooManyFindings, UnknownFindings
from portico.approvals.models import ApprovalRequest, RequestKind, RequestStatus, ReviewVerdict
from portico.approvals.queries import has_decided, request_for, screenshot_of
from portico.kernel.access import requires
from portico.kernel.clock import now
from portico.kernel.errors import Conflict, Forbidden, Invalid
from portico.kernel.permissions import Permission
from portico.miniprograms.uploading.panels import version_buttons
from portico.releases.acting import by_request
from portico.releases.deciding import verbs
from portico.releases.deciding.forms import DecisionForm, WithdrawForm, first_error
from portico.releases.deciding.page import RequestPage
from portico.releases.deciding.rows import kind_of, status_of
from portico.releases.deciding.showing import (
    checked_of,
    facts_of,
    file_chips,
    finding_chips,
    history_of,
    policy_facts,
    shots_of,
    size_facts,
    title_of,
    what_follows,
)
from portico.releases.views.twice import TWICE
from portico.targets.icons import icon_of
from portico.ui.forms import refuse
from portico.ui.texts import say
from portico.workspaces.http import MemberRequest


@requires(Permission.RELEASES_READ)
@require_safe
def approval_request(request: MemberRequest, request_id: UUID) -> HttpResponse:
    """One request: what is asked, what it changes, what was found, and the decision."""
    return _page(request, request_for(request.member, request_id))


@requires(Permission.REQUESTS_DECIDE)
@require_POST
def approval_decide(request: MemberRequest, request_id: UUID) -> HttpResponseBase:
    """Approve or reject. Nothing that was typed, marked or attached is lost over an error."""
    asked, at = request_for(request.member, request_id), now()
    form = DecisionForm(request.POST, request.FILES, asked=asked)
    form.receive(request, at=at)
    if form.verdict is None:
        form.add_error(None, _("Choose whether you approve or reject it."))
    if form.verdict is ReviewVerdict.REJECT and not request.POST.get("reason", "").strip():
        form.add_error("reason", say(RejectionWithoutReason()))
    if form.errors or form.verdict is None:
        return _page(request, asked, form, status=422)
    try:
        decided = verbs.decide(
            asked,
            form.verdict,
            by=by_request(request),
            at=at,
            reason=form.cleaned_data["reason"],
            findings=form.marked,
            screenshots=form.kept,
        )
    except Invalid as error:
        _refuse(form, error)
        return _page(request, asked, form, status=422)
    except (Conflict, Forbidden) as error:
        fresh = request_for(request.member, request_id)
        if _is_second_press(fresh, request, form, at):
            return redirect("approval_request", request_id)  # the first press has said what it did
        status = 403 if isinstance(error, Forbidden) else 409
        return _page(request, fresh, form, refused=say(error), status=status)
    messages.success(request, _told(decided, form.verdict))
    return redirect("approval_request", request_id)


@requires(Permission.RELEASES_READ)
@require_POST
def approval_withdraw(request: MemberRequest, request_id: UUID) -> HttpResponseBase:
    """Take a request back: who made it, and who drives releases there."""
    asked, form = request_for(request.member, request_id), WithdrawForm(request.POST)
    if not form.is_valid():
        return _page(request, asked, refused=first_error(form), status=422)
    try:
        verbs.withdraw(asked, by=by_request(request), at=now(), reason=form.cleaned_data["reason"])
    except Conflict as error:
        fresh = request_for(request.member, request_id)
        return _page(request, fresh, refused=say(error), status=409)
    messages.success(request, _("The request is withdrawn."))
    return redirect("approval_request", request_id)


@requires(Permission.RELEASES_READ)
@require_safe
def approval_screenshot(request: MemberRequest, request_id: UUID, sha256: str) -> HttpResponseBase:
    """A screenshot, for those who may see the request; never kept by a cache that others share."""
    asked = request_for(request.member, request_id)
    stored = screenshot_of(asked, sha256, undecided=request.member.may(Permission.REQUESTS_DECIDE))
    response = FileResponse(
        default_storage.open(stored.path, "rb"), content_type=stored.content_type
    )
    response.headers["Cache-Control"] = "private, max-age=3600"
    return response


def _page(
    request: MemberRequest,
    asked: ApprovalRequest,
    form: DecisionForm | None = None,
    *,
    refused: str = "",
    status: int = 200,
) -> HttpResponse:
    page = RequestPage(asked, request.member)
    form = form or DecisionForm(asked=asked)
    context = {
        "page": page,
        "asked": asked,
        "title": title_of(asked),
        "kind": kind_of(asked),
        "status": status_of(asked),
        "icon": icon_of(request.workspace, asked.program),
        "facts": facts_of(page),
        "policy_facts": policy_facts(page),
        "follows": what_follows(page) if page.in_review else [],
        "history": history_of(page),
        "form": form,
        "shots": list(zip(form.kept, shots_of(asked, form.shots), strict=False)),
        "refused": refused,
        "withdrawal": WithdrawForm(),
        "withdraw_title": _("Withdraw the request “%(title)s”?") % {"title": title_of(asked)},
        "list_url": reverse("approvals"),
    }
    if page.compares:
        context |= {
            "sizes": size_facts(page),
            "files": page.files(request.GET.get("page")),
            "file_chips": file_chips(page),
            "checked": checked_of(page),
            "finding_chips": finding_chips(page),
            "buttons": version_buttons.offered(request, asked.version),
        }
    response = render(request, "releases/deciding/request.html", context, status=status)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _is_second_press(
    asked: ApprovalRequest, request: MemberRequest, form: DecisionForm, at: datetime
) -> bool:
    reason = form.cleaned_data["reason"]
    verdict = form.verdict
    return verdict is not None and has_decided(
        asked, request.member, verdict, reason, since=at - TWICE
    )


def _refuse(form: DecisionForm, error: Invalid) -> None:
    if isinstance(error, UnknownFindings | TooManyFindings):
        form.add_error(None, say(error))
    elif error.code in verbs.ABOUT_THE_REASON:
        form.add_error("reason", say(error))
    else:
        refuse(form, error)


def _told(decided: ApprovalRequest, verdict: ReviewVerdict) -> str:
    if verdict is ReviewVerdict.REJECT:
        return _("The request is rejected. Whoever asked is told why.")
    if decided.status == RequestStatus.IN_REVIEW:
        return _("You have approved it. It waits for the approval of others.")
    if decided.kind == RequestKind.OFFLINE:
        return _("The request is approved, and the mini program is offline now.")
    return _("The request is approved.")
