"""A section's history: what it was, what changed it, and going back."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from portico.accounts.http import actor_of
from portico.basic_settings import services
from portico.basic_settings.cards import entries_of
from portico.basic_settings.doors import back, changeable, number_in, readable, refused
from portico.basic_settings.editing import CannotGoLive, in_words
from portico.basic_settings.http import settings_of
from portico.kernel.access import requires
from portico.kernel.clock import now
from portico.kernel.permissions import Permission
from portico.workspaces.http import MemberRequest


@requires(Permission.SETTINGS_READ)
@require_safe
def history(request: MemberRequest, name: str) -> HttpResponse:
    """Who changed the section, when, why and what."""
    section = readable(request, name)
    live = settings_of(request).live(section)
    page = Paginator(services.history(request.workspace, section), 20).get_page(
        request.GET.get("page")
    )
    shown = list(page.object_list)
    last = page.end_index()
    older = list(services.history(request.workspace, section)[last : last + 1])
    entries = entries_of(
        request.workspace, section, [*shown, *older], live_number=live.number, at=now()
    )
    context = {
        "section": section,
        "live": live,
        "page": page,
        "entries": entries[: len(shown)],
        "may_change": request.member.may(section.change),
    }
    return render(request, "basic_settings/history.html", context)


@requires(Permission.SETTINGS_READ)
@require_safe
def revision(request: MemberRequest, name: str, number: int) -> HttpResponse:
    """One revision whole, compared with what is live."""
    section = readable(request, name)
    old = services.revision_of(request.workspace, section, number)
    live = settings_of(request).live(section)
    at = now()
    payload = services.payload_of(section, old)
    context = {
        "section": section,
        "revision": old,
        "live": live,
        "facts": services.facts_of(request.workspace, section, payload, at=at),
        "changes": services.diff(request.workspace, section, live.payload, payload, at=at),
        "may_change": request.member.may(section.change),
    }
    return render(request, "basic_settings/revision.html", context)


@requires(Permission.SETTINGS_CHANGE)
@require_POST
def restore(request: MemberRequest, name: str, number: int) -> HttpResponseBase:
    """Publish a copy of an old revision."""
    section = changeable(request, name)
    try:
        with in_words(section):
            made = services.restore(
                request.workspace,
                section,
                number,
                based_on=number_in(request, "based_on"),
                by=actor_of(request),
                at=now(),
                reason=request.POST.get("reason", ""),
            )
    except CannotGoLive as refusal:
        return refused(request, section, refusal, f"?revision={number}")
    said = _("Revision %(old)s of %(section)s is live again, as revision %(new)s.") % {
        "old": number,
        "section": section.title,
        "new": made.number,
    }
    return back(request, section, said)


@requires(Permission.SETTINGS_CHANGE)
@require_POST
def reset(request: MemberRequest, name: str) -> HttpResponseBase:
    """Publish the platform's default."""
    section = changeable(request, name)
    with in_words(section):
        services.reset(
            request.workspace,
            section,
            based_on=number_in(request, "based_on"),
            by=actor_of(request),
            at=now(),
        )
    said = _("%(section)s is back to the platform's default.") % {"section": section.title}
    return back(request, section, said)
