"""Which mails the caller gets of this workspace, over HTTP."""

from __future__ import annotations

from ninja import Schema
from pydantic import ConfigDict, Field

from portico.accounts.http import actor_of
from portico.kernel.access import requires
from portico.kernel.clock import now
from portico.kernel.permissions import Permission
from portico.service_email.topics.services import choose, wanted_by
from portico.service_email.topics.topics import topics_for
from portico.workspaces.api_door import ApiRouter
from portico.workspaces.http import TokenRequest

router = ApiRouter(tags=["Account"])


class MailTopicAnswer(Schema):
    """A kind of mail, and whether the caller gets it."""

    topic: str
    title: str
    wanted: bool


class MailTopicsGiven(Schema):
    """The topics to get mail about; all others of the caller's are not wanted."""

    model_config = ConfigDict(extra="forbid")

    wanted: list[str] = Field(max_length=50)


@router.get(
    "/me/mail-topics",
    response=list[MailTopicAnswer],
    operation_id="list_mail_topics",
    summary="Which mails do I get?",
)
@requires(Permission.ACCOUNT)
def list_mail_topics(request: TokenRequest) -> list[MailTopicAnswer]:
    """The kinds of mail that the caller's role reaches, and which of them they want."""
    return _answers(request, wanted_by(request.member))


@router.put(
    "/me/mail-topics",
    response=list[MailTopicAnswer],
    operation_id="choose_mail_topics",
    summary="Choose which mails I get",
)
@requires(Permission.ACCOUNT)
def choose_mail_topics(request: TokenRequest, given: MailTopicsGiven) -> list[MailTopicAnswer]:
    """Get mail about these topics, and about no others."""
    return _answers(
        request, choose(request.member, set(given.wanted), by=actor_of(request), at=now())
    )


def _answers(request: TokenRequest, wanted: frozenset[str]) -> list[MailTopicAnswer]:
    return [
        MailTopicAnswer(topic=one.name, title=str(one.title), wanted=one.name in wanted)
        for one in topics_for(request.member)
    ]
