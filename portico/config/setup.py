"""Making Django usable in a command."""

from __future__ import annotations

import os

from portico.config.running.configuration import configured, refuse_what_is_unsafe


def set_up_django() -> None:
    """Make models and services usable. Raises Refusal where the configuration forbids it."""
    refuse_what_is_unsafe(configured())
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portico.config.settings")
    import django  # noqa: PLC0415 - slow, and not for every command

    django.setup()
