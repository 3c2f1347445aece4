"""Testing the mail server over HTTP: the same run as on the page, answered when it has ended.

Annotations are evaluated here as they stand: the body's type is made below.
"""

from uuid import UUID

from ninja import Schema
from pydantic import BaseModel, Field, create_model

from portico.accounts.http import actor_of
from portico.basic_settings.api_schemas import schemas_of
from portico.kernel.access import requires
from portico.kernel.clock import now
from portico.kernel.errors import InvalidFields
from portico.kernel.permissions import Permission
from portico.service_email.doctor import runs
from portico.service_email.doctor.examining import examine_run
from portico.service_email.doctor.wishes import saved_values, unsaved_values
from portico.service_email.doctor.words import say, stages_in_order, trouble_in_words
from portico.service_email.models import RunState, TestRun
from portico.service_email.section import section
from portico.service_email.services import language_of
from portico.service_email.smtp.kept import stage_kept
from portico.service_email.smtp.stages import Stage, StageName
from portico.workspaces.api_door import ApiRouter
from portico.workspaces.http import TokenRequest


class CorrectionAnswer(Schema):
    """Values of the section that are likely to mend it. The password must be given again."""

    values: dict[str, str | int]
    why: str


class StageAnswer(Schema):
    """How one stage went."""

    name: StageName
    ok: bool | None = Field(description="null: not done, or it does not apply.")
    ms: int = Field(description="How long it took, in milliseconds.")
    seen: list[str] = Field(description="What the server or the network showed.")
    code: str = Field(description="What happened, as a stable code; empty where all went well.")
    meaning: str = Field(description="What happened.")
    cause: str = Field(description="The likely cause.")
    advice: str = Field(description="What to do.")
    correction: CorrectionAnswer | None


class TestAnswer(Schema):
    """How a test ended."""

    id: UUID
    accepted: bool
    in_use: bool = Field(description="Whether the workspace's mail goes through this server now.")
    stages: list[StageAnswer] = Field(description="In the order in which they happen.")
    transcript: str = Field(description="The talk with the server; everything secret is masked.")
    trouble: str = Field(description="What ended the test where no stage did, else empty.")


def doctor_router() -> ApiRouter:
    """The operation that tests a mail server."""
    router = ApiRouter(tags=["Settings"])
    _answer, given = schemas_of(section)
    body_type = create_model(
        "ServiceEmailTest",
        to=(str, Field("", description="Where the mail goes; empty: to the token's holder.")),
        values=(
            given | None,
            Field(None, description="Values to test as PUT takes them; null: the saved ones."),
        ),
    )

    @requires(Permission.SETTINGS_CHANGE)
    def test_service_email(request: TokenRequest, body: body_type) -> TestAnswer:
        to: str = getattr(body, "to") or request.member.person.email  # noqa: B009 - made above
        values: BaseModel | None = getattr(body, "values")  # noqa: B009
        wish = (
            saved_values(request.workspace)
            if values is None
            else _wish(request, values.model_dump(exclude={"meta"}))
        )
        by = actor_of(request)
        run = runs.start_here(
            request.workspace,
            wish,
            to=to,
            language=language_of(to, request.workspace),
            by=by,
            at=now(),
        )
        examine_run(run, by=by)
        return _answer_of(runs.run_of(request.workspace, run.id, at=now()))

    router.add_api_operation(
        "/test",
        ["POST"],
        test_service_email,
        response=TestAnswer,
        operation_id="test_service_email",
        summary="Send a test mail",
        description="Sends a mail through the saved server, or through that of the values given, "
        "and answers stage by stage within 30 seconds. At most ten times in ten minutes; one at a "
        "time.",
    )
    return router


def _wish(request: TokenRequest, values: dict[str, object]) -> runs.Wish:
    """What is to be tested; refused fields are named as they stand in the body."""
    try:
        return unsaved_values(request.workspace, values, at=now())
    except InvalidFields as error:
        raise InvalidFields({f"values.{name}": one for name, one in error.errors.items()}) from None


def _answer_of(run: TestRun) -> TestAnswer:
    ended = {kept["name"]: stage_kept(kept) for kept in run.stages}
    stages = (ended.get(name.value) or Stage(name, None) for name in stages_in_order(run))
    return TestAnswer(
        id=run.id,
        accepted=run.state == RunState.ACCEPTED,
        in_use=run.in_use,
        stages=[_stage(stage) for stage in stages],
        transcript=run.transcript,
        trouble=trouble_in_words(run),
    )


def _stage(stage: Stage) -> StageAnswer:
    correction = stage.correction
    return StageAnswer(
        name=stage.name,
        ok=stage.ok,
        ms=stage.ms,
        seen=[say(sentence) for sentence in stage.seen],
        code=stage.code,
        meaning=say(stage.meaning),
        cause=say(stage.cause),
        advice=say(stage.advice),
        correction=CorrectionAnswer(values=dict(correction.values), why=say(correction.why))
        if correction
        else None,
    )
