"""What the API of apps takes and answers."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from ninja import Schema
from pydantic import Field

from portico.targets.icons import icon_urls
from portico.targets.models import App, AppState, Environment, KeyState, TargetKey
from portico.targets.services import Wanted
from portico.workspaces.models import Workspace


class AppValues(Schema):
    """An app's values. `icon` is the id of a file that was uploaded as `app_icon`."""

    name: str = Field(max_length=1000)
    code: str = Field(max_length=1000, description="Lower-case, such as `pay-android`.")
    icon: str = Field("", max_length=64)

    def wanted(self) -> Wanted:
        """For the verbs."""
        return Wanted(self.name, self.code, self.icon)


class AppGiven(AppValues):
    """A new app. Only one of a workspace is the web app."""

    is_web: bool = False

    def wanted(self) -> Wanted:
        """For the verbs."""
        return Wanted(self.name, self.code, self.icon, self.is_web)


class WebAppGiven(Schema):
    """Which app is the web app now, so that the mark is taken from no other; null for none."""

    instead_of: str | None = Field(max_length=100, description="Its code or id.")


class TargetAnswer(Schema):
    """A release target: the app in one environment."""

    id: UUID
    environment: Environment


class AppAnswer(Schema):
    """An app. `revision` is its ETag."""

    id: UUID
    code: str
    name: str
    icon: str
    icon_url: str
    is_web: bool
    state: AppState
    archived_at: datetime | None
    created_at: datetime
    revision: int
    targets: list[TargetAnswer]


class AppsAnswer(Schema):
    """Some apps, in the order in which they were made. `next`: the `cursor` of those after."""

    items: list[AppAnswer]
    next: UUID | None


class AppsAsked(Schema):
    """Which apps to look for; what is left out asks for nothing."""

    q: str = Field("", max_length=200, description="Parts of the name or the code.")
    state: AppState | None = None
    cursor: UUID | None = None
    limit: int = Field(50, ge=1, le=200)


class KeyGiven(Schema):
    """What a key is called."""

    name: str = Field(max_length=1000)


class KeyRotationGiven(Schema):
    """For how many hours the old key works beside the new one; 0: it ends now."""

    overlap_hours: int = Field(24 * 7, ge=0, le=24 * 30)


class KeyAnswer(Schema):
    """A key, without the key. `last_used_at` is exact to five minutes; `expires_at` is set once it
    was rotated."""

    id: UUID
    name: str
    hint: str
    state: KeyState
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None


class MadeKeyAnswer(KeyAnswer):
    """A new key, and the key itself: this once."""

    secret: str


class RotatedKeyAnswer(MadeKeyAnswer):
    """The new key, and the old one as it stands now."""

    old: KeyAnswer


class KeysAnswer(Schema):
    """Some keys, newest first. `next`: pass it as `cursor` for the page after."""

    items: list[KeyAnswer]
    next: UUID | None


class KeysAsked(Schema):
    """Which keys to look for; what is left out asks for nothing."""

    working: bool = Field(False, description="Only those that work.")
    cursor: UUID | None = None
    limit: int = Field(50, ge=1, le=200)


def app_answers(workspace: Workspace, apps: Iterable[App]) -> list[AppAnswer]:
    """Apps as the API shows them; one query for all icons, one for targets not read along."""
    found = list(apps)
    urls = icon_urls(workspace, [app.icon for app in found])
    return [
        AppAnswer(
            id=app.id,
            code=app.code,
            name=app.name,
            icon=app.icon,
            icon_url=urls.get(app.icon, ""),
            is_web=app.is_web,
            state=app.state,
            archived_at=app.archived_at,
            created_at=app.created_at,
            revision=app.revision,
            targets=[
                TargetAnswer(id=target.id, environment=Environment(target.environment))
                for target in app.targets.all()
            ],
        )
        for app in found
    ]


def key_answer(key: TargetKey, *, at: datetime) -> KeyAnswer:
    """A key as the API shows it."""
    return KeyAnswer(
        id=key.id,
        name=key.name,
        hint=key.hint,
        state=key.state(at=at),
        created_at=key.created_at,
        expires_at=key.expires_at,
        revoked_at=key.revoked_at,
        last_used_at=key.last_used_at,
    )
