"""One's own account: the profile, two-factor sign-in, sessions, tokens and linked sign-ins."""

from __future__ import annotations

from uuid import UUID

from allauth.usersessions.models import UserSession
from django.utils.crypto import get_random_string

from tests.access.rows import (
    MEMBERS,
    MEMBERS_CALL,
    MEMBERS_SENT,
    NOT_THIS_FOR_MEMBERS,
    Operation,
    Page,
)
from tests.access.scene import Scene
from tests.make import (
    AT,
    make_token,
)


def a_token_id(scene: Scene) -> UUID:
    """A token of theirs."""
    return make_token(scene.member, at=AT)[0].id


def a_session_id(scene: Scene) -> int:
    """A session of theirs, elsewhere."""
    session: UserSession = UserSession.objects.create(
        user=scene.member.person, session_key=get_random_string(32), ip="127.0.0.1"
    )
    return int(session.pk)


PAGES: dict[str, Page] = {
    "after_two_factor": Page(MEMBERS_SENT, NOT_THIS_FOR_MEMBERS),
    "limited_session": Page(MEMBERS_SENT, NOT_THIS_FOR_MEMBERS),
    "account_profile": Page(
        MEMBERS, MEMBERS_SENT, sent=lambda _: {"name": "A", "language": "", "time_zone": ""}
    ),
    # The cast has no passwords: they are sent to where one is set by mail.
    "account_change_password": Page(MEMBERS_SENT, MEMBERS_SENT),
    "account_reauthenticate": Page(MEMBERS, "422 422 422 422 422 404 302"),
    "confirm_options": Page(NOT_THIS_FOR_MEMBERS, MEMBERS),
    "two_factor": Page(MEMBERS, NOT_THIS_FOR_MEMBERS),
    # The sessions of the cast have shown nothing here: they are asked to confirm first.
    "authenticator_app": Page(MEMBERS_SENT, MEMBERS_SENT),
    "remove_authenticator_app": Page(MEMBERS_SENT, MEMBERS_SENT),
    "recovery_codes": Page(MEMBERS_SENT, NOT_THIS_FOR_MEMBERS),
    "download_recovery_codes": Page(MEMBERS_SENT, NOT_THIS_FOR_MEMBERS),
    "make_recovery_codes": Page(MEMBERS_SENT, MEMBERS_SENT),
    "new_passkey": Page(MEMBERS_SENT, MEMBERS_SENT),
    "new_passkey_options": Page(NOT_THIS_FOR_MEMBERS, MEMBERS_SENT),
    "rename_passkey": Page(MEMBERS_SENT, MEMBERS_SENT, args=lambda _: {"passkey_id": 7}),
    "remove_passkey": Page(MEMBERS_SENT, MEMBERS_SENT, args=lambda _: {"passkey_id": 7}),
    "account_sessions": Page(MEMBERS, NOT_THIS_FOR_MEMBERS),
    "end_other_sessions": Page(NOT_THIS_FOR_MEMBERS, MEMBERS_SENT),
    "end_session": Page(
        NOT_THIS_FOR_MEMBERS, MEMBERS_SENT, args=lambda scene: {"session_id": a_session_id(scene)}
    ),
    "account_mails": Page(MEMBERS, MEMBERS_SENT),
    "account_tokens": Page(
        MEMBERS, MEMBERS, sent=lambda _: {"name": "CI", "permissions": ["account"], "days": 7}
    ),
    "revoke_api_token": Page(
        NOT_THIS_FOR_MEMBERS, MEMBERS_SENT, args=lambda scene: {"token_id": a_token_id(scene)}
    ),
    # Who has not shown who they are just now is asked to.
    "linked_sign_ins": Page(MEMBERS, NOT_THIS_FOR_MEMBERS),
    "link_sign_in": Page(
        NOT_THIS_FOR_MEMBERS, MEMBERS_SENT, args=lambda _: {"provider_id": "staff"}
    ),
    "unlink_sign_in": Page(NOT_THIS_FOR_MEMBERS, MEMBERS_SENT, args=lambda _: {"link_id": 1}),
}


OPERATIONS: dict[str, Operation] = {
    "GET /me": Operation(MEMBERS_CALL),
    "GET /me/mail-topics": Operation(MEMBERS_CALL),
    "PUT /me/mail-topics": Operation(MEMBERS_CALL, body={"wanted": []}),
    "GET /tokens": Operation(MEMBERS_CALL),
    "DELETE /tokens/{token_id}": Operation(
        "204 204 204 204 204 401 401", path=lambda scene: {"token_id": a_token_id(scene)}
    ),
}
