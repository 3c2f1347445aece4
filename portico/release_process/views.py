"""The Release Process tried on the last requests: the saved one, or what stands in the form."""

from __future__ import annotations

from dataclasses import replace

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from portico.basic_settings.cards import Card
from portico.basic_settings.editing import editor_again, sent_form
from portico.basic_settings.http import settings_of
from portico.basic_settings.payloads import parse
from portico.basic_settings.services import (
    draft_of,
    history,
    payload_of,
    payload_of_draft,
    revision_of,
)
from portico.kernel.access import requires
from portico.kernel.clock import now
from portico.kernel.errors import Invalid, NotFound
from portico.kernel.permissions import Permission
from portico.release_process.payload import ReleaseProcess
from portico.release_process.section import section
from portico.release_process.trying import Trial, try_on_past
from portico.ui.forms import refuse
from portico.workspaces.http import MemberRequest

LIVE, DRAFT = "live", "draft"
# How many older revisions are offered; an address can name any.
OFFERED = 20


@requires(Permission.SETTINGS_READ)
@require_safe
def try_saved(request: MemberRequest) -> HttpResponse:
    """Try the live Release Process, the draft, or an old revision (`?of=`)."""
    of = request.GET.get("of", LIVE)
    process, words = _saved(request, of)
    trial = try_on_past(request.workspace, process, of=words)
    context = {"trial": trial, "of": of, "choices": _choices(request), "section": section}
    return render(request, "release_process/try.html", context)


@requires(Permission.SETTINGS_CHANGE)
@require_POST
def try_form(request: MemberRequest) -> HttpResponse:
    """Try what stands in the form, which stays as it is; nothing is saved."""
    live, draft = settings_of(request).live(section), draft_of(request.workspace, section)
    card = Card(section, request.workspace, live, draft, now())
    form, usable = sent_form(request, card)
    trial: Trial | None = None
    if usable:
        try:
            process = parse(ReleaseProcess, form.values())
            trial = try_on_past(request.workspace, process, of=_("What stands in the form"))
        except Invalid as error:
            refuse(form, error)
    status = 200 if trial else 422
    context: dict[str, object] = {"form": form, "trial": trial}
    if getattr(request, "htmx", False):
        return render(request, "release_process/trial.html", context, status=status)
    editor = replace(editor_again(request, card, form), changed=True)
    context |= {"editor": editor, "card": card, "section": section, **editor.extras}
    return render(request, "basic_settings/edit.html", context, status=status)


def _saved(request: MemberRequest, of: str) -> tuple[ReleaseProcess, str]:
    """The values that are asked for, and what they are called."""
    if of == LIVE:
        return settings_of(request).live(section).payload, _("The live values")
    if of == DRAFT:
        draft = draft_of(request.workspace, section)
        if draft is None:
            raise NotFound
        return payload_of_draft(section, draft), _("The draft")
    if not of.isascii() or not of.isdigit() or len(of) > 9:
        raise NotFound
    revision = revision_of(request.workspace, section, int(of))
    return payload_of(section, revision), _revision(revision.number)


def _choices(request: MemberRequest) -> list[tuple[str, str]]:
    numbers = history(request.workspace, section).values_list("number", flat=True)[:OFFERED]
    draft = draft_of(request.workspace, section)
    return [
        (LIVE, _("The live values")),
        *([(DRAFT, _("The draft"))] if draft else []),
        *[(str(number), _revision(number)) for number in numbers],
    ]


def _revision(number: int) -> str:
    return _("Revision %(number)s") % {"number": number}
