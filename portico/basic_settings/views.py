"""The Settings page."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portico.accounts.http import actor_of
from portico.basic_settings import services
from portico.basic_settings.cards import Card, Editor, Note, cards_of
from portico.basic_settings.doors import (
    address_of,
    back,
    changeable,
    number_in,
    readable,
    refused,
    to_card,
)
from portico.basic_settings.editing import (
    CannotGoLive,
    Outcome,
    blank_editor,
    in_words,
    submit,
)
from portico.basic_settings.http import end_preview, settings_of, start_preview
from portico.basic_settings.registry import AnySection, all_sections
from portico.basic_settings.services.secrets import DRAFT, LIVE
from portico.kernel.access import requires
from portico.kernel.clock import now
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
    section = readable(request, name)
    if not getattr(request, "htmx", False):
        return to_card(section)
    context = {"card": _card(request, section), "put_back": True}
    return render(request, "basic_settings/card.html", context)


@requires(Permission.SETTINGS_CHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: MemberRequest, name: str) -> HttpResponseBase:
    """The form of a section: in place of its card, or a page of its own."""
    section = changeable(request, name)
    if section.edit_page:
        return redirect(section.edit_page)
    if request.method != "POST":
        given = {name: str(value) for name, value in request.GET.items()}
        editor = blank_editor(
            _card(request, section),
            opened_on=_opened_on(request),
            fill=given.get("fill", ""),
            given=given,
        )
        return _form_response(request, section, editor, status=200)
    outcome = submit(request, _card(request, section))
    if outcome.editor is not None:
        return _form_response(request, section, outcome.editor, status=outcome.status)
    return _done(request, section, outcome)


@requires(Permission.SETTINGS_CHANGE)
@require_POST
def preview(request: MemberRequest, name: str) -> HttpResponseBase:
    """Show the draft on real pages, in this session alone, from now until the preview ends."""
    section = changeable(request, name)
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
    section = changeable(request, name)
    try:
        with in_words(section):
            services.publish_draft(
                request.workspace,
                section,
                version=number_in(request, "version"),
                based_on=number_in(request, "based_on"),
                by=actor_of(request),
                at=now(),
            )
    except CannotGoLive as refusal:
        return refused(request, section, refusal, "?draft")
    said = _("The draft of %(section)s is live.") % {"section": section.title}
    return back(request, section, said)


@requires(Permission.SETTINGS_CHANGE)
@require_POST
def discard(request: MemberRequest, name: str) -> HttpResponseBase:
    """Throw the draft away."""
    section = changeable(request, name)
    services.discard_draft(
        request.workspace,
        section,
        version=number_in(request, "version"),
        by=actor_of(request),
        at=now(),
    )
    said = _("The draft of %(section)s is discarded.") % {"section": section.title}
    return back(request, section, said)


def _opened_on(request: MemberRequest) -> str:
    """Whose values the form opens with: the live ones, the draft's, an old revision's."""
    if "draft" in request.GET:
        return DRAFT
    return request.GET.get("revision", LIVE)


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
        return redirect("home") if outcome.preview else to_card(section)
    # The frame wears what was just saved, so the page is loaded anew rather than the card alone.
    response = HttpResponse(status=204)
    if outcome.preview:
        response.headers["HX-Redirect"] = "/"
    elif _is_on(request, reverse("tenant_settings")):
        response.headers["HX-Refresh"] = "true"
    else:
        response.headers["HX-Redirect"] = address_of(section)
    return response


def _is_on(request: MemberRequest, path: str) -> bool:
    """Whether htmx asks from that page: going to its own address would not load it anew."""
    here = getattr(request, "htmx", None)
    return here is not None and urlsplit(here.current_url or "").path == path
