"""What the commands print that call a Portico: text for people, or one JSON object for programs."""

from __future__ import annotations

import json
from typing import Any

import click

from portico.miniprograms.uploading.client.sending import Reply


class Output:
    """Text to standard output as things happen, troubles to standard error; or JSON at the end."""

    def __init__(self, *, as_json: bool) -> None:
        self._as_json = as_json
        self._whole: dict[str, Any] = {}

    def say(self, text: str) -> None:
        """Say what happens."""
        if not self._as_json:
            click.echo(plain(text))

    def trouble(self, sentence: str) -> None:
        """Say what is wrong, or what is tried again."""
        if not self._as_json:
            click.echo(f"portico: {plain(sentence)}", err=True)

    def failed(self, sentence: str, *, code: str) -> None:
        """Something went wrong."""
        self._whole["error"] = {"code": code, "detail": sentence}
        self.trouble(sentence)

    def refused(
        self, sentence: str, code: str, problems: list[tuple[str, str, str]], whole: str
    ) -> None:
        """It was refused: each problem with its place (none: the `whole`), its code and a text."""
        errors = [{"field": place, "code": rule, "detail": text} for place, rule, text in problems]
        self._whole["error"] = {"code": code, "detail": sentence, "errors": errors}
        self.trouble(sentence)
        for place, rule, text in problems:
            self.trouble(f"  {place or whole}: {rule}: {text}")

    def refused_there(self, reply: Reply, whole: str = "the request") -> None:
        """The API refused."""
        listed = reply.said.get("errors")
        errors = listed if isinstance(listed, list) else []
        problems = [
            (str(one.get("field", "")), str(one.get("code", "")), str(one.get("detail", "")))
            for one in errors
            if isinstance(one, dict)
        ]
        code = str(reply.said.get("code", reply.status))
        self.refused(str(reply.said.get("detail", "It was refused.")), code, problems, whole)

    def end(self, status: int) -> None:
        """Print the JSON, if it is wanted."""
        if self._as_json:
            click.echo(json.dumps({"exit": status, **self._whole}, indent=2, ensure_ascii=False))


def plain(text: str) -> str:
    """What a server or a package says, without what would steer a terminal."""
    return "".join(
        character if character.isprintable() or character == "\n" else "�" for character in text
    )
