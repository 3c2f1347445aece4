"""The door into a workspace's pages: who comes in, and what they are turned away with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from django.contrib.auth import get_user
from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseBase
from django.utils.functional import SimpleLazyObject

from portico.accounts.binding import is_bound_here
from portico.kernel.access import access_of
from portico.kernel.errors import Forbidden, NotFound
from portico.workspaces.http import WorkspaceRequest
from portico.workspaces.models import Membership

Next = Callable[[HttpRequest], HttpResponseBase]


class UnmarkedView(RuntimeError):
    """A view that bears neither `@requires` nor `@public`: nobody may open it."""


class BoundAuthenticationMiddleware:
    """Put the person and their membership on the request, each looked up when first asked for.

    A session that began on another host or in another workspace counts as nobody's.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Prepare the lookups and hand the request on."""
        request.user = cast(Any, SimpleLazyObject(lambda: _person(request)))
        cast(WorkspaceRequest, request).member = cast(
            Any, SimpleLazyObject(lambda: _member(cast(WorkspaceRequest, request)))
        )
        return self.get_response(request)


class DoorMiddleware:
    """Hold each view to its mark. Nobody: sign in. An outsider: 404. The wrong role: 403."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Hand the request on; the work is done once its view is known."""
        return self.get_response(request)

    def process_view(
        self,
        request: WorkspaceRequest,
        view: Callable[..., HttpResponseBase],
        args: tuple[object, ...],  # noqa: ARG002 - Django's signature
        kwargs: dict[str, object],  # noqa: ARG002
    ) -> HttpResponseBase | None:
        """Turn away, or let in by returning None. Raises `NotFound` and `Forbidden`."""
        access = access_of(view)
        if access is None:
            raise UnmarkedView(f"{view.__module__}.{view.__qualname__} says not who may open it.")
        if access.permission is None:
            return None
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if not request.member:
            raise NotFound
        if not request.member.may(access.permission):
            raise Forbidden
        return None


def _person(request: HttpRequest) -> object:
    # Without a cookie there is no session to read, and a visitor's page costs no query for one.
    if request.session.session_key is None or not is_bound_here(request):
        return AnonymousUser()
    return get_user(request)


def _member(request: WorkspaceRequest) -> Membership | None:
    if not request.user.is_authenticated:
        return None
    membership = (
        Membership.objects.active()
        .filter(workspace=request.workspace, person_id=request.user.pk)
        .first()
    )
    if membership is not None:
        membership.workspace = request.workspace
        membership.person = cast(Any, request.user)
    return membership
