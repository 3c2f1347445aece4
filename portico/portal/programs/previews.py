"""Tokens that open a version which is not live: for a quarter of an hour, for one member.

A token stands in the path of the version's origin (`/~<token>/…`), because there are no cookies
there. It names the member and the end, and is signed together with the version. What it opens is
looked up again on every request: who is blocked, or no longer works on the program, is out.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import quote
from uuid import UUID

from django.core.signing import BadSignature, Signer

from portico.workspaces.models import Membership

LASTS = timedelta(minutes=15)
MARK = "~"
LONGEST = 200
# Chosen so that a token needs no escaping in a path.
_SEPARATOR = "."


@dataclass(frozen=True)
class Preview:
    """Whose preview it is, and when it ends."""

    member: UUID
    ends_at: datetime

    def has_ended(self, *, at: datetime) -> bool:
        """Whether its time is over."""
        return at >= self.ends_at


def make_preview(version: UUID, *, member: Membership, at: datetime) -> str:
    """A token that opens a version for a member. Whether they may preview it is the caller's
    care, and looked at once more when the token is used."""
    ends = int((at + LASTS).timestamp())
    facts = f"{member.id.hex}{_SEPARATOR}{ends:x}"
    return facts + _SEPARATOR + _signer().signature(_signed(version, facts))


def read_preview(token: str, version: UUID) -> Preview | None:
    """What a token says, expired or not; None where it was not made for this version, or not by
    us."""
    facts, _separator, signature = token.rpartition(_SEPARATOR)
    if len(token) > LONGEST or not facts or not token.isascii():
        return None
    try:
        _signer().unsign(f"{_signed(version, facts)}:{signature}")
        member, _separator, ends = facts.partition(_SEPARATOR)
        return Preview(UUID(member), datetime.fromtimestamp(int(ends, 16), UTC))
    except (BadSignature, ValueError, OverflowError, OSError):
        return None


def base_of(token: str) -> str:
    """What the paths of a preview begin with."""
    return f"/{MARK}{quote(token)}/"


def _signed(version: UUID, facts: str) -> str:
    return f"{version.hex}{_SEPARATOR}{facts}"


def _signer() -> Signer:
    return Signer(salt="portico.portal.programs.preview")
