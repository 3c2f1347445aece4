"""Members, invitations, and the rule about two-factor sign-in."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from portico.kernel.clock import now
from portico.members.links import token_of
from portico.members.models import Invitation
from portico.two_factor.tests.factors import give_app
from portico.workspaces.models import Membership
from portico.workspaces.permissions import Role
from tests.access.rows import (
    ADMINS,
    ADMINS_CALL,
    ADMINS_DELETE,
    ADMINS_SENT,
    EVERYBODY,
    NOT_THIS_FOR_ADMINS,
    Operation,
    Page,
)
from tests.access.scene import Scene
from tests.make import (
    AT,
    make_invitation,
    make_member,
)


def a_colleague(scene: Scene) -> dict[str, UUID]:
    """Another member of acme."""
    return {"member_id": make_member(scene.cast.acme, Role.DEVELOPER).id}


def a_colleague_with_app(scene: Scene) -> dict[str, UUID]:
    """Another member of acme, who has an authenticator app."""
    member = make_member(scene.cast.acme, Role.DEVELOPER)
    give_app(member.person)
    return {"member_id": member.id}


def a_blocked_colleague(scene: Scene) -> dict[str, UUID]:
    """Another member of acme, who is blocked."""
    member = make_member(scene.cast.acme, Role.DEVELOPER)
    Membership.objects.filter(id=member.id).update(blocked_at=AT)
    return {"member_id": member.id}


def an_invitation(scene: Scene) -> Invitation:
    """An open invitation to acme, of a while ago."""
    return make_invitation(scene.cast.acme, at=now() - timedelta(hours=1))


PAGES: dict[str, Page] = {
    "members": Page(ADMINS, NOT_THIS_FOR_ADMINS),
    "members_csv": Page(ADMINS, NOT_THIS_FOR_ADMINS),
    "member": Page(ADMINS, NOT_THIS_FOR_ADMINS, args=a_colleague),
    "change_member_role": Page(
        NOT_THIS_FOR_ADMINS,
        ADMINS_SENT,
        args=a_colleague,
        sent=lambda _: {"role": "operator"},
    ),
    "block_member": Page(NOT_THIS_FOR_ADMINS, ADMINS_SENT, args=a_colleague),
    "unblock_member": Page(NOT_THIS_FOR_ADMINS, ADMINS_SENT, args=a_blocked_colleague),
    "reset_member_two_factor": Page(NOT_THIS_FOR_ADMINS, ADMINS_SENT, args=a_colleague_with_app),
    "remove_member": Page(NOT_THIS_FOR_ADMINS, ADMINS_SENT, args=a_colleague),
    "invite": Page(
        ADMINS, ADMINS_SENT, sent=lambda _: {"emails": "new@example.com", "role": "operator"}
    ),
    "invitations": Page(ADMINS, NOT_THIS_FOR_ADMINS),
    "resend_invitation": Page(
        NOT_THIS_FOR_ADMINS,
        ADMINS_SENT,
        args=lambda scene: {"invitation_id": an_invitation(scene).id},
    ),
    "withdraw_invitation": Page(
        NOT_THIS_FOR_ADMINS,
        ADMINS_SENT,
        args=lambda scene: {"invitation_id": an_invitation(scene).id},
    ),
    # Who is signed in as somebody else cannot accept; nobody gets the form back, to fill it in.
    "invitation": Page(
        EVERYBODY,
        "409 409 409 409 409 409 422",
        args=lambda scene: {"token": token_of(an_invitation(scene))},
    ),
    "two_factor_policy": Page(ADMINS, NOT_THIS_FOR_ADMINS),
    "change_two_factor_policy": Page(
        NOT_THIS_FOR_ADMINS,
        ADMINS_SENT,
        sent=lambda _: {"required": "off", "grace_days": 9, "based_on": 0},
    ),
}


OPERATIONS: dict[str, Operation] = {
    "GET /members": Operation(ADMINS_CALL),
    "GET /members/{member_id}": Operation(ADMINS_CALL, path=a_colleague),
    "PATCH /members/{member_id}": Operation(
        ADMINS_CALL, path=a_colleague, body={"role": "operator"}
    ),
    "POST /members/{member_id}/block": Operation(ADMINS_CALL, path=a_colleague),
    "POST /members/{member_id}/unblock": Operation(ADMINS_CALL, path=a_blocked_colleague),
    "POST /members/{member_id}/reset-two-factor": Operation(ADMINS_CALL, path=a_colleague_with_app),
    "GET /two-factor-policy": Operation(ADMINS_CALL),
    "PUT /two-factor-policy": Operation(
        ADMINS_CALL, body={"required": "off", "grace_days": 9}, etag='"0"'
    ),
    "GET /two-factor-policy/effect": Operation(ADMINS_CALL, query="?required=all"),
    "DELETE /members/{member_id}": Operation(ADMINS_DELETE, path=a_colleague),
    "GET /invitations": Operation(ADMINS_CALL),
    "POST /invitations": Operation(
        "201 403 403 403 403 401 401", body={"email": "new@example.com", "role": "operator"}
    ),
    "GET /invitations/{invitation_id}": Operation(
        ADMINS_CALL, path=lambda scene: {"invitation_id": an_invitation(scene).id}
    ),
    "POST /invitations/{invitation_id}/resend": Operation(
        ADMINS_CALL, path=lambda scene: {"invitation_id": an_invitation(scene).id}
    ),
    "DELETE /invitations/{invitation_id}": Operation(
        ADMINS_DELETE, path=lambda scene: {"invitation_id": an_invitation(scene).id}
    ),
}
