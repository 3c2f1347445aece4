"""What happens to a section's form once it is sent: nothing that was typed is ever lost."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from portico.accounts.http import actor_of
from portico.basic_settings import services
from portico.basic_settings.cards import Card, Conflict, Editor
from portico.basic_settings.http import start_preview
from portico.basic_settings.payloads import Payload, parse, read_stored
from portico.basic_settings.registry import AnySection
from portico.basic_settings.sections import SettingsForm
from portico.kernel.clock import now
from portico.kernel.errors import Invalid, InvalidFields, NotFound, Stale, gettext_noop
from portico.ui.forms import refuse
from portico.ui.texts import say
from portico.workspaces.http import MemberRequest

ACTIONS = ("save", "draft", "preview")


class CannotGoLive(Invalid):
    code = "cannot_go_live"
    sentence = gettext_noop("%(section)s was not changed, because this cannot go live: %(why)s")


@dataclass(frozen=True)
class Outcome:
    """Either the form again, or what to say now that it is done."""

    editor: Editor | None = None
    status: int = 200
    message: str = ""
    remarks: tuple[str, ...] = ()
    preview: bool = False


def blank_editor(card: Card, *, from_draft: bool) -> Editor:
    """The form as it opens: on the live values, or on the draft's."""
    payload: Payload = card.live.payload
    if from_draft and card.draft:
        payload = read_stored(card.section.schema, card.draft.payload)
    form = card.section.form(
        initial=card.section.initial(card.workspace, payload), workspace=card.workspace, at=card.at
    )
    for field in form.visible_fields()[:1]:
        field.field.widget.attrs["autofocus"] = True
    return Editor(
        card=card,
        form=form,
        based_on=card.live.number,
        version=_version(card),
        extras=card.section.extras(card.workspace, payload, at=card.at),
    )


def submit(request: MemberRequest, card: Card) -> Outcome:
    """Do what the pressed button says: save, save as draft, or save as draft and preview."""
    form = card.section.form(
        request.POST,
        request.FILES,
        initial=card.section.initial(card.workspace, card.live.payload),
        workspace=card.workspace,
        at=card.at,
    )
    form.receive(request)
    if not form.is_valid():
        return Outcome(_again(request, card, form), status=422)
    action = request.POST.get("action", "save")
    if action not in ACTIONS:
        raise NotFound
    try:
        message = _carry_out(request, card, form.values(), action)
    except Invalid as error:
        refuse(form, error)
        return Outcome(_again(request, card, form), status=422)
    except Stale as error:
        return Outcome(_after_conflict(request, card, form, error), status=409)
    return Outcome(message=message, remarks=form.remarks(), preview=action == "preview")


@contextmanager
def in_words(section: AnySection) -> Iterator[None]:
    """Say refused fields in a sentence: raises `CannotGoLive` where no form could show them."""
    try:
        yield
    except InvalidFields as error:
        why = " ".join(say(one) for one in error.errors.values())
        raise CannotGoLive(section=section.title, why=why) from error


def _carry_out(request: MemberRequest, card: Card, values: dict[str, Any], action: str) -> str:
    section, by, at = card.section, actor_of(request), now()
    based_on = _int(request, "based_on")
    if action == "save":
        reason = request.POST.get("reason", "")
        services.save(
            request.workspace, section, values, based_on=based_on, by=by, at=at, reason=reason
        )
        return _("%(section)s is saved and live.") % {"section": section.title}
    version = _int(request, "version")
    draft = services.save_draft(
        request.workspace, section, values, based_on=based_on, version=version, by=by, at=at
    )
    if action == "preview":
        start_preview(request, draft)
        return _("You are looking at the draft of %(section)s.") % {"section": section.title}
    return _("The draft of %(section)s is saved. Nobody sees it until it is published.") % {
        "section": section.title
    }


def _again(request: MemberRequest, card: Card, form: SettingsForm) -> Editor:
    """The form as it was sent, on what it was based on."""
    return Editor(
        card=card,
        form=form,
        based_on=_int(request, "based_on"),
        version=_int(request, "version"),
        extras=_extras(card, form),
        reason=request.POST.get("reason", ""),
    )


def _after_conflict(request: MemberRequest, card: Card, form: SettingsForm, error: Stale) -> Editor:
    """The form as it was sent, based now on what came between, which is shown."""
    section, workspace = card.section, card.workspace
    newest = replace(
        card,
        live=services.live(workspace, section),
        draft=services.draft_of(workspace, section),
        at=now(),
    )
    editor = _again(request, newest, form)
    return replace(
        editor,
        based_on=newest.live.number,
        version=_version(newest),
        conflict=_conflict(newest, error, seen=editor.based_on, at=newest.at),
    )


def _conflict(card: Card, error: Stale, *, seen: int, at: datetime) -> Conflict:
    if not isinstance(error, services.StaleRevision):
        return Conflict(say(error), _("This is what the draft would change:"), card.draft_changes)
    before = services.payload_at(card.workspace, card.section, seen)
    changes = services.diff(card.workspace, card.section, before, card.live.payload, at=at)
    return Conflict(say(error), _("This is what changed meanwhile:"), changes)


def _extras(card: Card, form: SettingsForm) -> dict[str, Any]:
    """What stands beside the form: made from what was typed, as far as that can be used."""
    live: Payload = card.live.payload
    try:
        typed = _usable(form, live)
        return card.section.extras(card.workspace, typed, at=card.at)
    except (Invalid, NotFound):
        return card.section.extras(card.workspace, live, at=card.at)


def _usable(form: SettingsForm, live: Payload) -> Payload:
    """The typed values, with the live ones in the place of those that cannot be used."""
    values = form.values()
    try:
        return parse(type(live), values)
    except InvalidFields as error:
        kept = live.model_dump()
        return parse(type(live), {**values, **{field: kept.get(field) for field in error.errors}})


def _version(card: Card) -> int:
    return card.draft.version if card.draft else 0


def _int(request: MemberRequest, field: str) -> int:
    try:
        return int(request.POST.get(field, ""))
    except ValueError:
        return -1
