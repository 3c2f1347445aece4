"""The Settings page."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portico.accounts.http import actor_of
from portico.basic_settings import services
from portico.basic_settings.cards import Card, Editor, Note, cards_of, entries_of
from portico.basic_settings.editing import Outcome, blank_editor, in_words, submit
from portico.basic_settings.http import end_preview, settings_of, start_preview
from portico.basic_settings.registry import AnySection, all_sections, section_named
from portico.kernel.access import requires
from portico.kernel.clock import now
from portico.kernel.errors import Forbidden, NotFound
from portico.kernel.permissions import Permission
from portico.workspaces.http import MemberRequest


@requires(Permission.ACCOUNT)
@require_safe
def gear(request: MemberRequest) -> HttpResponseBase:
    """Where the gear leads: admins to the Tenant tab, everybody else to Account."""
    may_read = request.member.may(Permission.SETTINGS_READ)
    return redirect("tenant_settings" if may_read else "account_profile")


@requires(Permission.SETTINGS_READ)
@require_safe
def tenant(request: MemberRequest) -> HttpResponse:
    """Basic Settings: a card for each section."""
    sections = tuple(section for section in all_sections() if request.member.may(section.read))
    drafts = services.drafts_of(request.workspace)
    said = list(messages.get_messages(request))
    notes = {
        section.name: tuple(
            Note(str(one), "warning" if one.level == messages.WARNING else "good")
            for one in said
            if one.extra_tags == section.name
        )
        for section in sections
    }
    context = {
        "cards": cards_of(settings_of(request), sections, drafts, at=now(), notes=notes),
        "messages": [one for one in said if one.extra_tags not in notes],
    }
    return render(request, "basic_settings/tenant.html", context)


@requires(Permission.SETTINGS_READ)
@require_safe
def card(request: MemberRequest, name: str) -> HttpResponseBase:
    """One card, for the page that swaps a form back; a plain visit goes to the page."""
    section = _readable(request, name)
    if not getattr(request, "htmx", False):
        return _to_card(section)
    context = {"card": _card(request, section), "put_back": True}
    return render(request, "basic_settings/card.html", context)


@requires(Permission.SETTINGS_CHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: MemberRequest, name: str) -> HttpResponseBase:
    """The form of a section: in place of its card, or a page of its own."""
    section = _changeable(request, name)
    if request.method != "POST":
        editor = blank_editor(_card(request, section), from_draft="draft" in request.GET)
        return _form_response(request, section, editor, status=200)
    outcome = submit(request, _card(request, section))
    if outcome.editor is not None:
        return _form_response(request, section, outcome.editor, status=outcome.status)
    return _done(request, section, outcome)


@requires(Permission.SETTINGS_CHANGE)
@require_POST
def preview(request: MemberRequest, name: str) -> HttpResponseBase:
    """Show the draft on real pages, in this session alone, from now until the preview ends."""
    section = _changeable(request, name)
    draft = services.draft_of(request.workspace, section)
    if draft is None:
        raise services.NoDraft(section=str(section.title))
    start_preview(request, draft)
    return redirect("home")


@requires(Permission.SETTINGS_READ)
@require_POST
def stop_preview(request: MemberRequest) -> HttpResponseBase:
    """Show what everybody sees again."""
    end_preview(request)
    return redirect("tenant_settings")


@requires(Permission.SETTINGS_CHANGE)
@require_POST
def publish(request: MemberRequest, name: str) -> HttpResponseBase:
    """Make the draft live."""
    section = _changeable(request, name)
    with in_words(section):
        services.publish_draft(
            request.workspace,
            section,
            version=_number(request, "version"),
            based_on=_number(request, "based_on"),
            by=actor_of(request),
            at=now(),
        )
    said = _("The draft of %(section)s is live.") % {"section": section.title}
    return _back(request, section, said)


@requires(Permission.SETTINGS_CHANGE)
@require_POST
def discard(request: MemberRequest, name: str) -> HttpResponseBase:
    """Throw the draft away."""
    section = _changeable(request, name)
    services.discard_draft(
        request.workspace,
        section,
        version=_number(request, "version"),
        by=actor_of(request),
        at=now(),
    )
    said = _("The draft of %(section)s is discarded.") % {"section": section.title}
    return _back(request, section, said)


@requires(Permission.SETTINGS_READ)
@require_safe
def history(request: MemberRequest, name: str) -> HttpResponse:
    """Who changed the section, when, why and what."""
    section = _readable(request, name)
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
    section = _readable(request, name)
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
    section = _changeable(request, name)
    with in_words(section):
        made = services.restore(
            request.workspace,
            section,
            number,
            based_on=_number(request, "based_on"),
            by=actor_of(request),
            at=now(),
            reason=request.POST.get("reason", ""),
        )
    said = _("Revision %(old)s of %(section)s is live again, as revision %(new)s.") % {
        "old": number,
        "section": section.title,
        "new": made.number,
    }
    return _back(request, section, said)


@requires(Permission.SETTINGS_CHANGE)
@require_POST
def reset(request: MemberRequest, name: str) -> HttpResponseBase:
    """Publish the platform's default."""
    section = _changeable(request, name)
    with in_words(section):
        services.reset(
            request.workspace,
            section,
            based_on=_number(request, "based_on"),
            by=actor_of(request),
            at=now(),
        )
    said = _("%(section)s is back to the platform's default.") % {"section": section.title}
    return _back(request, section, said)


