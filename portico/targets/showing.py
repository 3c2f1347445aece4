"""Apps and keys in words, in the current language."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from portico.audit.models import AuditPerson
from portico.targets.icons import icons_of
from portico.targets.models import App, AppState, Environment, KeyState, ReleaseTarget, TargetKey
from portico.targets.queries import keys_of, targets_of_app, working, working_keys
from portico.targets.services import MOST_KEYS, Wanted
from portico.ui.values import AppIcon, Change, Fact, State
from portico.workspaces.models import Workspace

ENDED_SHOWN = 20
KEY_TONES = {
    KeyState.WORKING: "good",
    KeyState.ENDING: "warning",
    KeyState.ENDED: "neutral",
    KeyState.REVOKED: "neutral",
}


@dataclass(frozen=True)
class AppRow:
    """An app in the list, and how many keys of it work."""

    app: App
    icon: AppIcon
    state: State
    production_keys: int
    sandbox_keys: int


@dataclass(frozen=True)
class KeyRow:
    """A key in the list."""

    key: TargetKey
    state: State
    made_by: str
    is_ending: bool


@dataclass(frozen=True)
class TargetCard:
    """A target with its keys; those that work no longer are the newest few."""

    target: ReleaseTarget
    about: str
    keys: list[KeyRow]
    over: list[KeyRow]
    may_add: bool


def app_rows(workspace: Workspace, apps: Iterable[App], *, at: datetime) -> list[AppRow]:
    """Apps in words; two queries for any number of them."""
    found = list(apps)
    icons = icons_of(workspace, found)
    counts = working_keys(found, at=at)
    return [
        AppRow(
            app=app,
            icon=icon,
            state=app_state(app),
            production_keys=counts.get((app.id, Environment.PRODUCTION), 0),
            sandbox_keys=counts.get((app.id, Environment.SANDBOX), 0),
        )
        for app, icon in zip(found, icons, strict=True)
    ]


def app_state(app: App) -> State:
    """Whether an app is in use."""
    tone = "good" if app.state is AppState.ACTIVE else "neutral"
    return State(str(app.state.label), tone)


def app_facts(app: App) -> list[Fact]:
    """What is known of an app, for its page."""
    facts = [
        Fact(_("State"), app_state(app)),
        Fact(_("Code"), app.code),
        Fact(_("Made at"), app.created_at),
        Fact(_("Made by"), person_name(app.created_by)),
    ]
    if app.archived_at:
        facts.insert(1, Fact(_("Archived since"), app.archived_at))
    return facts


def target_cards(app: App, *, at: datetime) -> list[TargetCard]:
    """An app's targets, Production first, each with its keys; five queries."""
    targets = targets_of_app(app)
    present = list(working(keys_of(targets.values()), at=at))
    cards = []
    for environment, target in targets.items():
        keys = [key for key in present if key.target_id == target.id]
        over = keys_of([target]).exclude(id__in=[key.id for key in keys])[:ENDED_SHOWN]
        cards.append(
            TargetCard(
                target=target,
                about=about_environment(environment),
                keys=[key_row(key, at=at) for key in keys],
                over=[key_row(key, at=at) for key in over],
                may_add=app.archived_at is None and len(keys) < MOST_KEYS,
            )
        )
    return cards


def about_environment(environment: Environment) -> str:
    """What an environment is for, in one sentence."""
    if environment is Environment.PRODUCTION:
        return _("What the people who use the app get.")
    return _("For builds under test. Nothing that happens here reaches Production.")


def key_row(key: TargetKey, *, at: datetime) -> KeyRow:
    """A key in words."""
    state = key.state(at=at)
    return KeyRow(
        key=key,
        state=State(str(state.label), KEY_TONES[state]),
        made_by=person_name(key.created_by),
        is_ending=state is KeyState.ENDING,
    )


def differences(app: App, wanted: Wanted) -> list[Change]:
    """Where the present values of an app are others than those that somebody wants."""
    found = [
        Change(field, present, typed)
        for field, present, typed in (
            (_("Name"), app.name, wanted.name),
            (_("Code"), app.code, wanted.code),
        )
        if present != typed
    ]
    if app.icon != wanted.icon:
        found.append(Change(_("Icon"), _picture(app.icon), _picture(wanted.icon)))
    return found


def person_name(person: AuditPerson | None) -> str:
    """Who did something, as the audit log names them."""
    if person is None:
        return _("The platform")
    return person.name or person.email or _("An erased person")


def _picture(sha256: str) -> str:
    return _("A picture") if sha256 else _("None")
