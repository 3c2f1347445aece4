"""What a row of the tables says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.access.scene import Scene

WHO = ("admin", "reviewer", "developer", "operator", "inspector", "outsider", "nobody")

EVERYBODY = "200 200 200 200 200 200 200"
MEMBERS = "200 200 200 200 200 404 302"
ADMINS = "200 403 403 403 403 404 302"
SENT = "302 302 302 302 302 302 302"
MEMBERS_SENT = "302 302 302 302 302 404 302"
ADMINS_SENT = "302 403 403 403 403 404 302"
NOT_THIS = "405 405 405 405 405 405 405"
NOT_THIS_FOR_MEMBERS = "405 405 405 405 405 404 302"
NOT_THIS_FOR_ADMINS = "405 403 403 403 403 404 302"
# Of a mini program that the developer is Admin of, and the operator assigned to.
CHANGERS = "200 403 200 403 403 404 302"
CHANGERS_SENT = "302 403 302 403 403 404 302"
NOT_THIS_FOR_CHANGERS = "405 403 405 403 403 404 302"
NOTHING = "404 404 404 404 404 404 404"
NOTHING_FOR_ADMINS = "404 403 403 403 403 404 302"

# In the API an outsider's token is one that is unknown here, as nobody's is.
MEMBERS_CALL = "200 200 200 200 200 401 401"
ADMINS_CALL = "200 403 403 403 403 401 401"
ADMINS_DELETE = "204 403 403 403 403 401 401"


Sample = Callable[[Scene], dict[str, Any]]


@dataclass(frozen=True)
class Page:
    """What GET and POST answer, for each column; and what to send so that an answer says much."""

    get: str
    post: str
    args: Sample = lambda _scene: {}
    sent: Sample = lambda _scene: {}


@dataclass(frozen=True)
class Operation:
    """What an operation answers, for each column."""

    answers: str
    path: Sample = lambda _scene: {}
    body: dict[str, object] = field(default_factory=dict)
    query: str = ""
    etag: str = ""


def nothing_of(_made: object) -> dict[str, Any]:
    """Nothing in the address, of something that is there to ask about."""
    return {}


def statuses(text: str) -> dict[str, int]:
    """A row of the table by column."""
    return dict(zip(WHO, map(int, text.split()), strict=True))
