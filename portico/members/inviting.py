"""The pages about invitations that a workspace made."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portico.accounts.http import actor_of
from portico.kernel.access import requires
from portico.kernel.clock import now
from portico.kernel.errors import Conflict, Invalid
from portico.kernel.permissions import Permission
from portico.members import services
from portico.members.forms import INVITATION_STATES, InvitationFilterForm, InviteForm
from portico.members.models import InvitationState
from portico.members.queries import invitations_of
from portico.members.rules import addresses_in
from portico.members.services import Answer, Outcome
from portico.members.tabs import tabs_of
from portico.ui.forms import refuse
from portico.ui.texts import say
from portico.workspaces.http import MemberRequest
from portico.workspaces.permissions import Role

ON_A_PAGE = 50
OUTCOMES: dict[Outcome, tuple[Promise, str, Promise | str]] = {
    Outcome.INVITED: (gettext_lazy("Invited"), "good", ""),
    Outcome.RENEWED: (
        gettext_lazy("Invited anew"),
        "good",
        gettext_lazy("The earlier invitation had expired."),
    ),
    Outcome.ALREADY_INVITED: (
        gettext_lazy("Invited already"),
        "info",
        gettext_lazy("Nothing was sent; it can be sent again from the list of invitations."),
    ),
    Outcome.ALREADY_MEMBER: (
        gettext_lazy("A member already"),
        "info",
        gettext_lazy("Nothing was sent."),
    ),
    Outcome.INVALID: (
        gettext_lazy("Not an email address"),
        "danger",
        gettext_lazy(
            "Please correct it below. Before the @ there are letters from a to z, digits and signs."
        ),
    ),
}
STATE_TONES = {
    InvitationState.OPEN: "info",
    InvitationState.EXPIRED: "warning",
    InvitationState.ACCEPTED: "good",
    InvitationState.WITHDRAWN: "neutral",
}


@requires(Permission.MEMBERS_READ)
@require_safe
def invitations(request: MemberRequest) -> HttpResponse:
    """Who was invited, newest first, and what became of it."""
    form, at = InvitationFilterForm(request.GET), now()
    found = invitations_of(request.workspace, form.filters(), at=at)
    page = Paginator(found, ON_A_PAGE).get_page(request.GET.get("page"))
    rows = []
    for one in page.object_list:
        state = one.state(at=at)
        waits = state in {InvitationState.OPEN, InvitationState.EXPIRED}
        rows.append((one, INVITATION_STATES[state.value], STATE_TONES[state], waits))
    context = {
        "form": form,
        "page": page,
        "rows": rows,
        "tabs": tabs_of(request),
        "asked": any(request.GET.get(name) for name in ("q", "role", "state")),
        "may_change": request.member.may(Permission.MEMBERS_CHANGE),
    }
    return render(request, "members/invitations.html", context)


@requires(Permission.MEMBERS_CHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def invite(request: MemberRequest) -> HttpResponseBase:
    """Invite one or several people; say of each address what became of it."""
    if request.method != "POST":
        return render(request, "members/invite.html", {"form": InviteForm()})
    form = InviteForm(request.POST)
    if not form.is_valid():
        return render(request, "members/invite.html", {"form": form}, status=422)
    asked = form.cleaned_data
    try:
        answers = services.invite(
            request.workspace,
            addresses_in(asked["emails"]),
            role=Role(asked["role"]),
            message=asked["message"],
            language=asked["language"],
            by=actor_of(request),
            at=now(),
        )
    except Invalid as error:
        refuse(form, error)
        return render(request, "members/invite.html", {"form": form}, status=422)
    except Conflict as error:
        form.add_error(None, say(error))
        return render(request, "members/invite.html", {"form": form}, status=409)
    return _answered(request, asked, answers)


@requires(Permission.MEMBERS_CHANGE)
@require_POST
def resend(request: MemberRequest, invitation_id: UUID) -> HttpResponseBase:
    """Mail an invitation again."""
    sent = services.resend(request.workspace, invitation_id, by=actor_of(request), at=now())
    messages.success(
        request,
        _("A new link is on its way to %(email)s. The one before no longer works.")
        % {"email": sent.email},
    )
    return redirect("invitations")


@requires(Permission.MEMBERS_CHANGE)
@require_POST
def withdraw(request: MemberRequest, invitation_id: UUID) -> HttpResponseBase:
    """End an invitation."""
    over = services.withdraw(request.workspace, invitation_id, by=actor_of(request), at=now())
    messages.success(
        request,
        _("The invitation to %(email)s is withdrawn. Its link no longer works.")
        % {"email": over.email},
    )
    return redirect("invitations")


def _answered(
    request: MemberRequest, asked: dict[str, str], answers: list[Answer]
) -> HttpResponseBase:
    """On to the list if everybody was invited, else the form again with what is left to correct."""
    sent = sum(answer.outcome.is_sent for answer in answers)
    if sent:
        messages.success(
            request,
            ngettext(
                "%(count)s invitation is on its way.",
                "%(count)s invitations are on their way.",
                sent,
            )
            % {"count": sent},
        )
    if sent == len(answers):
        return redirect("invitations")
    wrong = [one.email for one in answers if one.outcome is Outcome.INVALID]
    context = {
        "form": InviteForm(initial={**asked, "emails": "\n".join(wrong)}),
        "answers": [(answer.email, *OUTCOMES[answer.outcome]) for answer in answers],
    }
    return render(request, "members/invite.html", context, status=200 if sent else 422)
