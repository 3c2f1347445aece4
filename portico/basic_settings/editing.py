"""What happens to a section's form once it is sent: nothing that was typed is ever lost."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from portico.accounts.http import actor_of
from portico.basic_settings import services
from portico.basic_settings.cards import Card, Conflict, Editor
from portico.basic_settings.http import start_preview
from portico.basic_settings.payloads import Payload, parse, read_stored
from portico.kernel.clock import now
from portico.kernel.errors import Invalid, InvalidFields, Stale
from portico.ui.forms import refuse
from portico.ui.texts import say
from portico.ui.values import Change
from portico.workspaces.http import MemberRequest


@dataclass(frozen=True)
class Outcome:
    """Either the form again, or what to say now that it is done."""

    editor: Editor | None = None
    status: int = 200
    message: str = ""
    preview: bool = False


def blank_editor(card: Card, *, from_draft: bool) -> Editor:
    """The form as it opens: on the live values, or on the draft's."""
    payload: Payload = card.live.payload
    if from_draft and card.draft:
        payload = read_stored(card.section.schema, card.draft.payload)
    form = card.section.form(
        initial=card.section.initial(card.workspace, payload), workspace=card.workspace, at=card.at
    )
    return _editor(card, form, payload, based_on=card.live.number, version=_version(card))


def submit(request: MemberRequest, card: Card) -> Outcome:
    """Do what the pressed button says: save, save as draft, or save as draft and preview."""
    section, payload = card.section, card.live.payload
    form = section.form(
        request.POST,
        request.FILES,
        initial=section.initial(card.workspace, payload),
        workspace=card.workspace,
        at=card.at,
    )
    form.receive(request)
    based_on, version = _int(request, "based_on"), _int(request, "version")
    action = request.POST.get("action", "save")
    editor = _editor(card, form, payload, based_on=based_on, version=version)
    if not form.is_valid():
        return Outcome(editor, status=422)
    try:
        message = _carry_out(request, card, form.values(), action, based_on, version)
    except Invalid as error:
        refuse(form, error)
        return Outcome(editor, status=422)
    except Stale as error:
        return Outcome(_after_conflict(editor, error, at=card.at), status=409)
    return Outcome(message=message, preview=action == "preview")


def _carry_out(
    request: MemberRequest,
    card: Card,
    values: dict[str, Any],
    action: str,
    based_on: int,
    version: int,
) -> str:
    section, by, at = card.section, actor_of(request), now()
    if action == "save":
        reason = request.POST.get("reason", "")
        services.save(
            request.workspace, section, values, based_on=based_on, by=by, at=at, reason=reason
        )
        return _("%(section)s is saved and live.") % {"section": section.title}
    services.save_draft(
        request.workspace, section, values, based_on=based_on, version=version, by=by, at=at
    )
    if action == "preview":
        start_preview(request, section)
        return _("You are looking at the draft of %(section)s.") % {"section": section.title}
    return _("The draft of %(section)s is saved. Nobody else sees it.") % {"section": section.title}


def _after_conflict(editor: Editor, error: Stale, *, at: datetime) -> Editor:
    """The form again, with what was typed, based now on what came between, which is shown."""
    card = editor.card
    changes: list[Change] = []
    if isinstance(error, services.StaleRevision):
        seen = services.payload_at(card.workspace, card.section, editor.based_on)
        changes = services.diff(card.workspace, card.section, seen, card.live.payload, at=at)
    return Editor(
        card=card,
        form=editor.form,
        based_on=card.live.number,
        version=_version(card),
        payload=editor.payload,
        conflict=Conflict(sentence=say(error), changes=changes),
        extras=editor.extras,
    )


def _editor(card: Card, form: Any, payload: Payload, *, based_on: int, version: int) -> Editor:
    return Editor(
        card=card,
        form=form,
        based_on=based_on,
        version=version,
        payload=payload,
        extras=card.section.extras(card.workspace, _typed(card, form, payload), at=card.at),
    )


def _typed(card: Card, form: Any, payload: Payload) -> Payload:
    """What was typed as a payload where it is one, so that the preview shows it; else the live."""
    if not form.is_bound or not form.is_valid():
        return payload
    try:
        typed: Payload = parse(card.section.schema, form.values())
    except InvalidFields:
        return payload
    return typed


def _version(card: Card) -> int:
    return card.draft.version if card.draft else 0


def _int(request: MemberRequest, field: str) -> int:
    try:
        return int(request.POST.get(field, ""))
    except ValueError:
        return -1
