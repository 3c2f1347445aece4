"""Marks that say who may open a page or call an API operation.

A mark only declares. The door (`portico.workspaces.door`) reads it on each request and refuses
whatever bears none, so forgetting a mark closes a page rather than opening it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from portico.kernel.permissions import Permission

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True)
class Access:
    """Either a permission that is needed, or the reason why none is."""

    permission: Permission | None = None
    public_because: str = ""


def requires(permission: Permission) -> Callable[[View], View]:
    """Open the view to members of the workspace whose role has this permission."""
    return _mark(Access(permission=permission))


def public(reason: str) -> Callable[[View], View]:
    """Open the view to anyone, and say why that is right."""
    if not reason:
        raise ValueError("A public view needs a reason.")
    return _mark(Access(public_because=reason))


def ungated(reason: str) -> Callable[[View], View]:
    """Let a view be opened whatever gates (`portico.workspaces.gates`) are closed to the member,
    and say why that is right. Its permission is needed all the same."""
    if not reason:
        raise ValueError("A view without gates needs a reason.")

    def mark(view: View) -> View:
        view.portico_ungated = reason  # type: ignore[attr-defined]
        return view

    return mark


def is_ungated(view: Callable[..., Any]) -> bool:
    """Whether a view bears that mark."""
    return bool(getattr(view, "portico_ungated", ""))


def access_of(view: Callable[..., Any]) -> Access | None:
    """The mark that a view bears, or None."""
    mark = getattr(view, "portico_access", None)
    return mark if isinstance(mark, Access) else None


def _mark(access: Access) -> Callable[[View], View]:
    def mark(view: View) -> View:
        view.portico_access = access  # type: ignore[attr-defined]
        return view

    return mark
