"""Settings as code over HTTP. Annotations are evaluated here as they stand."""

import json

from django.http import HttpResponse
from django.utils.translation import gettext
from ninja import File, Form, Query, Schema
from ninja.files import UploadedFile
from pydantic import Field
from pydantic_core import to_json

from portico.accounts.http import actor_of
from portico.basic_settings.as_code.applying import Wish, apply, plan
from portico.basic_settings.as_code.doors import (
    answer_with_export,
    content_of,
    readable_sections,
    refuse_forbidden,
)
from portico.basic_settings.as_code.faults import Problem
from portico.basic_settings.as_code.packing import opened
from portico.basic_settings.as_code.plans import Plan, Standing
from portico.basic_settings.as_code.schema import settings_schema
from portico.basic_settings.as_code.showing import text_of
from portico.kernel.access import public, requires
from portico.kernel.clock import now
from portico.kernel.errors import Invalid, gettext_noop
from portico.kernel.permissions import Permission
from portico.ui.texts import say
from portico.ui.values import Change
from portico.workspaces.api_door import ApiRouter
from portico.workspaces.http import TokenRequest

YAML = "application/yaml"
SETTINGS = {"schema": {"type": "object", "description": "See `/settings/schema.json`."}}
BINARY = {"schema": {"type": "string", "format": "binary"}}


class UnreadableSecrets(Invalid):
    code = "unreadable_secrets"
    sentence = gettext_noop(
        "“secrets” must be a JSON object of texts, such as {“service-email.password”: “…”}."
    )


class ChangeAnswer(Schema):
    """A field that differs; null: not set."""

    field: str
    before: str | None
    after: str | None


class ProblemAnswer(Schema):
    """What stands in the way. `line` 0: nowhere in particular."""

    place: str
    line: int
    code: str
    detail: str


class PlannedSectionAnswer(Schema):
    """What the file does to a section. `revision`: the one that it becomes, or would."""

    name: str
    standing: Standing
    live: int
    based_on: int | None
    revision: int | None
    changes: list[ChangeAnswer]
    meanwhile: list[ChangeAnswer] = Field(description="What others changed since.")
    kept: list[str] = Field(description="Fields that are a workspace's own and are not copied.")
    problems: list[ProblemAnswer]


class TakenFileAnswer(Schema):
    """A file that came along. `removed`: what was taken out of it so that it can do no harm."""

    id: str
    name: str
    size: int
    removed: list[str]


class PlanAnswer(Schema):
    """What applying a file would do, or did. Send `digest` with it, to apply just that."""

    digest: str
    source: str = Field(description="The workspace that the file was exported from.")
    is_copy: bool = Field(description="Whether that is another one than this.")
    pending: bool = Field(description="Whether applying the file changes something.")
    refused: bool = Field(description="Whether it cannot be applied as it is.")
    secrets_wanted: list[str] = Field(description="Secrets to be given with the file.")
    sections: list[PlannedSectionAnswer]
    files: list[TakenFileAnswer]
    problems: list[ProblemAnswer]


class ExportAsked(Schema):
    """What to export."""

    files: str = Field("", pattern="^(zip)?$", description="`zip`: a ZIP file, with the files.")


class Asked(Schema):
    """How the file is meant."""

    rebase: bool = Field(
        False, description="Lay the file's changes over those that were made here since."
    )
    secrets: str = Field(
        "",
        max_length=20_000,
        description='Secrets as a JSON object: `{"service-email.password": "…"}`.',
        json_schema_extra={"format": "password", "writeOnly": True},
    )


class AskedToApply(Asked):
    """How the file is meant, and which plan of it was looked at."""

    plan: str = Field(
        "",
        max_length=64,
        description="The `digest` of the plan. Needed unless each section of the file says from "
        "which revision of this workspace it was made.",
    )
    reason: str = Field("", max_length=500)


router = ApiRouter(tags=["Settings as code"])


@router.get(
    "/export",
    response=None,
    operation_id="export_settings",
    summary="Export all settings",
    openapi_extra={
        "responses": {
            200: {
                "description": "The settings as YAML, or a ZIP file with it and its files.",
                "content": {YAML: SETTINGS, "application/zip": BINARY},
            }
        }
    },
)
@requires(Permission.SETTINGS_READ)
def export_settings(request: TokenRequest, asked: Query[ExportAsked]) -> HttpResponse:
    """All sections as one YAML file, without secrets."""
    sections = readable_sections(request.token.effective_permissions())
    return answer_with_export(request.workspace, sections, as_zip=asked.files == "zip", at=now())


