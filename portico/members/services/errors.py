"""What can be wrong with an invitation."""

from __future__ import annotations

from portico.kernel.errors import Conflict, Forbidden, gettext_noop


class InvitedAlready(Conflict):
    code = "invited_already"
    sentence = gettext_noop(
        "%(email)s has been invited already. Send that invitation again, or withdraw it first."
    )


class TooManyInvitations(Conflict):
    code = "too_many_invitations"
    sentence = gettext_noop(
        "A workspace sends at most %(most)s invitations a day; %(left)s are left until midnight "
        "UTC. Nobody was invited."
    )


class InvitedTooOften(Conflict):
    code = "invited_too_often"
    sentence = gettext_noop(
        "%(email)s was sent %(most)s invitations within a day, the most that one address gets. "
        "Nobody was invited."
    )


class SentJustNow(Conflict):
    code = "sent_just_now"
    sentence = gettext_noop("This was sent less than a minute ago. Please wait a little.")


class InvitationOver(Conflict):
    """The link was right once; what ended it is said by the kind."""

    code = "invitation_over"
    sentence = gettext_noop("This invitation is over.")


class InvitationReplaced(InvitationOver):
    code = "invitation_replaced"
    sentence = gettext_noop(
        "A newer link was sent after this one. Please open the one in the newest mail."
    )


class InvitationExpired(InvitationOver):
    code = "invitation_expired"
    sentence = gettext_noop(
        "This invitation was good for three days, which are over. Ask the person who invited you "
        "to send it again."
    )


class InvitationWithdrawn(InvitationOver):
    code = "invitation_withdrawn"
    sentence = gettext_noop(
        "This invitation was withdrawn. If you think that is a mistake, ask the person who invited "
        "you."
    )


class InvitationUsed(InvitationOver):
    code = "invitation_used"
    sentence = gettext_noop("This invitation was accepted already. Sign in to go on.")


class ForSomebodyElse(Forbidden):
    code = "for_somebody_else"
    sentence = gettext_noop(
        "This invitation is for %(email)s. Sign in with that address to accept it."
    )


class AccountExists(Conflict):
    code = "account_exists"
    sentence = gettext_noop("There is an account with this address already. Please sign in.")
