"""The verbs of apps and of the keys of their targets."""

from portico.targets.services.apps import (
    Wanted,
    archive_app,
    change_app,
    end_web_app,
    make_app,
    make_web_app,
    restore_app,
)
from portico.targets.services.keys import MOST_KEYS, make_key, revoke_key, rotate_key

__all__ = [
    "MOST_KEYS",
    "Wanted",
    "archive_app",
    "change_app",
    "end_web_app",
    "make_app",
    "make_key",
    "make_web_app",
    "restore_app",
    "revoke_key",
    "rotate_key",
]
