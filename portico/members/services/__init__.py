"""What can be done about members and invitations: one function a verb."""

from portico.members.services.acceptance import (
    accept,
    accept_with_new_account,
    look_at,
    must_verify_first,
)
from portico.members.services.errors import (
    AccountExists,
    ForSomebodyElse,
    InvitationExpired,
    InvitationOver,
    InvitationReplaced,
    InvitationUsed,
    InvitationWithdrawn,
    InvitedAlready,
    InvitedTooOften,
    SentJustNow,
    TooManyInvitations,
)
from portico.members.services.invitations import Answer, Outcome, invite, resend, withdraw
from portico.members.services.membership import (
    BlockedAlready,
    HasThatRole,
    LastAdmin,
    NotBlocked,
    block,
    change_role,
    remove,
    unblock,
)

__all__ = [
    "AccountExists",
    "Answer",
    "BlockedAlready",
    "ForSomebodyElse",
    "HasThatRole",
    "InvitationExpired",
    "InvitationOver",
    "InvitationReplaced",
    "InvitationUsed",
    "InvitationWithdrawn",
    "InvitedAlready",
    "InvitedTooOften",
    "LastAdmin",
    "NotBlocked",
    "Outcome",
    "SentJustNow",
    "TooManyInvitations",
    "accept",
    "accept_with_new_account",
    "block",
    "change_role",
    "invite",
    "look_at",
    "must_verify_first",
    "remove",
    "resend",
    "unblock",
    "withdraw",
]
