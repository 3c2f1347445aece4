"""Commands that need Django: it is started for them, and refusals become one sentence."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable
from typing import ParamSpec, TypeVar

import click

P = ParamSpec("P")
T = TypeVar("T")


def with_django(command: Callable[P, T]) -> Callable[P, T]:
    """Start Django, then run the command."""

    @functools.wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> T:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portico.config.settings")
        import django

        django.setup()
        from django.db import OperationalError

        from portico.kernel.errors import DomainError

        try:
            return command(*args, **kwargs)
        except DomainError as error:
            raise click.ClickException(str(error)) from None
        except OperationalError as error:
            why = str(error).strip().splitlines()[0]
            raise click.ClickException(
                "The database cannot be reached. Without DATABASE_URL it is the embedded one, "
                f"which is there while `portico up` runs on this data folder. ({why})"
            ) from None

    return run
