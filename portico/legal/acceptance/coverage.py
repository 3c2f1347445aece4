"""Who has accepted a version, who has not: figures, lists, and the spreadsheet."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from io import StringIO
from uuid import UUID

from django.db.models import (
    Case,
    CharField,
    Count,
    Exists,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)

from portico.kernel.errors import NotFound
from portico.kernel.spreadsheets import guarded
from portico.legal.acceptance.rules import AGREED, Published, asks, covering
from portico.legal.acceptance.standing import published_in
from portico.legal.models import LegalAnswer, LegalExemption, LegalKind
from portico.workspaces.models import Membership, Workspace

COLUMNS = (
    "document",
    "version",
    "name",
    "email",
    "role",
    "state",
    "accepted_version",
    "language",
    "sha256",
    "answered_at",
    "member_since",
    "membership_id",
)
AT_A_TIME = 2000
CHUNK = 64 * 1024


class CoverageState(StrEnum):
    """How a member stands towards a version."""

    ACCEPTED = "accepted"
    DECLINED = "declined"
    WAITING = "waiting"
    EXEMPT = "exempt"


@dataclass(frozen=True)
class Figure:
    """How many members stand how. Who is blocked, or whose account is closed, is not counted."""

    accepted: int
    declined: int
    waiting: int
    exempt: int

    @property
    def must(self) -> int:
        """How many have to accept."""
        return self.accepted + self.declined + self.waiting

    @property
    def share(self) -> int:
        """How many of them did, in percent; all only when it is all."""
        return 100 if not self.must else self.accepted * 100 // self.must


def versions_to_accept(workspace: Workspace) -> list[Published]:
    """The versions that ask members, the newest first."""
    versions = published_in(workspace)
    asking = [one for one in versions if one.kind in AGREED and asks(one, versions)]
    return sorted(asking, key=lambda one: (one.order, one.kind), reverse=True)


def version_to_accept(workspace: Workspace, kind: str, number: int) -> Published:
    """One of them; raises `NotFound`."""
    for version in versions_to_accept(workspace):
        if (version.kind, version.number) == (kind, number):
            return version
    raise NotFound


def default_version(versions: Sequence[Published], *, at: datetime) -> Published | None:
    """Which of these one looks at first: the newest in force, else the newest; None of none."""
    begun = [version for version in versions if version.effective_at <= at]
    return next(iter(begun or versions), None)


def members_by_state(
    workspace: Workspace, version: Published, *, at: datetime
) -> QuerySet[Membership]:
    """The active members, each with `state`, and what they answered and when, if they did.

    Accepted is who accepted this version or a later one; nobody is exempt who has accepted.
    """
    enough = [one.id for one in covering(version, published_in(workspace))]
    answers = LegalAnswer.objects.filter(membership_id=OuterRef("id"), version_id__in=enough)
    accepted = answers.filter(accepted=True).order_by("at", "id")
    declined = answers.filter(accepted=False).order_by("-at", "id")
    exempt = LegalExemption.objects.filter(membership_id=OuterRef("id"), ended_at=None).filter(
        Q(until=None) | Q(until__gt=at)
    )
    return (
        Membership.objects.active()
        .filter(workspace=workspace)
        .annotate(
            state=Case(
                When(Exists(accepted), then=Value(CoverageState.ACCEPTED.value)),
                When(Exists(exempt), then=Value(CoverageState.EXEMPT.value)),
                When(Exists(declined), then=Value(CoverageState.DECLINED.value)),
                default=Value(CoverageState.WAITING.value),
                output_field=CharField(),
            ),
            answer_id=Case(
                When(Exists(accepted), then=Subquery(accepted.values("id")[:1])),
                default=Subquery(declined.values("id")[:1]),
            ),
        )
        .select_related("person")
    )


def figure_of(members: QuerySet[Membership]) -> Figure:
    """How many of `members_by_state` stand how, in one query."""
    states = members.select_related(None).order_by()
    counts = {state.value: Count("id", filter=_is(state)) for state in CoverageState}
    return Figure(**states.aggregate(**counts))


def narrowed(
    members: QuerySet[Membership], *, words: str = "", state: str = ""
) -> QuerySet[Membership]:
    """Those in a state, with all of these parts in name or address; empty asks for nothing."""
    for word in words.replace("\x00", "\ufffd").split()[:8]:
        members = members.filter(Q(person__name__icontains=word) | Q(person__email__icontains=word))
    return members.filter(_is(CoverageState(state))) if state else members


def answers_of(members: Sequence[Membership]) -> dict[UUID, LegalAnswer]:
    """The answers behind these members' states, by membership, each with its version."""
    ids = [vars(member)["answer_id"] for member in members]
    found = LegalAnswer.objects.filter(id__in=filter(None, ids)).select_related("version")
    return {answer.membership_id: answer for answer in found}


def state_of(member: Membership) -> CoverageState:
    """How a member of `members_by_state` stands."""
    return CoverageState(vars(member)["state"])


def csv_of(version: Published, members: QuerySet[Membership]) -> Iterator[str]:
    """The members as CSV, in pieces. Times are ISO 8601 in UTC, words as in the API."""
    written = StringIO(newline="")
    writer = csv.writer(written, quoting=csv.QUOTE_ALL)
    writer.writerow(COLUMNS)
    for some in _batches(members):
        answers = answers_of(some)
        for member in some:
            cells = _cells(version, member, answers.get(member.id))
            writer.writerow([guarded(cell) for cell in cells])
        yield written.getvalue()
        written.seek(0)
        written.truncate()
    yield written.getvalue()


def _is(state: CoverageState) -> Q:
    return Q(state=state.value)


def _batches(members: QuerySet[Membership]) -> Iterator[list[Membership]]:
    """All of them by id, a batch at a time: nothing is held open between two."""
    last = None
    members = members.order_by("id")
    while True:
        rest = members if last is None else members.filter(id__gt=last)
        some = list(rest[:AT_A_TIME])
        if some:
            yield some
        if len(some) < AT_A_TIME:
            return
        last = some[-1].id


def _cells(version: Published, member: Membership, answer: LegalAnswer | None) -> tuple[str, ...]:
    is_accepted = answer is not None and answer.accepted
    return (
        LegalKind(version.kind).value,
        str(version.number),
        member.person.name,
        member.person.email,
        str(member.role),
        state_of(member).value,
        str(answer.version.number) if answer is not None and is_accepted else "",
        answer.language if answer else "",
        answer.sha256 if answer else "",
        answer.at.astimezone(UTC).isoformat() if answer else "",
        member.created_at.astimezone(UTC).isoformat(),
        str(member.id),
    )
