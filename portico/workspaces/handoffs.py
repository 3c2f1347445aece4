"""Carrying a sign-in from one workspace's host to another's: once, within 30 seconds.

Cookies are host-only, so the other host knows nothing of this one's session. A handoff is a
secret in a link to the other host; there the person sees who they are about to continue as, and
continues with a form of that host. So a prefetched link uses nothing up, and a link made by
somebody else cannot sign a victim in unseen.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from portico.accounts.models import Person
from portico.accounts.second_factor.services import second_factor_since
from portico.accounts.verification import AddressNotVerified
from portico.audit.services import Actor, record
from portico.kernel.errors import Conflict, NotFound, gettext_noop
from portico.kernel.ids import digest, new_secret
from portico.workspaces.models import Handoff, Membership

LASTS = timedelta(seconds=30)


class HandoffOver(Conflict):
    code = "handoff_over"
    sentence = gettext_noop(
        "This link was used or is older than 30 seconds. Please switch again, or sign in."
    )


def membership_in(slug: str, person: Person) -> Membership:
    """The person's place in another workspace. Raises `NotFound` for none, or a blocked one."""
    found = Membership.objects.active().filter(person=person, workspace__slug=slug)
    membership = found.select_related("workspace").first()
    if membership is None:
        raise NotFound
    return membership


def offer(person: Person, slug: str, *, host_of_slug: str, at: datetime) -> str:
    """A secret by which this person may continue in another workspace, at that host alone.

    Raises `NotFound` where they are no active member of it, and `AddressNotVerified`: until then
    an account counts in the workspace that invited it.
    """
    membership = membership_in(slug, person)
    if person.verified_at is None:
        raise AddressNotVerified
    secret = new_secret()
    Handoff.objects.create(
        digest=digest(secret),
        membership=membership,
        host=host_of_slug,
        created_at=at,
        expires_at=at + LASTS,
    )
    return secret


def look_at(secret: str, *, host: str, at: datetime) -> Handoff:
    """The handoff, still unused; raises `HandoffOver` for a wrong host, a used or an old one."""
    handoff = (
        Handoff.objects.select_related("membership__person", "membership__workspace")
        .filter(digest=digest(secret), host=host, used_at=None, expires_at__gt=at)
        .first()
    )
    if handoff is None or handoff.membership.blocked_at or not handoff.membership.person.is_active:
        raise HandoffOver
    since = second_factor_since(handoff.membership.person)
    if since is not None and since > handoff.created_at:
        # The session that made it may not have shown the factor that is asked for by now.
        raise HandoffOver
    return handoff


def take(secret: str, *, host: str, by: Actor, at: datetime) -> Person:
    """Use the handoff up; returns who continues. Of two at once, one gets `HandoffOver`."""
    with transaction.atomic():
        handoff = look_at(secret, host=host, at=at)
        if not Handoff.objects.filter(id=handoff.id, used_at=None).update(used_at=at):
            raise HandoffOver
        person = handoff.membership.person
        record(
            "account.switched_workspace",
            by=by,
            at=at,
            workspace_id=handoff.membership.workspace_id,
            subject_kind="person",
            subject_id=person.id,
        )
    return person


def revoke_of_person(person: Person) -> int:
    """End a person's handoffs that are under way, to whatever workspace; returns how many."""
    return Handoff.objects.filter(membership__person=person, used_at=None).delete()[0]


def revoke_of_member(membership: Membership) -> int:
    """End the handoffs into one workspace that are under way; returns how many."""
    return Handoff.objects.filter(membership=membership, used_at=None).delete()[0]


def forget_old(*, at: datetime) -> int:
    """Delete handoffs that can no longer be used; returns how many."""
    return Handoff.objects.filter(expires_at__lt=at - timedelta(hours=1)).delete()[0]
