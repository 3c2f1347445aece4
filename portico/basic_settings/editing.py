"""What happens to a section's form once it is sent: nothing that was typed is ever lost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.forms import FileField
from django.http import QueryDict
from django.utils.translation import gettext as _

from portico.accounts.http import actor_of
from portico.basic_settings import services
from portico.basic_settings.cards import Card, Conflict, Editor
from portico.basic_settings.held import (
    LOST,
    NoLongerHeld,
    fields_in,
    held,
    hold,
    let_go,
    lost,
)
from portico.basic_settings.http import start_preview
from portico.basic_settings.payloads import Payload, parse
from portico.basic_settings.registry import AnySection
from portico.basic_settings.sections import SettingsForm
from portico.basic_settings.services.secrets import LIVE
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


def blank_editor(
    card: Card, *, opened_on: str = LIVE, fill: str = "", given: Mapping[str, str] | None = None
) -> Editor:
    """The form as it opens: on the live values, the draft's, or those of an old revision.

    `fill` names a button of the form's own, which has been pressed already where `given` says more
    about it.
    """
    payload: Payload = card.live.payload
    if opened_on != LIVE:
        payload = services.payload_opened_on(card.workspace, card.section, opened_on)
    form = _form(card, card.section.initial(card.workspace, payload))
    if fill in form.fills:
        form = _form(card, {**form.initial, **form.filled(fill, given or {})})
    for field in form.visible_fields()[:1]:
        field.field.widget.attrs["autofocus"] = True
    return Editor(
        card=card,
        form=form,
        based_on=card.live.number,
        version=_version(card),
        extras=card.section.extras(card.workspace, payload, at=card.at),
        opened_on=opened_on,
    )


def submit(request: MemberRequest, card: Card) -> Outcome:
    """Do what the pressed button says: save, save as draft, save as draft and preview, or fill
    something in."""
    form = _sent(request, card)
    valid = form.is_valid()
    action = request.POST.get("action", "save")
    if action in form.fills:
        return Outcome(_filled(request, card, form, action))
    if not valid or _misses_secret(card, form):
        return Outcome(_again(request, card, form), status=422)
    if action not in ACTIONS:
        raise NotFound
    try:
        message = _carry_out(request, card, form.values(), action)
    except Invalid as error:
        refuse(form, error)
        return Outcome(_again(request, card, form), status=422)
    except Stale as error:
        return Outcome(_after_conflict(request, card, form, error), status=409)
    let_go(request, card.section)
    return Outcome(message=message, remarks=form.remarks(), preview=action == "preview")


@contextmanager
def in_words(section: AnySection) -> Iterator[None]:
    """Say refused fields in a sentence: raises `CannotGoLive` where no form could show them."""
    try:
        yield
    except InvalidFields as error:
        why = " ".join(say(one) for one in error.errors.values())
        raise CannotGoLive(section=section.title, why=why) from error


def sent_form(request: MemberRequest, card: Card) -> tuple[SettingsForm, bool]:
    """The form as it was sent, for whoever does something else with it than `submit`, and whether
    its values can be used."""
    form = _sent(request, card)
    return form, form.is_valid() and not _misses_secret(card, form)


def editor_again(request: MemberRequest, card: Card, form: SettingsForm) -> Editor:
    """What `submit` would answer where that form cannot be used."""
    return _again(request, card, form)


def _carry_out(request: MemberRequest, card: Card, values: dict[str, Any], action: str) -> str:
    section, by, at = card.section, actor_of(request), now()
    based_on, opened_on = _int(request, "based_on"), _opened_on(request)
    if action == "save":
        services.save(
            request.workspace,
            section,
            values,
            based_on=based_on,
            by=by,
            at=at,
            reason=request.POST.get("reason", ""),
            opened_on=opened_on,
        )
        return str(section.saved % {"section": section.title})
    version = _int(request, "version")
    draft = services.save_draft(
        request.workspace,
        section,
        values,
        based_on=based_on,
        version=version,
        by=by,
        at=at,
        opened_on=opened_on,
    )
    if action == "preview":
        start_preview(request, draft)
        return _("You are looking at the draft of %(section)s.") % {"section": section.title}
    return _("The draft of %(section)s is saved. Nobody sees it until it is published.") % {
        "section": section.title
    }


def _again(
    request: MemberRequest, card: Card, form: SettingsForm, shown: SettingsForm | None = None
) -> Editor:
    """The form as it was sent, on what it was based on. Secrets in it are kept, not printed.

    `shown`: what to show of it, where something was filled in.
    """
    shown = shown or form
    return Editor(
        card=card,
        form=shown,
        based_on=_int(request, "based_on"),
        version=_int(request, "version"),
        extras=_extras(card, form),
        reason=request.POST.get("reason", ""),
        opened_on=_opened_on(request),
        held=_hold(request, card, form, shown),
    )


def _filled(request: MemberRequest, card: Card, form: SettingsForm, action: str) -> Editor:
    """The form with what was typed and what the button fills in, nothing of it judged yet."""
    typed = {bound.name: bound.value() for bound in form if not isinstance(bound.field, FileField)}
    # Not `request.POST`: a picture that was just taken in stands in the form alone.
    given = {name: str(value) for name, value in form.data.items()}
    by_button = form.filled(action, given)
    shown = _form(card, {**form.initial, **typed, **by_button})
    editor = replace(_again(request, card, form, shown), changed=True)
    _focus(editor, by_button)
    return editor


def _focus(editor: Editor, filled: Mapping[str, Any]) -> None:
    """Go on where the button left off: at a secret that is to be typed, else at what it filled."""
    form, wanted = editor.form, list[str]()
    gone = editor.held.startswith(LOST)
    if gone or not editor.held:
        wanted += [name for name in form.secrets_to_type() if gone or not form[name].value()]
    wanted += [bound.name for bound in form.visible_fields() if bound.name in filled]
    for name in wanted[:1]:
        form.fields[name].widget.attrs["autofocus"] = True


def _form(card: Card, initial: dict[str, Any]) -> SettingsForm:
    return card.section.form(initial=initial, workspace=card.workspace, at=card.at)


def _sent(request: MemberRequest, card: Card) -> SettingsForm:
    """The form as it was sent, with the secrets that were typed into it before it came back."""
    payload, opened_on = card.live.payload, _opened_on(request)
    if opened_on != LIVE:
        payload = services.payload_opened_on(card.workspace, card.section, opened_on)
    initial = card.section.initial(card.workspace, payload)
    files = request.FILES

    def form_of(data: QueryDict) -> SettingsForm:
        return card.section.form(data, files, initial=initial, workspace=card.workspace, at=card.at)

    form = form_of(request.POST)
    before = request.POST.get("held", "")
    missing = [name for name in fields_in(before, card.section) if not request.POST.get(name)]
    if missing:
        kept = held(request, card.section, before, typed_for=form.typed_for())
        data = request.POST.copy()
        for name in missing:
            data[name] = kept.get(name, "")
        form = form_of(data)
        form.no_longer_held = frozenset(name for name in missing if not kept.get(name))
    form.receive(request)
    return form


def _misses_secret(card: Card, form: SettingsForm) -> bool:
    """Whether a secret that was typed before the form came back has to be typed again. One that
    has no use with the values as they are now is not missed."""
    values = form.values()
    gone = [name for name in form.no_longer_held if values.get(name) is None]
    missed = [name for name in gone if _has_use(card, form, name)]
    for name in missed:
        form.add_error(name, say(NoLongerHeld()))
    return bool(missed)


def _has_use(card: Card, form: SettingsForm, name: str) -> bool:
    try:
        payload = _usable(card, form, card.live.payload)
    except Invalid:
        return True
    return card.section.binding(payload, name) is not None


def _hold(request: MemberRequest, card: Card, form: SettingsForm, shown: SettingsForm) -> str:
    """Keep what was typed into secret fields; returns the id that the form carries."""
    typed = {name: str(form.data.get(name) or "") for name in card.section.secrets}
    usable = {name: text for name, text in typed.items() if text and name not in form.errors}
    for name in usable:
        shown.fields[name].widget.attrs["placeholder"] = _("Typed; kept until you save")
    before = fields_in(request.POST.get("held", ""), card.section)
    gone = [name for name, text in typed.items() if name not in usable and (text or name in before)]
    if usable:
        return hold(request, card.section, usable, typed_for=shown.typed_for(), gone=gone)
    return lost(gone)


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
        typed = _usable(card, form, live)
        return card.section.extras(card.workspace, typed, at=card.at)
    except (Invalid, NotFound):
        return card.section.extras(card.workspace, live, at=card.at)


def _usable(card: Card, form: SettingsForm, live: Payload) -> Payload:
    """The typed values, with the live ones in the place of those that cannot be used."""
    values = {**form.values(), **{name: getattr(live, name) for name in card.section.secrets}}
    try:
        return parse(type(live), values)
    except InvalidFields as error:
        kept = live.model_dump()
        return parse(type(live), {**values, **{field: kept.get(field) for field in error.errors}})


def _version(card: Card) -> int:
    return card.draft.version if card.draft else 0


def _opened_on(request: MemberRequest) -> str:
    return str(request.POST.get("opened_on") or LIVE)


def _int(request: MemberRequest, field: str) -> int:
    try:
        return int(request.POST.get(field, ""))
    except ValueError:
        return -1
