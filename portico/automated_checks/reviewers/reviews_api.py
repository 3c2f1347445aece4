"""What a reviewer's own server calls: to fetch a package once, and to answer.

There is no token at this door. The link to a package is signed by us, an answer by the reviewer.
"""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponseBase
from ninja import Query, Schema
from pydantic import BaseModel, Field, JsonValue

from portico.automated_checks.models import ReviewState
from portico.automated_checks.reviewers.answering import AnswerGiven, take_answer
from portico.automated_checks.reviewers.api_schemas import TakenAnswer
from portico.automated_checks.reviewers.downloads import take_package
from portico.kernel.access import public
from portico.kernel.clock import now
from portico.miniprograms.uploading.downloads import package_response
from portico.workspaces.api_door import ApiRouter
from portico.workspaces.http import TokenRequest

router = ApiRouter(tags=["Reviewers"])


def schema_of(model: type[BaseModel]) -> JsonValue:
    """A model's JSON Schema without references, which would lead nowhere within the document."""
    schema = model.model_json_schema()
    parts = schema.pop("$defs", {})

    def whole(value: JsonValue) -> JsonValue:
        if isinstance(value, list):
            return [whole(one) for one in value]
        if not isinstance(value, dict):
            return value
        named = value.get("$ref")
        rest = {name: whole(one) for name, one in value.items() if name != "$ref"}
        if not isinstance(named, str):
            return rest
        part = whole(parts[named.removeprefix("#/$defs/")])
        return {**part, **rest} if isinstance(part, dict) else part

    return whole(schema)


SIGNED = {
    "parameters": [
        {
            "in": "header",
            "name": name,
            "required": True,
            "description": "As Standard Webhooks says, with the reviewer's own secret.",
            "schema": {"type": "string"},
        }
        for name in ("webhook-id", "webhook-timestamp", "webhook-signature")
    ],
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": schema_of(AnswerGiven)}},
    },
    "responses": {403: {"$ref": "#/components/responses/Problem"}},
}


class LinkGiven(Schema):
    """The rest of a link to a package."""

    token: str = Field("", max_length=2000)


@router.get(
    "/{review_id}/package",
    response={200: bytes},
    operation_id="get_reviewed_package",
    summary="Fetch the package to review",
    openapi_extra={
        "responses": {
            200: {
                "content": {"application/zip": {"schema": {"type": "string", "format": "binary"}}}
            }
        }
    },
)
@public("The link is signed, ends soon, and works once.")
def get_reviewed_package(
    request: TokenRequest, review_id: UUID, given: Query[LinkGiven]
) -> HttpResponseBase:
    """The package that a reviewer is asked about, by the link in the call. It works once."""
    version = take_package(request.workspace, review_id, given.token, at=now())
    return package_response(version)


@router.post(
    "/{review_id}/answer",
    response=TakenAnswer,
    operation_id="answer_review",
    summary="Answer a review",
    openapi_extra=SIGNED,
)
@public("The answer is signed with the reviewer's secret.")
def answer_review(request: TokenRequest, review_id: UUID) -> TakenAnswer:
    """A reviewer's answer, signed as the call was, with the same secret. It is taken once."""
    headers = {name.lower(): value for name, value in request.headers.items()}
    review = take_answer(request.workspace, review_id, request.body, headers=headers, at=now())
    return TakenAnswer(
        review=review.id, state=ReviewState(review.state), findings=review.findings.count()
    )
