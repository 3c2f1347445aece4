"""What can be done with a release now, and why the rest cannot: for buttons and the API.

It asks the very checks that the services ask, so that both agree.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from portico.audit.services import Actor
from portico.kernel.errors import DomainError, NotFound
from portico.kernel.sentences import Fact, Sentence
from portico.releases.access import capacities, held_as, role_in_program
from portico.releases.acting import By
from portico.releases.errors import OfflineRequested
from portico.releases.models import Release
from portico.releases.rules.pipeline import PIPELINE, Event, Status, Step, Who, events_in
from portico.releases.services.case import Case
from portico.releases.services.firing import check_possible
from portico.releases.services.scene import look
from portico.releases.services.taking_away import is_offline_requested
from portico.workspaces.models import Membership


@dataclass(frozen=True)
class Possible:
    """An event that the table has for a release's status.

    `allowed`: it can be fired now by this member, given what it needs (a reason, testers, a share).
    `why_not`: why it cannot. `override`: what an Admin would do it against, which needs a reason.
    For `take_offline` it says whether it can be asked for (`request_offline`).
    """

    event: Event
    allowed: bool
    why_not: Sentence | None
    step: Step
    override: Sentence | None = None


def possible(release: Release, member: Membership, *, at: datetime) -> list[Possible]:
    """Everything that people can do with a release in its status, in the order of the table.

    Raises `NotFound` where the release is not for the member to see.
    """
    if member.workspace_id != release.workspace_id:
        raise NotFound
    status = Status(release.status)
    assigned = role_in_program(member, release.program)
    has = capacities(member, assigned, release.target, release.request)
    by = By(Actor(person_id=member.person_id), member)
    scene = look(release)
    found = []
    for event in events_in(status):
        step = PIPELINE[status, event]
        if step.who != {Who.PLATFORM}:
            case = Case(scene, release, event, by, at)
            found.append(_possible(case, step, has))
    return found


def _possible(case: Case, step: Step, has: frozenset[Who | None]) -> Possible:
    asks = case.event is Event.TAKE_OFFLINE
    try:
        held_as(has, frozenset({Who.RELEASE_ACTOR}) if asks else step.who)
        check_possible(case)
        if asks and is_offline_requested(case.release):
            raise OfflineRequested(program=case.release.program.name, target=case.target)
    except NotFound:
        raise
    except DomainError as error:
        return Possible(case.event, False, sentence_of(error), step)
    override = sentence_of(case.overridden[0]) if case.overridden else None
    return Possible(case.event, True, None, step, override)


def sentence_of(error: DomainError) -> Sentence:
    """What an error says, to be told later."""
    facts: dict[str, Fact] = {
        name: fact if isinstance(fact, str | int | float | bool | None) else str(fact)
        for name, fact in error.facts.items()
    }
    return Sentence(error.sentence, facts)
