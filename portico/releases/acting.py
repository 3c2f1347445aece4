"""Who fires an event of the pipeline."""

from __future__ import annotations

from dataclasses import dataclass

from portico.accounts.http import actor_of
from portico.audit.services import PLATFORM, Actor
from portico.releases.rules.pipeline import Who
from portico.workspaces.http import MemberRequest, TokenRequest
from portico.workspaces.models import Membership


@dataclass(frozen=True)
class By:
    """Who fires an event: a member, whose roles say as what; or the platform, which says it itself.

    `actor` is who the audit log names. `who` counts only where there is no `member`.
    """

    actor: Actor
    member: Membership | None = None
    who: Who | None = None


def by_request(request: MemberRequest | TokenRequest) -> By:
    """Whoever is behind a page or a request of the API."""
    return By(actor_of(request), request.member)


def by_ramp() -> By:
    """The ramp of a release, which goes on by itself."""
    return By(PLATFORM, who=Who.RAMP)


def by_automated_review() -> By:
    """The automated checks, where the policy lets them approve."""
    return By(PLATFORM, who=Who.AUTOMATED_REVIEW)


def by_guardrail() -> By:
    """The guardrails that watch over a release."""
    return By(PLATFORM, who=Who.GUARDRAIL)


def by_platform() -> By:
    """What follows from another event."""
    return By(PLATFORM, who=Who.PLATFORM)
