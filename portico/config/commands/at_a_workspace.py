"""What the commands share that call a workspace: its address, a token, exit codes."""

from __future__ import annotations

import re
from enum import IntEnum
from typing import Final

import click

from portico.kernel.errors import Invalid
from portico.miniprograms.uploading.client.places import Place, place_of

TOKEN: Final = re.compile(r"[!-~]{1,500}")


class Exit(IntEnum):
    """How a command ended, the same for all that call a workspace."""

    OK = 0
    REFUSED = 1
    USAGE = 2
    UNREACHABLE = 3
    STOPPED = 130  # as shells say it


class At(click.ParamType):  # type: ignore[type-arg]  # generic for mypy alone
    """The address of a workspace."""

    name = "address"

    def convert(
        self, value: str | Place, param: click.Parameter | None, ctx: click.Context | None
    ) -> Place:
        """Read it; a usage error where it is none."""
        if isinstance(value, Place):
            return value
        try:
            return place_of(value)
        except Invalid as error:
            self.fail(str(error), param, ctx)


def checked_token(text: str) -> str:
    """A token that can be sent; a usage error otherwise, which does not print it."""
    token = text.strip()
    if not TOKEN.fullmatch(token):
        raise click.UsageError("The token is not one: it is 1 to 500 visible characters.")
    return token
