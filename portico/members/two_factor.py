"""What a member's page says of their second factor."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from portico.members.queries import MemberState, state_of
from portico.two_factor.models import TwoFactorReset
from portico.two_factor.rules import State
from portico.two_factor.services import Way, way_of
from portico.two_factor.standing import standing_of
from portico.two_factor.words import STATE_TITLES, TONES, day_and_time
from portico.workspaces.models import Membership


@dataclass(frozen=True)
class TwoFactor:
    """How a member stands, and what a reset would come to."""

    title: str
    tone: str
    sentence: str
    may_be_reset: bool
    is_removed: bool
    open_until: datetime | None


def two_factor_of(member: Membership, *, at: datetime) -> TwoFactor:
    """What the page says of this member."""
    standing = standing_of(member)
    state, due = standing.state(at=at), standing.due
    title = str(STATE_TITLES[state])
    if state is State.GRACE and due is not None:
        title = f"{title} {day_and_time(due)}"
    reset = TwoFactorReset.objects.open(at=at).filter(membership=member).first()
    may_be_reset = standing.has and state_of(member) is MemberState.ACTIVE
    way = way_of(member.person, but=member, at=at) if may_be_reset else None
    return TwoFactor(
        title=title,
        tone=TONES[state],
        sentence=_sentence(state),
        may_be_reset=may_be_reset,
        is_removed=way is Way.REMOVED,
        open_until=reset.until if reset else None,
    )


def said_of_reset(member: Membership, way: Way, until: datetime) -> str:
    """What a reset came to, for who did it."""
    facts = {"who": member.person.display_name, "until": day_and_time(until)}
    if way is Way.REMOVED:
        return _("The second factors of %(who)s are removed. They set up new ones.") % facts
    return (
        _("Until %(until)s, %(who)s may sign in to this workspace with a code from their mailbox.")
        % facts
    )


def _sentence(state: State) -> str:
    if state is State.HAS:
        return _("They are asked for a second factor when they sign in with their password.")
    if state is State.OVERDUE:
        return _("The grace period is over: they go no further until they have set one up.")
    if state is State.GRACE:
        return _("The policy requires a second factor of them, and they have none yet.")
    return _("They have none, and the policy does not require it of them.")
