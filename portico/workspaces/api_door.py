"""The door into the API: a bearer token of this workspace, with the permission that is needed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from django.http import HttpRequest
from ninja import Router
from ninja.security import HttpBearer

from portico.kernel.access import access_of, is_ungated
from portico.kernel.clock import now
from portico.kernel.errors import DomainError, Forbidden, gettext_noop
from portico.kernel.permissions import Permission
from portico.workspaces.gates import first_closed
from portico.workspaces.http import TokenRequest
from portico.workspaces.models import ApiToken
from portico.workspaces.tokens import token_for


class NotSignedIn(DomainError):
    """No token, or one that is unknown here, expired, revoked, or of a blocked member (401)."""

    code = "not_signed_in"
    sentence = gettext_noop(
        "This needs a token of this workspace: send “Authorization: Bearer …”. Tokens are made "
        "under Settings, Account, API tokens."
    )


class TokenLacksPermission(Forbidden):
    code = "token_lacks_permission"
    sentence = gettext_noop("This token may not do this. It needs the permission %(permission)s.")


class BearerToken(HttpBearer):
    """Lets a token in that has the permission. A token of another workspace is unknown here.

    Unless the operation is `ungated`, the gates (`portico.workspaces.gates`) are asked after that.
    """

    def __init__(self, permission: Permission, *, gated: bool = True) -> None:
        self.permission = permission
        self.gated = gated
        super().__init__()

    def __call__(self, request: HttpRequest) -> ApiToken:
        """The token; raises `NotSignedIn`, `TokenLacksPermission` or a gate's refusal."""
        token = cast("ApiToken | None", super().__call__(request))
        if token is None:
            raise NotSignedIn
        return token

    def authenticate(self, request: HttpRequest, token: str) -> ApiToken | None:
        """Look the secret up and hold it to the permission."""
        request = cast(TokenRequest, request)
        found = token_for(token.strip(), request.workspace, at=now())
        if found is None:
            return None
        member = found.membership
        member.workspace = request.workspace
        request.token, request.member, request.user = found, member, member.person
        if self.permission not in found.effective_permissions():
            raise TokenLacksPermission(permission=self.permission.value)
        closed = first_closed(request, member) if self.gated else None
        if closed is not None:
            raise closed.refusal
        return found


class ApiRouter(Router):
    """A router whose operations take their door from `@requires` and `@public`.

    An operation without a mark fails where it is declared, so none can be left open by mistake.
    """

    def add_api_operation(
        self, path: str, methods: list[str], view_func: Callable[..., Any], **options: Any
    ) -> None:
        """Add an operation, with the door that its mark asks for."""
        access = access_of(view_func)
        if access is None:
            raise TypeError(f"{methods} {path} says not who may call it.")
        options["auth"] = (
            BearerToken(access.permission, gated=not is_ungated(view_func))
            if access.permission
            else None
        )
        super().add_api_operation(path, methods, view_func, **options)