@router.post(
    "/plan", response=PlanAnswer, operation_id="plan_settings", summary="Plan a settings file"
)
@requires(Permission.SETTINGS_CHANGE)
def plan_settings(
    request: TokenRequest, asked: Form[Asked], file: File[UploadedFile | None] = None
) -> HttpResponse:
    """Say what applying the file would do. Nothing is changed.

    Files that come along are taken in, and kept for two days or as long as something names them.
    """
    wish = _wish(request, asked, file)
    return _answer(plan(request.workspace, wish, by=actor_of(request), at=now()))


@router.post(
    "/apply",
    response=PlanAnswer,
    operation_id="apply_settings",
    summary="Apply a settings file",
    openapi_extra={"responses": {412: {"$ref": "#/components/responses/Problem"}}},
)
@requires(Permission.SETTINGS_CHANGE)
def apply_settings(
    request: TokenRequest, asked: Form[AskedToApply], file: File[UploadedFile | None] = None
) -> HttpResponse:
    """Save all sections of the file in one transaction, or none."""
    wish = _wish(request, asked, file)
    done = apply(
        request.workspace,
        wish,
        by=actor_of(request),
        at=now(),
        digest=asked.plan,
        reason=asked.reason,
    )
    return _answer(done)


@router.get(
    "/schema.json",
    response=None,
    operation_id="settings_schema",
    summary="The JSON Schema of a settings file",
    openapi_extra={
        "responses": {
            200: {
                "description": "JSON Schema, draft 2020-12.",
                "content": {"application/schema+json": {"schema": {"type": "object"}}},
            }
        }
    },
)
@public("The shape of a settings file is the same for everybody; editors read it.")
def settings_schema_json(request: TokenRequest) -> HttpResponse:  # noqa: ARG001
    """What a settings file may look like, for editors and other tools."""
    return HttpResponse(to_json(settings_schema()), content_type="application/schema+json")


def _wish(request: TokenRequest, asked: Asked, file: UploadedFile | None) -> Wish:
    bundle = opened(content_of(request, file))
    refuse_forbidden(bundle.document, request.token.effective_permissions())
    return Wish(bundle, secrets=_secrets(asked.secrets), rebase=asked.rebase)


def _secrets(text: str) -> dict[str, str]:
    if not text:
        return {}
    try:
        given = json.loads(text)
    except (ValueError, RecursionError):
        raise UnreadableSecrets from None
    if not isinstance(given, dict) or not all(map(_is_text, [*given, *given.values()])):
        raise UnreadableSecrets
    return given


def _is_text(given: object) -> bool:
    """Half of a surrogate pair, as JSON can say it, is none: it could not be kept or shown."""
    return isinstance(given, str) and not any("\ud800" <= sign <= "\udfff" for sign in given)


def _answer(made: Plan) -> HttpResponse:
    answer = PlanAnswer(
        digest=made.digest,
        source=made.source,
        is_copy=made.is_copy,
        pending=made.is_pending,
        refused=made.is_refused,
        secrets_wanted=list(made.secrets_wanted),
        sections=[
            PlannedSectionAnswer(
                name=one.section.name,
                standing=one.standing,
                live=one.live,
                based_on=one.based_on,
                revision=one.revision,
                changes=_changes(one.changes),
                meanwhile=_changes(one.meanwhile),
                kept=list(one.kept),
                problems=_problems(one.problems),
            )
            for one in made.sections
        ],
        files=[
            TakenFileAnswer(
                id=one.sha256, name=one.name, size=one.size, removed=[*map(gettext, one.removed)]
            )
            for one in made.files
        ],
        problems=_problems(made.problems),
    )
    response = HttpResponse(to_json(answer.model_dump()), content_type="application/json")
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _changes(changes: tuple[Change, ...]) -> list[ChangeAnswer]:
    return [
        ChangeAnswer(field=one.field, before=text_of(one.before), after=text_of(one.after))
        for one in changes
    ]


def _problems(problems: tuple[Problem, ...]) -> list[ProblemAnswer]:
    return [
        ProblemAnswer(place=one.place, line=one.line, code=one.error.code, detail=say(one.error))
        for one in problems
    ]
