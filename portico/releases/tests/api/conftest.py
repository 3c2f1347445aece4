"""A mini program that the developer is Admin of, its Production, and clients of the API."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from conftest import Cast
from portico.miniprograms.models import MiniProgram
from portico.targets.models import ReleaseTarget
from tests.make import make_app, make_program

Call = Callable[..., Client]
Fire = Callable[..., Any]


@pytest.fixture
def program(cast: Cast) -> MiniProgram:
    return make_program(cast.acme, "com.example.tips", admin=cast.developer)


@pytest.fixture
def production(cast: Cast) -> ReleaseTarget:
    return make_app(cast.acme, "pay").targets.get(environment="production")


@pytest.fixture
def developer(cast: Cast, call: Call) -> Client:
    """A client with the developer's token."""
    return call(cast.acme, cast.developer)


@pytest.fixture
def reviewer(cast: Cast, call: Call) -> Client:
    """A client with the reviewer's token."""
    return call(cast.acme, cast.reviewer)


def post(client: Client, path: str, given: dict[str, Any], *, key: str = "") -> Any:
    """POST as JSON."""
    headers = {"Idempotency-Key": key} if key else {}
    return client.post(f"/api/v1{path}", given, content_type="application/json", headers=headers)


def fire(client: Client, release_id: object, event: str, *, key: str = "", **given: Any) -> Any:
    """Have an event happen."""
    return post(client, f"/releases/{release_id}/events", {"event": event, **given}, key=key)


def told(answer: Any) -> tuple[int, str]:
    """A refusal's status and code."""
    return answer.status_code, answer.json()["code"]
