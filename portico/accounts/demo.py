"""The demo's accounts, for the sign-in page of an installation that shows a demo."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest


@dataclass(frozen=True)
class DemoAccount:
    """An account that anybody may sign in to. Its password is public."""

    email: str
    role: str
    password: str


_source: Callable[[HttpRequest], tuple[DemoAccount, ...]] = lambda _request: ()  # noqa: E731


def offer_demo_accounts(source: Callable[[HttpRequest], tuple[DemoAccount, ...]]) -> None:
    """Have the sign-in page offer these; called by `portico.config` in a demo."""
    global _source  # noqa: PLW0603 - set once at start
    _source = source


def demo_accounts(request: HttpRequest) -> tuple[DemoAccount, ...]:
    """The accounts to offer at this host; none outside a demo."""
    return _source(request)
