"""Choosing which mails one wants, and asking who wants some."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from portico.audit.services import Actor, Change, record
from portico.service_email.models import MailChoices
from portico.service_email.topics.topics import UnknownTopic, topic_named, topics_for
from portico.workspaces.models import Membership
from portico.workspaces.permissions import PERMISSIONS, Role


def wanted_by(member: Membership) -> frozenset[str]:
    """The names of the topics that a member gets mail about; one query."""
    found = MailChoices.objects.filter(membership=member).first()
    unwanted = set(found.unwanted) if found else set()
    return frozenset(topic.name for topic in topics_for(member) if topic.name not in unwanted)


def who_want(members: QuerySet[Membership], topic: str) -> QuerySet[Membership]:
    """Those of the members who want mail about a topic and may have it: whoever may not read
    something gets no mail about it."""
    permission = topic_named(topic).permission
    roles = [role for role in Role if permission in PERMISSIONS[role]]
    return members.filter(role__in=roles).exclude(mail_choices__unwanted__contains=[topic])


def choose(
    member: Membership, wanted: Collection[str], *, by: Actor, at: datetime
) -> frozenset[str]:
    """Have a member get mail about these topics and about no others of theirs.

    Topics that their role does not reach now stay as they were chosen. Raises `UnknownTopic`.
    """
    mine = {topic.name: topic for topic in topics_for(member)}
    for name in wanted:
        if name not in mine:
            raise UnknownTopic(topic=name[:40], known=", ".join(mine))
    with transaction.atomic():
        choices, _made = MailChoices.objects.select_for_update().get_or_create(
            membership=member, defaults={"changed_at": at}
        )
        before = set(choices.unwanted)
        after = (before - set(mine)) | (set(mine) - set(wanted))
        if after == before:
            return frozenset(wanted)
        choices.unwanted, choices.changed_at = sorted(after), at
        choices.save(update_fields=["unwanted", "changed_at"])
        record(
            "member.mail_chosen",
            by=by,
            at=at,
            workspace_id=member.workspace_id,
            subject_kind="person",
            subject_id=member.person_id,
            changes=[
                Change(field=name, before=_word(name, before), after=_word(name, after))
                for name in mine
                if (name in before) != (name in after)
            ],
        )
    return frozenset(wanted)


def _word(name: str, unwanted: Collection[str]) -> str:
    return "no" if name in unwanted else "yes"
