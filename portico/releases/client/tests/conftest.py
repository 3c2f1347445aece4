"""A server that answers as a test says, and the command that asks it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from click.testing import CliRunner, Result

from portico.config.cli import main
from portico.miniprograms.uploading.client import sending
from portico.miniprograms.uploading.tests.answering import Server, serving
from portico.releases.client import waiting

TOKEN = "pco_a-token-that-must-not-be-seen"
Run = Callable[..., Result]


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """No pauses between tries, nor between questions."""
    monkeypatch.setattr(sending, "PAUSES", (0.0, 0.0))
    monkeypatch.setattr(waiting, "SOONEST", 0.0)


@pytest.fixture
def server() -> Iterator[Server]:
    """Answers as its `answers` say."""
    with serving() as found:
        yield found


@pytest.fixture
def run() -> Run:
    """`run("scale", "5", url)`: run `portico release`; the token is never printed."""

    def made(command: str, *arguments: object, url: str, token: str = TOKEN) -> Result:
        asked = ["release", command, *map(str, arguments), "--url", url]
        result = CliRunner().invoke(main, asked, env={"PORTICO_TOKEN": token})
        assert not token or token not in result.output
        return result

    return made


def a_release(**values: Any) -> dict[str, Any]:
    """A release as the API answers it."""
    return {
        "id": "0193f2d4-0000-7000-8000-000000000001",
        "app_id": "com.example.tips",
        "app": "pay",
        "environment": "production",
        "version": {"code": 3, "name": "1.0.3"},
        "status": "grayscale_release",
        "percentage": 5.0,
        "paused_at": None,
        "revision": 7,
        **values,
    }


def events(*told: tuple[str, str, str], after: int = 0, reason: str = "") -> tuple[int, Any]:
    """An answer with these events: what happened, and from where it led where."""
    items: list[dict[str, Any]] = [
        {
            "number": after + place,
            "event": event,
            "before": before or None,
            "after": to,
            "who": "release_actor",
            "by": "Ada",
            "reason": reason,
            "percentage": None,
            "details": {},
            "at": "2026-11-22T08:00:00Z",
        }
        for place, (event, before, to) in enumerate(told, start=1)
    ]
    return 200, {"items": items, "next": None, "status": told[-1][2] if told else "", "revision": 1}
