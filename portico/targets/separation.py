"""What keeps the Sandbox and Production apart: a key reads and changes its own target alone."""

from __future__ import annotations

from portico.kernel.errors import Forbidden, NotFound, gettext_noop
from portico.targets.models import Environment, ReleaseTarget


class WrongEnvironment(Forbidden):
    code = "wrong_environment"
    sentence = gettext_noop(
        "This key belongs to “%(app)s” in the environment %(has)s. It can neither read nor change "
        "anything in the environment %(wants)s. Use a key that was made for it."
    )


def require_environment(target: ReleaseTarget, wanted: Environment) -> None:
    """Raise `WrongEnvironment` unless the target, found by a caller's key, is of the environment
    that they ask for. Ask before anything is read, so that a refusal tells nothing of it."""
    if target.environment != wanted:
        raise WrongEnvironment(
            has=Environment(target.environment).label, wants=wanted.label, app=target.app.name
        )


def check_target(of_key: ReleaseTarget, wanted: ReleaseTarget) -> None:
    """Raise unless the caller's key belongs to the very target that they ask for.

    `NotFound` for a target of another app: whoever holds a key learns nothing of other apps.
    `WrongEnvironment` for the other environment of their own.
    """
    if (of_key.workspace_id, of_key.app_id) != (wanted.workspace_id, wanted.app_id):
        raise NotFound
    require_environment(of_key, Environment(wanted.environment))
