"""The door into a workspace's pages: who comes in, and what they are turned away with."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any, cast
from urllib.parse import urlencode, urlsplit

from django.contrib.auth import get_user
from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
)
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from portico.accounts.binding import is_bound_here
from portico.accounts.second_factor.stages import exemption_of
from portico.kernel.access import access_of, is_ungated
from portico.kernel.permissions import Permission
from portico.workspaces.gates import first_closed, read_along
from portico.workspaces.http import WorkspaceRequest
from portico.workspaces.models import Membership, MembershipQuerySet

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
    """Hold each view to its mark. Nobody: sign in. An outsider: 404. The wrong role: 403.

    Whoever may come in then meets the gates (`portico.workspaces.gates`).
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Hand the request on; who comes in is decided once its view is known.

        What somebody signed in was answered is for them alone, and not kept: after signing out,
        going back in the browser must not show it.
        """
        response = self.get_response(request)
        if request.user.is_authenticated and not response.has_header("Cache-Control"):
            response.headers["Cache-Control"] = "private, no-store"
        return response

    def process_view(
        self,
        request: WorkspaceRequest,
        view: Callable[..., HttpResponseBase],
        args: tuple[object, ...],  # noqa: ARG002 - Django's signature
        kwargs: dict[str, object],  # noqa: ARG002
    ) -> HttpResponseBase | None:
        """Turn away, or let in by returning None.

        What goes wrong here is no view's exception, so it is said in Django's own: `Http404` and
        `PermissionDenied`, which the error pages answer.
        """
        access = access_of(view)
        if access is None:
            raise UnmarkedView(f"{view.__module__}.{view.__qualname__} says not who may open it.")
        if access.permission is None:
            return None
        if not request.user.is_authenticated:
            return _to_sign_in(request)
        if not request.member:
            raise Http404
        if not request.member.may(access.permission):
            raise PermissionDenied
        if is_ungated(view):
            return None
        if access.permission is Permission.ACCOUNT and exemption_of(request):
            # No second factor was shown in this session. It must not reach the account, which
            # belongs to other workspaces, too. (Who sets up second factors confirms with one.)
            return _to_gate(request, reverse("limited_session"))
        closed = first_closed(request, request.member)
        return _to_gate(request, closed.path) if closed else None


def _to_sign_in(request: HttpRequest) -> HttpResponseBase:
    """Where nobody is sent, to be back after signing in."""
    if request.headers.get("HX-Request"):
        # A redirect would put the sign-in page into a part of this one; its script explains 401.
        return HttpResponse(status=HTTPStatus.UNAUTHORIZED)
    if request.method in {"GET", "HEAD"}:
        return redirect_to_login(request.get_full_path())
    # What was sent is lost, and its address may be no page: go back to the page it was sent from.
    return redirect_to_login(_page_before(request))


def _to_gate(request: HttpRequest, path: str) -> HttpResponseBase:
    """Where a member goes who has to do something first, to be back after it."""
    if request.headers.get("HX-Request"):
        # The whole page goes there, not a part of it; back to the page that the part belongs to.
        address = f"{path}?{urlencode({'next': _page_before(request)})}"
        return HttpResponse(status=HTTPStatus.FORBIDDEN, headers={"HX-Redirect": address})
    is_page = request.method in {"GET", "HEAD"}
    back = request.get_full_path() if is_page else _page_before(request)
    return HttpResponseRedirect(f"{path}?{urlencode({'next': back})}")


def _page_before(request: HttpRequest) -> str:
    """The page of this host that a request was sent from; without one, where one lands anyway."""
    try:
        before = urlsplit(request.headers.get("Referer", ""))
    except ValueError:
        return "/signed-in/"
    return before.path if before.netloc == request.get_host() and before.path else "/signed-in/"


def _person(request: HttpRequest) -> object:
    # Without a cookie there is no session to read, and a visitor's page costs no query for one.
    if request.session.session_key is None or not is_bound_here(request):
        return AnonymousUser()
    return get_user(request)


def _member(request: WorkspaceRequest) -> Membership | None:
    if not request.user.is_authenticated:
        return None
    membership = (
        cast(MembershipQuerySet, read_along(Membership))
        .active()
        .filter(workspace=request.workspace, person_id=request.user.pk)
        .first()
    )
    if membership is not None:
        membership.workspace = request.workspace
        membership.person = cast(Any, request.user)
    return membership
