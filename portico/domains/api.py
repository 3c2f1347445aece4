"""The domain over HTTP: the same check as on the page, answered when it has ended."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from ninja import Schema, Status
from pydantic import Field

from portico.accounts.http import actor_of
from portico.domains import runs
from portico.domains.checking import CheckName
from portico.domains.checklists import CheckRow, check_rows
from portico.domains.examining import examine_run
from portico.domains.instructions import send_instructions
from portico.domains.models import CheckRun
from portico.domains.panels import Panel
from portico.domains.rules import State
from portico.kernel.access import requires
from portico.kernel.clock import now
from portico.kernel.permissions import Permission
from portico.ui.values import StageState
from portico.workspaces.api_door import ApiRouter
from portico.workspaces.http import TokenRequest

router = ApiRouter(tags=["Settings"])
OK = {StageState.DONE: True, StageState.FAILED: False}


class SeenAnswer(Schema):
    """What one place says."""

    where: str = Field(description="A resolver, a name server of the zone, or an address.")
    authoritative: bool = Field(description="Whether it is a name server of the zone itself.")
    values: list[str] = Field(description="In the words of the DNS.")
    trouble: str = Field(description="Why there are none, or what is wrong with them.")
    notes: list[str]


class CheckAnswer(Schema):
    """How one check went."""

    name: CheckName
    ok: bool | None = Field(description="null: it cannot be said, or does not apply.")
    code: str = Field(description="Why, as a stable word.")
    ms: int = Field(description="How long it took, in milliseconds.")
    expected: str
    seen: list[SeenAnswer]
    meaning: str
    advice: str
    notes: list[str]


class ChecklistAnswer(Schema):
    """What a check of the domain found, and what follows from it."""

    id: UUID
    domain: str
    state: State = Field(description="Where the domain stands now.")
    since: datetime
    in_order: bool = Field(description="Whether every check found it in order.")
    culprit: CheckName | None = Field(description="The check that explains the others.")
    checks: list[CheckAnswer] = Field(description="In their order.")
    trouble: str = Field(description="What else stands in the way, else empty.")


class InstructionsRequest(Schema):
    """To whom the records go."""

    to: str = Field(description="One mail address.")
    note: str = Field("", description="One line of plain text, at most 500 characters.")


class InstructionsAnswer(Schema):
    """The mail that is on its way."""

    mail: UUID = Field(description="Its id in the mail log.")


@router.post(
    "/domain-preference/check",
    response=ChecklistAnswer,
    operation_id="check_domain",
    summary="Check the alternative domain",
)
@requires(Permission.SETTINGS_CHANGE)
def check_domain(request: TokenRequest) -> ChecklistAnswer:
    """Checks the saved domain, lets the result have its consequences, and answers within 30
    seconds. At most ten times in ten minutes; one at a time."""
    by = actor_of(request)
    run = runs.start_here(request.workspace, by=by, at=now())
    examine_run(run, by=by)
    return _answer(runs.run_of(request.workspace, run.id, at=now()))


@router.post(
    "/domain-preference/instructions",
    response={202: InstructionsAnswer},
    operation_id="mail_domain_instructions",
    summary="Mail the records to enter in the DNS",
)
@requires(Permission.SETTINGS_CHANGE)
def mail_instructions(
    request: TokenRequest, body: InstructionsRequest
) -> Status[InstructionsAnswer]:
    """Mails the records of the saved domain to one address. At most ten times a day, three times
    to the same address."""
    mail = send_instructions(
        request.workspace, to=body.to, note=body.note, by=actor_of(request), at=now()
    )
    return Status(202, InstructionsAnswer(mail=mail.id))


def _answer(run: CheckRun) -> ChecklistAnswer:
    panel = Panel(run, now())
    kept = {str(one["name"]): one for one in run.checks}
    rows = check_rows(run.checks, culprit=run.culprit, goes_on=False)
    return ChecklistAnswer(
        id=run.id,
        domain=run.domain.name,
        state=State(run.domain.state),
        since=run.domain.since,
        in_order=panel.in_order,
        culprit=CheckName(run.culprit) if run.culprit else None,
        checks=[_check(row, kept.get(row.name.value)) for row in rows],
        trouble=panel.explanation if run.trouble or run.domain.rival else "",
    )


def _check(row: CheckRow, kept: dict[str, object] | None) -> CheckAnswer:
    return CheckAnswer(
        name=row.name,
        ok=OK.get(row.state),
        code=str(kept["code"]) if kept else "",
        ms=int(str(kept["milliseconds"])) if kept else 0,
        expected=row.expected,
        seen=[
            SeenAnswer(
                where=seen.where,
                authoritative=seen.authoritative,
                values=list(seen.values),
                trouble=seen.trouble,
                notes=list(seen.notes),
            )
            for seen in row.seen
        ],
        meaning=row.meaning,
        advice=row.advice,
        notes=list(row.notes),
    )
