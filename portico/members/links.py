"""The link in an invitation's mail: a signed value of its id and its present nonce.

It is made while the mail is written and stored nowhere. Who can open it can become a member, so
it is in no log (`TOKEN_PATHS` in `portico.config.logging`), no table and no answer of the API.
"""

from __future__ import annotations

from uuid import UUID

from django.core import signing
from django.urls import reverse
from django.utils.crypto import constant_time_compare, get_random_string

from portico.kernel.errors import NotFound, gettext_noop
from portico.members.models import Invitation
from portico.workspaces.hosts import address_of


class InvitationNotValid(NotFound):
    """Forged, cut off, or of another workspace: who holds it is not told which."""

    code = "invitation_not_valid"
    sentence = gettext_noop(
        "This is not a valid invitation. Please open the whole link from the mail, or ask for a "
        "new invitation."
    )


def new_nonce() -> str:
    """What makes the links of an invitation differ from those of before."""
    return get_random_string(32)


def token_of(invitation: Invitation) -> str:
    """The token that opens this invitation until it is sent again, answered or over."""
    return _signer().sign(f"{invitation.id.hex}-{invitation.nonce}")


def link_of(invitation: Invitation) -> str:
    """The address in the mail, at the workspace's own host."""
    path = reverse("invitation", kwargs={"token": token_of(invitation)})
    return address_of(invitation.workspace, path)


def id_in(token: str) -> UUID:
    """The id of the invitation that a token was made for. Raises `InvitationNotValid`."""
    return UUID(hex=_read(token)[0])


def is_newest(token: str, invitation: Invitation) -> bool:
    """Whether no newer link was sent since."""
    return constant_time_compare(_read(token)[1], invitation.nonce)


def _read(token: str) -> tuple[str, str]:
    try:
        invitation_id, _dash, nonce = _signer().unsign(token).partition("-")
    except signing.BadSignature:
        raise InvitationNotValid from None
    return invitation_id, nonce


def _signer() -> signing.Signer:
    return signing.Signer(sep=".", salt="portico.members.invitation")
