"""API tokens: shown once, hashed at rest, expiring, revocable, never more than their holder."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from portico.accounts.models import Person
from portico.audit.services import Actor, Change, record
from portico.kernel.errors import Invalid, NotFound, gettext_noop
from portico.kernel.ids import digest, new_secret
from portico.kernel.permissions import Permission
from portico.kernel.texts import is_name
from portico.workspaces.gates import hand_over, read_along
from portico.workspaces.models import ApiToken, Membership, Workspace

PREFIX = "pco_"
LONGEST = timedelta(days=366)
SEEN_EVERY = timedelta(minutes=5)


class TokenWithoutName(Invalid):
    code = "token_without_name"
    sentence = gettext_noop(
        "Please give the token a name of 1 to 100 characters that you know it by later."
    )


class TokenLifetime(Invalid):
    code = "token_lifetime"
    sentence = gettext_noop("A token lasts from 1 to 366 days.")


class TokenScope(Invalid):
    code = "token_scope"
    sentence = gettext_noop(
        "A token can only do what you can do yourself. Choose at least one of: %(allowed)s."
    )


def make_token(
    member: Membership,
    *,
    name: str,
    permissions: Iterable[Permission],
    lasts: timedelta,
    by: Actor,
    at: datetime,
) -> tuple[ApiToken, str]:
    """Make a token for a member; returns it and its secret, which is not kept anywhere.

    Raises `TokenWithoutName`, `TokenLifetime` or `TokenScope`, and `NotFound` for who has been
    blocked or removed meanwhile.
    """
    name = " ".join(name.split())
    scope = frozenset(permissions)
    if not 1 <= len(name) <= 100 or not is_name(name):
        raise TokenWithoutName
    if not timedelta(days=1) <= lasts <= LONGEST:
        raise TokenLifetime
    if not scope or not scope <= member.permissions:
        raise TokenScope(allowed=", ".join(sorted(member.permissions)))
    secret = new_secret(PREFIX)
    with transaction.atomic():
        _hold(member)
        token = ApiToken.objects.create(
            membership=member,
            name=name,
            digest=digest(secret),
            hint=secret[:8],
            permissions=sorted(scope),
            created_at=at,
            expires_at=at + lasts,
        )
        _record("token.made", token, by=by, at=at)
    return token, secret


def revoke_token(member: Membership, token_id: UUID, *, by: Actor, at: datetime) -> ApiToken:
    """End a member's own token, at once. Raises `NotFound` for anybody else's."""
    with transaction.atomic():
        token = (
            ApiToken.objects.select_for_update(of=("self",))
            .select_related("membership")
            .filter(membership=member, id=token_id)
            .first()
        )
        if token is None:
            raise NotFound
        if token.revoked_at is None:
            token.revoked_at = at
            token.save(update_fields=["revoked_at"])
            _record("token.revoked", token, by=by, at=at)
    return token


def revoke_tokens_of(person: Person, *, by: Actor, at: datetime) -> int:
    """End all of a person's tokens, in whatever workspace; returns how many."""
    with transaction.atomic():
        live = list(
            ApiToken.objects.select_for_update(of=("self",))
            .select_related("membership")
            .filter(membership__person=person, revoked_at=None)
            .order_by("id")
        )
        for token in live:
            token.revoked_at = at
            token.save(update_fields=["revoked_at"])
            _record("token.revoked", token, by=by, at=at)
    return len(live)


def token_for(secret: str, workspace: Workspace, *, at: datetime) -> ApiToken | None:
    """The live token with this secret in this workspace, or None. Notes when it was used."""
    token = (
        read_along(ApiToken, "membership__")
        .select_related("membership", "membership__person")
        .filter(
            digest=digest(secret),
            membership__workspace=workspace,
            membership__blocked_at=None,
            membership__person__is_active=True,
            revoked_at=None,
            expires_at__gt=at,
        )
        .first()
    )
    if token is not None:
        hand_over(token, token.membership)
    if token is not None and (not token.last_used_at or at - token.last_used_at > SEEN_EVERY):
        not_seen = Q(last_used_at=None) | Q(last_used_at__lt=at - SEEN_EVERY)
        ApiToken.objects.filter(not_seen, id=token.id).update(last_used_at=at)
    return token


def _hold(member: Membership) -> None:
    # Who is being blocked at this moment must not be left with a token that unblocking revives.
    active = Membership.objects.active().select_for_update(of=("self",))
    if not active.filter(id=member.id).exists():
        raise NotFound


def _record(action: str, token: ApiToken, *, by: Actor, at: datetime) -> None:
    record(
        action,
        by=by,
        at=at,
        workspace_id=token.membership.workspace_id,
        subject_kind="token",
        subject_id=token.id,
        subject_label=token.name,
        changes=[Change(field="permissions", before="", after=", ".join(token.permissions))],
    )