def _readable(request: MemberRequest, name: str) -> AnySection:
    section = section_named(name)
    if not request.member.may(section.read):
        raise Forbidden
    return section


def _changeable(request: MemberRequest, name: str) -> AnySection:
    section = section_named(name)
    if not request.member.may(section.change):
        raise Forbidden
    return section


def _number(request: MemberRequest, field: str) -> int:
    try:
        return int(request.POST.get(field, ""))
    except ValueError:
        raise NotFound from None


def _card(request: MemberRequest, section: AnySection) -> Card:
    draft = services.draft_of(request.workspace, section)
    return Card(section, request.workspace, settings_of(request).live(section), draft, now())


def _form_response(
    request: MemberRequest, section: AnySection, editor: Editor, *, status: int
) -> HttpResponse:
    whole = not getattr(request, "htmx", False)
    template = "basic_settings/edit.html" if whole else "basic_settings/form.html"
    context = {"editor": editor, "card": editor.card, "form": editor.form, "section": section}
    return render(request, template, {**context, **editor.extras}, status=status)


def _done(request: MemberRequest, section: AnySection, outcome: Outcome) -> HttpResponseBase:
    place = "" if outcome.preview else section.name
    messages.success(request, outcome.message, extra_tags=place)
    for remark in outcome.remarks:
        messages.warning(request, remark, extra_tags=place)
    if not getattr(request, "htmx", False):
        return redirect("home") if outcome.preview else _to_card(section)
    # The frame wears what was just saved, so the page is loaded anew rather than the card alone.
    response = HttpResponse(status=204)
    if outcome.preview:
        response.headers["HX-Redirect"] = "/"
    elif _is_on(request, reverse("tenant_settings")):
        response.headers["HX-Refresh"] = "true"
    else:
        response.headers["HX-Redirect"] = _address_of(section)
    return response


def _is_on(request: MemberRequest, path: str) -> bool:
    """Whether htmx asks from that page: going to its own address would not load it anew."""
    here = getattr(request, "htmx", None)
    return here is not None and urlsplit(here.current_url or "").path == path


def _back(request: MemberRequest, section: AnySection, said: str) -> HttpResponseBase:
    """To the section's card, which says what was done."""
    messages.success(request, said, extra_tags=section.name)
    return _to_card(section)


def _to_card(section: AnySection) -> HttpResponseBase:
    return redirect(_address_of(section))


def _address_of(section: AnySection) -> str:
    """Where the section's card is."""
    return f"{reverse('tenant_settings')}#{section.name}"
