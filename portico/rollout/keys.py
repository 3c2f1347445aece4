"""The door of delivery: a super app's build proves with a key which target it belongs to."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest

from portico.kernel.errors import Invalid, InvalidFields, NotFound, gettext_noop
from portico.targets.models import Environment, ReleaseTarget
from portico.targets.queries import target_of_key
from portico.targets.separation import require_environment
from portico.workspaces.api_door import NotSignedIn
from portico.workspaces.models import Workspace


class NoTargetKey(NotSignedIn):
    """No key, or one that is unknown here, revoked or ended, or of an archived app (401)."""

    code = "no_target_key"
    sentence = gettext_noop(
        "This needs a working key of an app: send “Authorization: Bearer pk_…”. Admins make keys "
        "on the page of the app."
    )


class TargetUnknown(Invalid):
    code = "target_unknown"
    sentence = gettext_noop(
        "“%(given)s” names no target. Write production or sandbox, or before it the code of the "
        "app and a slash, such as pay-android/production; or leave it out."
    )


def target_asking(request: HttpRequest, workspace: Workspace, *, at: datetime) -> ReleaseTarget:
    """The target whose key came with a request; raises `NoTargetKey`."""
    scheme, _space, key = request.headers.get("Authorization", "").partition(" ")
    found = None
    if scheme.lower() == "bearer" and key.strip():
        found = target_of_key(key.strip(), workspace, at=at)
    if found is None:
        raise NoTargetKey
    return found


def check_is(target: ReleaseTarget, named: str) -> None:
    """Hold the target of a key to the one that a client names, if it names one.

    Raises `InvalidFields` for what names none, `NotFound` for another app's, whether it is there or
    not, and `WrongEnvironment` for the other environment of its own.
    """
    if not named:
        return
    app, _slash, environment = named.rpartition("/")
    if environment not in Environment.values:
        raise InvalidFields({"target": TargetUnknown(given=named)})
    if app and app != target.app.code:
        raise NotFound
    require_environment(target, Environment(environment))
