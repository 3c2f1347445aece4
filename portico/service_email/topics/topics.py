"""The topics there are. A feature declares its own; `portico.config` registers them."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise

from portico.kernel.errors import Invalid, gettext_noop
from portico.kernel.permissions import Permission
from portico.workspaces.models import Membership


class UnknownTopic(Invalid):
    code = "unknown_mail_topic"
    sentence = gettext_noop(
        "“%(topic)s” is no kind of mail that you can choose. There are: %(known)s."
    )


@dataclass(frozen=True)
class Topic:
    """A kind of mail that members can do without.

    `permission` is what somebody must hold to get such mail at all. Mail about the security of an
    account or a workspace is never a topic: everybody concerned gets it.
    """

    name: str
    title: Promise
    about: Promise
    permission: Permission


_topics: dict[str, Topic] = {}


def add_topics(*topics: Topic) -> None:
    """Make these known, after those that are."""
    _topics.update({topic.name: topic for topic in topics})


def topics_for(member: Membership) -> tuple[Topic, ...]:
    """The topics of which a member of this role gets mail."""
    return tuple(topic for topic in _topics.values() if member.may(topic.permission))


def topic_named(name: str) -> Topic:
    """The topic of that name; raises KeyError: naming one that is not there is a mistake in the
    program."""
    return _topics[name]
