"""The caller's own account and tokens over HTTP."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.http import HttpResponse
from ninja import Schema

from portico.accounts.http import actor_of
from portico.kernel.access import requires
from portico.kernel.clock import now
from portico.kernel.permissions import Permission
from portico.workspaces import tokens
from portico.workspaces.api_door import ApiRouter
from portico.workspaces.http import TokenRequest
from portico.workspaces.models import ApiToken

router = ApiRouter(tags=["Account"])


class WhoAmI(Schema):
    """Whom the token stands for, and what it may do."""

    email: str
    name: str
    workspace: str
    role: str
    permissions: list[str]


class TokenAnswer(Schema):
    """One of the caller's tokens; the secret is never answered."""

    id: UUID
    name: str
    hint: str
    permissions: list[str]
    state: str
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None


@router.get("/me", response=WhoAmI, operation_id="who_am_i", summary="Who am I?")
@requires(Permission.ACCOUNT)
def who_am_i(request: TokenRequest) -> WhoAmI:
    """The holder of the token."""
    return WhoAmI(
        email=request.member.person.email,
        name=request.member.person.name,
        workspace=request.workspace.slug,
        role=request.member.role,
        permissions=sorted(request.token.effective_permissions()),
    )


@router.get(
    "/tokens", response=list[TokenAnswer], operation_id="list_tokens", summary="List tokens"
)
@requires(Permission.ACCOUNT)
def list_tokens(request: TokenRequest) -> list[TokenAnswer]:
    """The caller's tokens for this workspace, newest first."""
    return [_answer(token) for token in request.member.tokens.all()]


@router.delete(
    "/tokens/{token_id}",
    response={204: None},
    operation_id="revoke_token",
    summary="Revoke a token",
)
@requires(Permission.ACCOUNT)
def revoke_token(request: TokenRequest, token_id: UUID) -> HttpResponse:
    """End one of the caller's tokens, at once; it may be the one in use."""
    tokens.revoke_token(request.member, token_id, by=actor_of(request), at=now())
    return HttpResponse(status=204)


def _answer(token: ApiToken) -> TokenAnswer:
    return TokenAnswer(
        id=token.id,
        name=token.name,
        hint=token.hint,
        permissions=token.permissions,
        state=token.state(at=now()),
        created_at=token.created_at,
        expires_at=token.expires_at,
        last_used_at=token.last_used_at,
    )
